package io.github.dmabuf4j.linux.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What displays say, read where there are none; the rest is in the lab. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class KmsTest {
    private static final int CRTC = 41;
    private static final FenceContext TIMELINE = FenceContext.create("kms", "test");

    private static Flip flip(long number) {
        return new Flip(number, CRTC, null, TIMELINE.newFence());
    }

    private static void event(MemorySegment memory, long at, int type, int length, long token, int crtc) {
        CValue event = KmsUapi.EVENT_VBLANK.element(memory.asSlice(at), 0);
        event.setAt("base", 0, type)
                .setAt("base", 1, length)
                .setLong("user_data", token)
                .set("tv_sec", 7)
                .set("tv_usec", 11)
                .set("sequence", -1)
                .set("crtc_id", crtc);
    }

    @Test
    void eventsComeToTheFlipsThatTheyAreFor() throws Exception {
        try (Arena arena = Arena.ofConfined();
                EventFd quiet = EventFd.create();
                FlipEvents events = new FlipEvents(quiet.fd())) {
            int size = (int) KmsUapi.EVENT_VBLANK.size();
            MemorySegment memory = arena.allocate(4L * size, Long.BYTES);
            Flip first = flip(1);
            Flip second = flip(2);
            Flip third = flip(3);
            long one = events.expect(first);
            long two = events.expect(second);
            long three = events.expect(third);
            event(memory, 0, KmsUapi.DRM_EVENT_FLIP_COMPLETE, size, two, CRTC);
            event(memory, size, KmsUapi.DRM_EVENT_FLIP_COMPLETE, size, one, CRTC + 1);
            event(memory, 2L * size, KmsUapi.DRM_EVENT_FLIP_COMPLETE, size, three, 0);
            event(memory, 3L * size, 99, size, three, CRTC);
            events.parse(memory);
            assertThat(second.event()).contains(new FlipEvent(7_000_011_000L, 0xffff_ffffL));
            assertThat(second.reported().timestampNanos()).isEqualTo(7_000_011_000L);
            assertThat(second.shown()).isSameAs(second.reported());
            assertThat(first.reported().error()).as("of another CRTC").isEqualTo(Errno.EPROTO);
            assertThat(third.reported().isSignaled())
                    .as("of a kernel that does not tell the CRTC")
                    .isTrue();
            assertThat(events.strays()).as("of another type").isOne();
            events.parse(memory.asSlice(0, size));
            assertThat(events.strays()).as("twice for one flip").isEqualTo(2);
        }
    }

    @Test
    void eventsThatCannotBeAreCountedAndEndTheAnswer() throws Exception {
        try (Arena arena = Arena.ofConfined();
                EventFd quiet = EventFd.create();
                FlipEvents events = new FlipEvents(quiet.fd())) {
            int size = (int) KmsUapi.EVENT_VBLANK.size();
            MemorySegment memory = arena.allocate(size, Long.BYTES);
            long strays = 0;
            for (int length : new int[] {0, 7, size + 1, -1, Integer.MIN_VALUE}) {
                event(memory, 0, KmsUapi.DRM_EVENT_FLIP_COMPLETE, length, 1, CRTC);
                events.parse(memory);
                assertThat(events.strays()).as("length %d", length).isEqualTo(++strays);
            }
            long seed = System.nanoTime();
            Random random = new Random(seed);
            byte[] noise = new byte[size];
            for (int i = 0; i < 2000; i++) {
                random.nextBytes(noise);
                memory.copyFrom(MemorySegment.ofArray(noise));
                events.parse(memory);
            }
            assertThat(events.strays()).as("seed %d", seed).isGreaterThanOrEqualTo(strays + 2000);
        }
    }

    @Test
    void closingEndsWhoWaits() throws Exception {
        Flip waiting = flip(1);
        try (EventFd quiet = EventFd.create()) {
            FlipEvents events = new FlipEvents(quiet.fd());
            events.expect(waiting);
            events.close();
            events.close();
            assertThatIllegalStateException().isThrownBy(() -> events.expect(flip(2)));
        }
        assertThat(waiting.reported().error()).isEqualTo(Errno.ECANCELED);
        assertThat(waiting.event()).isEmpty();
    }

    @Test
    void whatReportsNoMoreIsGone() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket device = pair[0];
                FlipEvents events = new FlipEvents(device.fd())) {
            Flip waiting = flip(1);
            events.expect(waiting);
            pair[1].close();
            assertThat(waiting.reported().await(Duration.ofSeconds(50))).isTrue();
            assertThat(waiting.reported().error()).isEqualTo(Errno.ENODEV);
            assertThatExceptionOfType(DisplayGoneException.class)
                    .isThrownBy(() -> events.expect(flip(2)))
                    .withMessageContaining("unplugged");
        }
    }

    @Test
    void formatsComeWithTheirModifiers() {
        int xrgb = Fourcc.of("XR24");
        int nv12 = Fourcc.of("NV12");
        long tiled = 0x0100_0000_0000_0002L;
        try (Arena arena = Arena.ofConfined()) {
            long modifiers = KmsUapi.FORMAT_MODIFIER_BLOB.size() + 8;
            MemorySegment bytes = arena.allocate(modifiers + 2 * KmsUapi.FORMAT_MODIFIER.size(), Long.BYTES);
            KmsUapi.FORMAT_MODIFIER_BLOB
                    .element(bytes, 0)
                    .set("version", 1)
                    .set("count_formats", 2)
                    .set("formats_offset", (int) KmsUapi.FORMAT_MODIFIER_BLOB.size())
                    .set("count_modifiers", 2)
                    .set("modifiers_offset", (int) modifiers);
            bytes.set(ValueLayout.JAVA_INT, KmsUapi.FORMAT_MODIFIER_BLOB.size(), xrgb);
            bytes.set(ValueLayout.JAVA_INT, KmsUapi.FORMAT_MODIFIER_BLOB.size() + 4, nv12);
            MemorySegment array = bytes.asSlice(modifiers);
            KmsUapi.FORMAT_MODIFIER.element(array, 0).setLong("formats", 0b111).setLong("modifier", Modifier.LINEAR);
            KmsUapi.FORMAT_MODIFIER
                    .element(array, 1)
                    .setLong("formats", 1)
                    .set("offset", 1)
                    .setLong("modifier", tiled);
            Map<Integer, List<Long>> formats = FormatBlob.read(bytes);
            assertThat(formats.keySet()).containsExactly(xrgb, nv12);
            assertThat(formats).containsEntry(xrgb, List.of(Modifier.LINEAR));
            assertThat(formats).containsEntry(nv12, List.of(Modifier.LINEAR, tiled));
            Plane plane = new Plane(1, Plane.Kind.PRIMARY, 1, formats, KmsProperties.NONE);
            assertThat(plane.takes(nv12, tiled)).isTrue();
            assertThat(plane.takes(xrgb, tiled)).isFalse();
            assertThat(plane.takes(xrgb, Modifier.INVALID)).isTrue();
            assertThat(plane.takes(Fourcc.of("YUYV"), Modifier.INVALID)).isFalse();
            // Counts that reach beyond the bytes are left out and not followed.
            KmsUapi.FORMAT_MODIFIER_BLOB.element(bytes, 0).set("count_modifiers", 3);
            assertThat(FormatBlob.read(bytes)).containsEntry(nv12, List.of());
            KmsUapi.FORMAT_MODIFIER_BLOB.element(bytes, 0).set("count_formats", Integer.MAX_VALUE);
            assertThat(FormatBlob.read(bytes)).isEmpty();
            assertThat(FormatBlob.read(bytes.asSlice(0, 8))).isEmpty();
        }
    }

    @Test
    void modesAreWrittenAsTheyWereRead() {
        DisplayMode mode = new DisplayMode(
                "640x480",
                640,
                480,
                60,
                25_175,
                new DisplayMode.Timing(656, 752, 800, 0),
                new DisplayMode.Timing(490, 492, 525, 0),
                10,
                0x48);
        try (Arena arena = Arena.ofConfined()) {
            CValue memory = KmsUapi.MODE_INFO.allocate(arena);
            mode.write(memory);
            assertThat(DisplayMode.read(memory)).isEqualTo(mode);
        }
        assertThat(mode.preferred()).isTrue();
        assertThat(mode).hasToString("640x480@60");
        assertThat(mode.isCalled("640x480")).isTrue();
        assertThat(mode.isCalled("640x480@60")).isTrue();
        assertThat(mode.isCalled("640x480@75")).isFalse();
    }

    @Test
    void connectorsAreCalledAsTheKernelCallsThem() {
        Connector connector = new Connector(30, 11, 2, Connector.State.of(2), 0, 0, List.of(), 1, KmsProperties.NONE);
        assertThat(connector).hasToString("HDMI-A-2 (disconnected)");
        assertThat(connector.preferredMode()).isEmpty();
        assertThat(new Connector(31, 77, 1, Connector.State.of(9), 0, 0, List.of(), 1, KmsProperties.NONE))
                .hasToString("Type77-1 (unknown)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KmsProperties.NONE.id("CRTC_ID"))
                .withMessageContaining("CRTC_ID");
    }

    @Test
    void nodesThatAreNoDisplayAreRefused() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> KmsDevice.open(Path.of("/dev/null")))
                .withMessageContaining("no graphics device")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> KmsDevice.open(Path.of("/dev/dri/card99")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThat(KmsDevice.find("no such driver", KmsDevice.Api.BEST)).isEmpty();
    }
}
