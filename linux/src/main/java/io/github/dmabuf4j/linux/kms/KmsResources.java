package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a device for its parts. Most requests are made twice, once for how many there are and once for what they are; what is
 * plugged in meanwhile changes the answer, and the request is made again.
 */
final class KmsResources {
    private final BorrowedFd fd;
    private final String device;

    KmsResources(BorrowedFd fd, String device) {
        this.fd = fd;
        this.device = device;
    }

    /** The numbers of all parts but planes and encoders. */
    record Ids(List<Integer> crtcs, List<Integer> connectors) {}

    private static Ioctl<CValue> copying(String name, int request, io.github.dmabuf4j.linux.ioctl.CStruct struct) {
        // The structure dies with the call; what is asked for lives in arrays of the caller.
        return Ioctl.of(name, request, struct, (_, answer) -> {
            CValue copy = struct.allocate(Arena.ofAuto());
            copy.memory().copyFrom(answer.memory());
            return copy;
        });
    }

    private static final Ioctl<CValue> GETRESOURCES =
            copying("DRM_IOCTL_MODE_GETRESOURCES", KmsUapi.DRM_IOCTL_MODE_GETRESOURCES, KmsUapi.CARD_RES);
    private static final Ioctl<CValue> GETCONNECTOR =
            copying("DRM_IOCTL_MODE_GETCONNECTOR", KmsUapi.DRM_IOCTL_MODE_GETCONNECTOR, KmsUapi.GET_CONNECTOR);
    private static final Ioctl<CValue> GETENCODER =
            copying("DRM_IOCTL_MODE_GETENCODER", KmsUapi.DRM_IOCTL_MODE_GETENCODER, KmsUapi.GET_ENCODER);
    private static final Ioctl<CValue> GETPLANERESOURCES =
            copying("DRM_IOCTL_MODE_GETPLANERESOURCES", KmsUapi.DRM_IOCTL_MODE_GETPLANERESOURCES, KmsUapi.PLANE_RES);
    private static final Ioctl<CValue> GETPLANE =
            copying("DRM_IOCTL_MODE_GETPLANE", KmsUapi.DRM_IOCTL_MODE_GETPLANE, KmsUapi.GET_PLANE);
    private static final Ioctl<CValue> OBJ_GETPROPERTIES = copying(
            "DRM_IOCTL_MODE_OBJ_GETPROPERTIES", KmsUapi.DRM_IOCTL_MODE_OBJ_GETPROPERTIES, KmsUapi.OBJ_GET_PROPERTIES);
    private static final Ioctl<CValue> GETPROPERTY =
            copying("DRM_IOCTL_MODE_GETPROPERTY", KmsUapi.DRM_IOCTL_MODE_GETPROPERTY, KmsUapi.GET_PROPERTY);
    private static final Ioctl<CValue> GETPROPBLOB =
            copying("DRM_IOCTL_MODE_GETPROPBLOB", KmsUapi.DRM_IOCTL_MODE_GETPROPBLOB, KmsUapi.GET_BLOB);

    private static int[] ints(MemorySegment array) {
        return array.toArray(ValueLayout.JAVA_INT);
    }

    private static List<Integer> list(MemorySegment array) {
        return Arrays.stream(ints(array)).boxed().toList();
    }

    private <R> R call(Ioctl<R> ioctl, String what, Ioctl.Encoder encoder) throws SystemCallException {
        return KmsCall.call(ioctl, fd, device + " does not tell " + what, encoder);
    }

