package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.drm.VgemFence;
import io.github.dmabuf4j.linux.kms.Connector;
import io.github.dmabuf4j.linux.kms.DisplayGoneException;
import io.github.dmabuf4j.linux.kms.DisplayMode;
import io.github.dmabuf4j.linux.kms.Flip;
import io.github.dmabuf4j.linux.kms.FlipEvent;
import io.github.dmabuf4j.linux.kms.FrameBuffer;
import io.github.dmabuf4j.linux.kms.KmsDevice;
import io.github.dmabuf4j.linux.kms.KmsOutput;
import io.github.dmabuf4j.linux.kms.NoDisplayException;
import io.github.dmabuf4j.linux.kms.NotMasterException;
import io.github.dmabuf4j.linux.kms.Plane;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The screen of virtio-gpu: parts, pictures, fences, events, and what stands in the way. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DisplaySuite {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int RED = 0xff0000;
    private static final int GREEN = 0x00ff00;

    private static KmsDevice screen() {
        return KmsLab.device("virtio_gpu", KmsDevice.Api.BEST);
    }

    @Test
    void aDeviceTellsItsParts() throws Exception {
        try (KmsDevice device = screen()) {
            assertThat(device.isAtomic()).isTrue();
            assertThat(device.isMaster()).isTrue();
            Connector connector = device.connectors().getFirst();
            assertThat(connector.name()).matches("Virtual-[0-9]");
            assertThat(connector.state()).isEqualTo(Connector.State.CONNECTED);
            assertThat(connector.properties().names()).contains("CRTC_ID", "DPMS");
            DisplayMode mode = connector.preferredMode().orElseThrow();
            assertThat(mode.width()).isPositive();
            assertThat(connector.mode(mode.toString())).isPresent();
            assertThat(connector.mode("640x480")).isPresent();
            assertThat(connector.mode("641x480")).isEmpty();
            assertThat(device.crtcs()).isNotEmpty();
            assertThat(device.crtcs().getFirst().properties().names()).contains("MODE_ID", "OUT_FENCE_PTR");
            assertThat(device.planes()).anySatisfy(plane -> {
                assertThat(plane.kind()).isEqualTo(Plane.Kind.PRIMARY);
                assertThat(plane.takes(KmsLab.XRGB, Modifier.LINEAR)).isTrue();
                assertThat(plane.takes(Fourcc.of("YU12"), Modifier.LINEAR)).isFalse();
                assertThat(plane.properties().names()).contains("IN_FENCE_FD");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(KmsDevice.Api.class)
    void eachPictureReportsAndFreesTheOneBefore(KmsDevice.Api api) throws Exception {
        try (KmsDevice device = KmsLab.device("virtio_gpu", api);
                FrameBuffer red = KmsLab.colour(device, RED);
                FrameBuffer green = KmsLab.colour(device, GREEN);
                KmsOutput output = KmsLab.output(device)) {
            assertThat(device.isAtomic()).isEqualTo(api == KmsDevice.Api.BEST);
            long before = 0;
            FrameBuffer shown = null;
            for (int i = 1; i <= 6; i++) {
                FrameBuffer next = i % 2 == 0 ? red : green;
                Flip flip = output.show(next);
                assertThat(flip.number()).isEqualTo(i);
                assertThat(flip.replaced().orElse(null)).isSameAs(shown);
                assertThat(flip.shown().await(LONG)).isTrue();
                assertThat(flip.reported().await(LONG)).isTrue();
                assertThat(flip.reported().error()).isNull();
                assertThat(output.outFence().isPresent()).isEqualTo(api == KmsDevice.Api.BEST);
                if (api == KmsDevice.Api.BEST || i > 1) {
                    FlipEvent event = flip.event().orElseThrow();
                    assertThat(event.timestampNanos()).isGreaterThan(before);
                    before = event.timestampNanos();
                }
                shown = next;
            }
            assertThat(output.pictures()).isEqualTo(6);
            assertThat(device.strayEvents()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(KmsDevice.Api.class)
    void aPictureWaitsForItsFence(KmsDevice.Api api) throws Exception {
        try (KmsDevice device = KmsLab.device("virtio_gpu", api);
                FrameBuffer red = KmsLab.colour(device, RED);
                FrameBuffer green = KmsLab.colour(device, GREEN);
                DrmDevice vgem = DrmDevice.find("vgem").orElseThrow();
                GemBuffer worked = vgem.createDumbBuffer(64, 64, 32);
                KernelDmaBuf memory = worked.export();
                KmsOutput output = KmsLab.output(device)) {
            assertThat(output.show(red).shown().await(LONG)).isTrue();
            VgemFence work = VgemFence.attach(vgem, worked, true);
            try (KernelSyncFile ready = memory.exportSyncFile(AccessMode.READ)) {
                assertThat(ready.poll()).isFalse();
                Flip flip;
                if (api == KmsDevice.Api.BEST) {
                    flip = output.show(green, ready);
                    assertThat(flip.shown().poll())
                            .as("shown before it is there")
                            .isFalse();
                    work.signal();
                } else {
                    // Waits itself, so somebody else has to signal.
                    Thread worker = Thread.ofPlatform().start(() -> {
                        try {
                            work.signal();
                        } catch (SystemCallException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    flip = output.show(green, ready);
                    worker.join();
                    assertThat(ready.poll()).isTrue();
                }
                assertThat(flip.shown().await(LONG)).isTrue();
                assertThat(flip.shown().error()).isNull();
                assertThat(flip.replaced()).contains(red);
            }
        }
    }

    @Test
    void onlyOneProgramShowsPictures() throws Exception {
        try (KmsDevice first = screen();
                KmsDevice second = KmsDevice.open(Path.of(first.toString()));
                FrameBuffer mine = KmsLab.colour(first, RED);
                FrameBuffer theirs = KmsLab.colour(second, GREEN);
                KmsOutput firstOutput = KmsLab.output(first);
                KmsOutput secondOutput = KmsLab.output(second)) {
            assertThat(second.isMaster()).isFalse();
            assertThatExceptionOfType(NotMasterException.class)
                    .isThrownBy(() -> secondOutput.show(theirs))
                    .withMessageContaining("not the master")
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
            assertThat(firstOutput.show(mine).shown().await(LONG)).isTrue();
            first.dropMaster();
            assertThat(first.isMaster()).isFalse();
            second.becomeMaster();
            assertThatExceptionOfType(NotMasterException.class).isThrownBy(() -> firstOutput.show(mine));
            assertThat(secondOutput.show(theirs).shown().await(LONG)).isTrue();
            second.dropMaster();
            first.becomeMaster();
            firstOutput.resetMode();
            assertThat(firstOutput.show(mine).shown().await(LONG)).isTrue();
        }
    }

    /** modetest, which others wrote, lists what is shown, and shows a picture of its own that this library takes over from. */
    @Test
    void aProgramOfOthersSeesWhatIsShownAndHandsTheScreenOver() throws Exception {
        try (KmsDevice device = screen();
                FrameBuffer red = KmsLab.colour(device, RED);
                KmsOutput output = KmsLab.output(device)) {
            assertThat(output.show(red).shown().await(LONG)).isTrue();
            String listed = Program.run("modetest", "-M", "virtio_gpu", "-p");
            assertThat(listed.lines().map(String::strip))
                    .as(listed)
                    .anyMatch(line ->
                            line.matches(output.crtc().id() + "\\s+" + red.id() + "\\s+\\(0,0\\)\\s+\\(640x480\\)"))
                    .anyMatch(line -> line.matches(
                            output.plane().id() + "\\s+" + output.crtc().id() + "\\s+" + red.id() + "\\s.*"));
            device.dropMaster();
            String mode = output.connector().id() + "@" + output.crtc().id() + ":1024x768";
            Process other = Program.start("modetest", "-M", "virtio_gpu", "-s", mode);
            try (Writer keys = other.outputWriter();
                    Reader said = other.inputReader()) {
                while (other.isAlive() && List.of(0L, (long) red.id()).contains(onScreen(device, output))) {
                    Thread.yield();
                }
                keys.append('\n').flush(); // shows its picture until then
                assertThat(said.readAllAsString()).contains("setting mode 1024x768");
                assertThat(other.waitFor()).isZero();
            } finally {
                other.destroyForcibly();
            }
            device.becomeMaster();
            output.resetMode();
            assertThat(output.show(red).shown().await(LONG)).isTrue();
            assertThat(Program.run("modetest", "-M", "virtio_gpu", "-p")).contains("(640x480)");
        }
    }

    private static long onScreen(KmsDevice device, KmsOutput output) throws Exception {
        return device.planes().stream()
                .filter(plane -> plane.id() == output.plane().id())
                .mapToLong(plane -> plane.properties().value("FB_ID").orElse(0))
                .sum();
    }

    @Test
    void aNodeForRenderingShowsNothing() throws Exception {
        Path render = DrmDevice.nodes().stream()
                .filter(node -> node.getFileName().toString().startsWith("renderD"))
                .filter(DisplaySuite::isOfScreen)
                .findFirst()
                .orElseThrow();
        try (KmsDevice device = KmsDevice.open(render)) {
            assertThatExceptionOfType(NotMasterException.class)
                    .isThrownBy(device::connectors)
                    .withMessageContaining("the node of a card");
        }
    }

    private static boolean isOfScreen(Path node) {
        try (DrmDevice device = DrmDevice.open(node)) {
            return device.version().name().equals("virtio_gpu");
        } catch (SystemCallException unusable) {
            return false;
        }
    }

    @Test
    void aDriverWithoutDisplaysSaysSo() throws Exception {
        try (KmsDevice device = KmsLab.device("vgem", KmsDevice.Api.BEST)) {
            assertThatExceptionOfType(NoDisplayException.class)
                    .isThrownBy(() -> KmsOutput.open(device))
                    .withMessageContaining("no displays");
        }
    }

    @Test
    void withoutADisplayNothingIsShown() throws Exception {
        try (KmsDevice device = screen()) {
            Connector connector = device.connectors().getFirst();
            Path card = Path.of(device.toString()).getFileName();
            Path status = Path.of("/sys/class/drm", card + "-" + connector.name(), "status");
            Files.writeString(status, "off");
            try {
                Connector unplugged = device.connectors().getFirst();
                assertThat(unplugged.state()).isEqualTo(Connector.State.DISCONNECTED);
                assertThatExceptionOfType(NoDisplayException.class)
                        .isThrownBy(() -> KmsOutput.open(device))
                        .withMessageContaining("no display is connected");
                assertThatExceptionOfType(NoDisplayException.class)
                        .isThrownBy(() -> KmsOutput.open(
                                device, unplugged, connector.preferredMode().orElseThrow()))
                        .withMessageContaining(connector.name());
            } finally {
                Files.writeString(status, "detect");
            }
            assertThat(device.connectors().getFirst().state()).isEqualTo(Connector.State.CONNECTED);
        }
    }

    @Test
    void whatTheScreenCannotShowIsRefused() throws Exception {
        try (KmsDevice device = screen();
                GemBuffer buffer = device.drm().createDumbBuffer(KmsLab.WIDTH, KmsLab.HEIGHT, 32);
                GemBuffer small = device.drm().createDumbBuffer(64, 64, 32);
                FrameBuffer tiny = FrameBuffer.of(
                        device, ImageLayout.aligned(PixelFormat.XRGB8888, 64, 64, small.stride()), List.of(small))) {
            KmsOutput output = KmsLab.output(device);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> FrameBuffer.of(
                            device,
                            ImageLayout.packed(PixelFormat.YUV420, KmsLab.WIDTH, KmsLab.HEIGHT),
                            List.of(buffer)))
                    .withMessageContaining("does not show");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FrameBuffer.of(device, KmsLab.layout(buffer.stride()), List.of(small)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> output.show(tiny))
                    .withMessageContaining("does not fill");
            output.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> output.show(tiny))
                    .withMessageContaining("closed");
        }
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> KmsDevice.open(Path.of("/dev/null")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
    }

    /** Last: the screen is not the same behind it. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aScreenThatIsUnpluggedIsGone() throws Exception {
        Path driver = Path.of("/sys/bus/virtio/drivers/virtio_gpu");
        String bus;
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(driver, "virtio*")) {
            bus = devices.iterator().next().getFileName().toString();
        }
        try (KmsDevice device = screen();
                FrameBuffer red = KmsLab.colour(device, RED);
                KmsOutput output = KmsLab.output(device)) {
            assertThat(output.show(red).reported().await(LONG)).isTrue();
            Files.writeString(driver.resolve("unbind"), bus);
            assertThatExceptionOfType(DisplayGoneException.class)
                    .isThrownBy(() -> output.show(red))
                    .withMessageContaining("unplugged")
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
            assertThatExceptionOfType(DisplayGoneException.class).isThrownBy(device::connectors);
        }
        Files.writeString(driver.resolve("bind"), bus);
        try (KmsDevice device = screen();
                FrameBuffer green = KmsLab.colour(device, GREEN);
                KmsOutput output = KmsLab.output(device)) {
            assertThat(output.show(green).shown().await(LONG)).isTrue();
        }
    }
}
