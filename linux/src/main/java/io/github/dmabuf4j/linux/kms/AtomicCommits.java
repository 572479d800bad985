package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import io.github.dmabuf4j.linux.kms.KmsOutput.WritebackJob;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Pictures with all that belongs to them in one request, which is done as a whole or refused as a whole. */
final class AtomicCommits implements KmsOutput.Commits {
    private static final Ioctl<Integer> CREATEPROPBLOB = Ioctl.of(
            "DRM_IOCTL_MODE_CREATEPROPBLOB",
            KmsUapi.DRM_IOCTL_MODE_CREATEPROPBLOB,
            KmsUapi.CREATE_BLOB,
            (_, answer) -> answer.get("blob_id"));
    private static final Ioctl<Boolean> DESTROYPROPBLOB =
            Ioctl.of("DRM_IOCTL_MODE_DESTROYPROPBLOB", KmsUapi.DRM_IOCTL_MODE_DESTROYPROPBLOB, KmsUapi.DESTROY_BLOB);
    // Positions in a picture are in parts of a pixel.
    private static final int FRACTION_BITS = 16;

    private final KmsDevice device;
    private final OutputRoute route;
    private boolean modeIsSet;
    private @Nullable Writeback writer;

    AtomicCommits(KmsDevice device, OutputRoute route) {
        this.device = device;
        this.route = route;
    }