    Ids ids() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            while (true) {
                CValue counts = call(GETRESOURCES, "its parts", (_, _) -> {});
                int crtcs = counts.get("count_crtcs");
                int connectors = counts.get("count_connectors");
                MemorySegment crtcIds = arena.allocate(ValueLayout.JAVA_INT, crtcs);
                MemorySegment connectorIds = arena.allocate(ValueLayout.JAVA_INT, connectors);
                CValue answer = call(
                        GETRESOURCES,
                        "its parts",
                        (argument, _) -> argument.set("count_crtcs", crtcs)
                                .set("count_connectors", connectors)
                                .point("crtc_id_ptr", crtcIds)
                                .point("connector_id_ptr", connectorIds));
                if (answer.get("count_crtcs") <= crtcs && answer.get("count_connectors") <= connectors) {
                    return new Ids(list(crtcIds), list(connectorIds));
                }
            }
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.EOPNOTSUPP)) {
                throw new NoDisplayException(device + " has no displays: its driver only makes and shares buffers");
            }
            throw e;
        }
    }

    List<Crtc> crtcs(Ids ids) throws IOException {
        List<Crtc> crtcs = new ArrayList<>();
        for (int i = 0; i < ids.crtcs().size(); i++) {
            int id = ids.crtcs().get(i);
            crtcs.add(new Crtc(id, i, properties(id, KmsUapi.DRM_MODE_OBJECT_CRTC)));
        }
        return crtcs;
    }

    /** A connector; asks the display what it can. */
    Connector connector(int id) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int modes = 0;
            int encoders = 0;
            while (true) {
                int room = modes;
                int encoderRoom = encoders;
                MemorySegment modeArray = KmsUapi.MODE_INFO.allocateArray(arena, Math.max(room, 1));
                MemorySegment encoderIds = arena.allocate(ValueLayout.JAVA_INT, Math.max(encoderRoom, 1));
                // With no room for modes at all the driver asks the display itself.
                CValue answer = call(
                        GETCONNECTOR,
                        "what is plugged in",
                        (argument, _) -> argument.set("connector_id", id)
                                .set("count_modes", room)
                                .set("count_encoders", encoderRoom)
                                .point("modes_ptr", modeArray)
                                .point("encoders_ptr", encoderIds));
                modes = answer.get("count_modes");
                encoders = answer.get("count_encoders");
                if (modes <= room && encoders <= encoderRoom) {
                    List<DisplayMode> all = new ArrayList<>();
                    for (int i = 0; i < modes; i++) {
                        all.add(DisplayMode.read(KmsUapi.MODE_INFO.element(modeArray, i)));
                    }
                    return new Connector(
                            id,
                            answer.get("connector_type"),
                            answer.get("connector_type_id"),
                            Connector.State.of(answer.get("connection")),
                            answer.get("mm_width"),
                            answer.get("mm_height"),
                            List.copyOf(all),
                            possibleCrtcs(encoderIds, encoders),
                            properties(id, KmsUapi.DRM_MODE_OBJECT_CONNECTOR));
                }
            }
        }
    }

    private int possibleCrtcs(MemorySegment encoders, int count) throws SystemCallException {
        int set = 0;
        for (int i = 0; i < count; i++) {
            int id = encoders.getAtIndex(ValueLayout.JAVA_INT, i);
            set |= call(GETENCODER, "about an encoder", (argument, _) -> argument.set("encoder_id", id))
                    .get("possible_crtcs");
        }
        return set;
    }

    List<Plane> planes() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int count = call(GETPLANERESOURCES, "its planes", (_, _) -> {}).get("count_planes");
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, Math.max(count, 1));
            call(
                    GETPLANERESOURCES,
                    "its planes",
                    (argument, _) -> argument.set("count_planes", count).point("plane_id_ptr", ids));
            List<Plane> planes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                planes.add(plane(ids.getAtIndex(ValueLayout.JAVA_INT, i), arena));
            }
            return planes;
        }
    }

    private Plane plane(int id, Arena arena) throws IOException {
        int count = call(GETPLANE, "about a plane", (argument, _) -> argument.set("plane_id", id))
                .get("count_format_types");
        MemorySegment formats = arena.allocate(ValueLayout.JAVA_INT, count);
        CValue answer = call(
                GETPLANE,
                "about a plane",
                (argument, _) -> argument.set("plane_id", id)
                        .set("count_format_types", count)
                        .point("format_type_ptr", formats));
        KmsProperties properties = properties(id, KmsUapi.DRM_MODE_OBJECT_PLANE);
        Plane.Kind kind = Plane.Kind.of(properties.value("type"));
        Map<Integer, List<Long>> modifiers = properties.value("IN_FORMATS").orElse(0) == 0
                ? FormatBlob.linear(ints(formats))
                : FormatBlob.read(blob((int) properties.value("IN_FORMATS").getAsLong(), arena));
        return new Plane(id, kind, answer.get("possible_crtcs"), Collections.unmodifiableMap(modifiers), properties);
    }

    KmsProperties properties(int object, int kind) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int count = call(
                            OBJ_GETPROPERTIES,
                            "properties",
                            (argument, _) -> argument.set("obj_id", object).set("obj_type", kind))
                    .get("count_props");
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, Math.max(count, 1));
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, Math.max(count, 1));
            CValue answer = call(
                    OBJ_GETPROPERTIES,
                    "properties",
                    (argument, _) -> argument.set("obj_id", object)
                            .set("obj_type", kind)
                            .set("count_props", count)
                            .point("props_ptr", ids)
                            .point("prop_values_ptr", values));
            Map<String, KmsProperties.Property> all = new HashMap<>();
            for (int i = 0; i < Math.min(count, answer.get("count_props")); i++) {
                int id = ids.getAtIndex(ValueLayout.JAVA_INT, i);
                String name = call(GETPROPERTY, "a property", (argument, _) -> argument.set("prop_id", id))
                        .text("name", KmsUapi.DRM_PROP_NAME_LEN);
                all.put(name, new KmsProperties.Property(id, values.getAtIndex(ValueLayout.JAVA_LONG, i)));
            }
            return new KmsProperties(all);
        }
    }

    MemorySegment blob(int id, Arena arena) throws SystemCallException {
        int length = call(GETPROPBLOB, "the bytes of a property", (argument, _) -> argument.set("blob_id", id))
                .get("length");
        MemorySegment bytes = arena.allocate(Math.max(length, 1), Long.BYTES);
        call(
                GETPROPBLOB,
                "the bytes of a property",
                (argument, _) ->
                        argument.set("blob_id", id).set("length", length).point("data", bytes));
        return bytes.asSlice(0, length);
    }
}