    @Override
    public @Nullable KernelSyncFile commit(
            Flip flip, FrameBuffer picture, @Nullable KernelSyncFile ready, @Nullable WritebackJob job)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            AtomicRequest request = new AtomicRequest();
            int flags = KmsUapi.DRM_MODE_ATOMIC_NONBLOCK | KmsUapi.DRM_MODE_PAGE_FLIP_EVENT;
            int blob = 0;
            if (!modeIsSet) {
                takeOver(request);
                blob = createModeBlob();
                flags |= KmsUapi.DRM_MODE_ATOMIC_ALLOW_MODESET;
                request.set(
                                route.connector().id(),
                                route.connector().properties(),
                                "CRTC_ID",
                                route.crtc().id())
                        .set(route.crtc().id(), route.crtc().properties(), "MODE_ID", Integer.toUnsignedLong(blob))
                        .set(route.crtc().id(), route.crtc().properties(), "ACTIVE", 1);
            }
            put(request, picture);
            MemorySegment outFence = AtomicRequest.fenceSlot(arena);
            request.set(route.crtc().id(), route.crtc().properties(), "OUT_FENCE_PTR", outFence.address());
            MemorySegment writtenFence = AtomicRequest.fenceSlot(arena);
            if (job != null) {
                flags |= write(request, job, writtenFence);
            }
            try {
                submit(request, flags, flip, ready, picture);
            } finally {
                destroyBlob(blob); // the mode keeps it
            }
            modeIsSet = true;
            writer = job == null ? writer : job.writeback();
            return fences(flip, outFence, job == null ? null : writtenFence);
        }
    }

    private void submit(
            AtomicRequest request, int flags, Flip flip, @Nullable KernelSyncFile ready, FrameBuffer picture)
            throws SystemCallException {
        String sentence = device + " does not show " + picture + " on "
                + route.connector().name() + " at " + route.mode();
        long token = device.events().expect(flip);
        try {
            if (ready == null) {
                request.commit(device.fd(), flags, token, sentence);
                return;
            }
            ready.fd().use(number -> {
                request.set(route.plane().id(), route.plane().properties(), "IN_FENCE_FD", number);
                request.commit(device.fd(), flags, token, sentence);
                return true;
            });
        } catch (SystemCallException | RuntimeException e) {
            device.events().forget(token);
            throw e;
        }
    }

    /** Whatever else has to do with our CRTC ends: another program may have left it so. */
    private void takeOver(AtomicRequest request) throws IOException {
        for (Plane plane : device.planes()) {
            if (plane.id() != route.plane().id()
                    && plane.properties().value("CRTC_ID").orElse(0)
                            == route.crtc().id()) {
                request.set(plane.id(), plane.properties(), "FB_ID", 0)
                        .set(plane.id(), plane.properties(), "CRTC_ID", 0);
            }
        }
        for (Connector other : device.connectors()) {
            if (other.id() != route.connector().id() && OutputRoute.isDrivenBy(other, route.crtc())) {
                request.set(other.id(), other.properties(), "CRTC_ID", 0);
            }
        }
    }

    private void put(AtomicRequest request, FrameBuffer picture) {
        int plane = route.plane().id();
        KmsProperties properties = route.plane().properties();
        int width = route.mode().width();
        int height = route.mode().height();
        request.set(plane, properties, "FB_ID", picture.id())
                .set(plane, properties, "CRTC_ID", route.crtc().id())
                .set(plane, properties, "SRC_X", 0)
                .set(plane, properties, "SRC_Y", 0)
                .set(plane, properties, "SRC_W", (long) width << FRACTION_BITS)
                .set(plane, properties, "SRC_H", (long) height << FRACTION_BITS)
                .set(plane, properties, "CRTC_X", 0)
                .set(plane, properties, "CRTC_Y", 0)
                .set(plane, properties, "CRTC_W", width)
                .set(plane, properties, "CRTC_H", height);
    }

    /** The flags that the writer needs: routing it for the first time counts as setting a mode. */
    private int write(AtomicRequest request, WritebackJob job, MemorySegment fence) {
        Connector connector = job.writeback().connector();
        request.set(
                        connector.id(),
                        connector.properties(),
                        "CRTC_ID",
                        route.crtc().id())
                .set(
                        connector.id(),
                        connector.properties(),
                        "WRITEBACK_FB_ID",
                        job.target().id())
                .set(connector.id(), connector.properties(), "WRITEBACK_OUT_FENCE_PTR", fence.address());
        boolean routed = writer != null && writer.connector().id() == connector.id();
        return routed ? 0 : KmsUapi.DRM_MODE_ATOMIC_ALLOW_MODESET;
    }

    /** The kernel has made the descriptors: from here on they are closed whatever happens. */
    private static KernelSyncFile fences(Flip flip, MemorySegment out, @Nullable MemorySegment written)
            throws IOException {
        DmaFence writtenFence = null;
        if (written != null) {
            try (KernelSyncFile file = KernelSyncFile.adopt(DeviceNode.given(written.get(ValueLayout.JAVA_INT, 0)))) {
                writtenFence = file.fence();
            }
        }
        KernelSyncFile file = KernelSyncFile.adopt(DeviceNode.given(out.get(ValueLayout.JAVA_INT, 0)));
        flip.fences(file.fence(), writtenFence);
        return file;
    }

    private int createModeBlob() throws SystemCallException {
        return KmsCall.call(CREATEPROPBLOB, device.fd(), "cannot describe " + route.mode(), (argument, arena) -> {
            var mode = KmsUapi.MODE_INFO.allocate(arena);
            route.mode().write(mode);
            argument.point("data", mode.memory()).set("length", (int) KmsUapi.MODE_INFO.size());
        });
    }

    private void destroyBlob(int blob) {
        if (blob == 0) {
            return;
        }
        try {
            DESTROYPROPBLOB.call(device.fd(), "", (argument, _) -> argument.set("blob_id", blob));
        } catch (SystemCallException gone) {
            // Unplugged, which ended it.
            return;
        }
    }

    @Override
    public void forgetMode() {
        modeIsSet = false;
        writer = null;
    }

    @Override
    public void end() throws SystemCallException {
        if (!modeIsSet) {
            return;
        }
        AtomicRequest request = new AtomicRequest()
                .set(route.plane().id(), route.plane().properties(), "FB_ID", 0)
                .set(route.plane().id(), route.plane().properties(), "CRTC_ID", 0)
                .set(route.connector().id(), route.connector().properties(), "CRTC_ID", 0)
                .set(route.crtc().id(), route.crtc().properties(), "MODE_ID", 0)
                .set(route.crtc().id(), route.crtc().properties(), "ACTIVE", 0);
        if (writer != null) {
            Connector connector = writer.connector();
            request.set(connector.id(), connector.properties(), "CRTC_ID", 0);
        }
        request.commit(
                device.fd(), KmsUapi.DRM_MODE_ATOMIC_ALLOW_MODESET, 0, "cannot make " + route.connector() + " dark");
        modeIsSet = false;
    }
}
