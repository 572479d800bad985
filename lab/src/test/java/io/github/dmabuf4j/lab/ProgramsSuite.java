package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that others wrote, on the same devices and buffers. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class ProgramsSuite {
    @Test
    void theyAreInTheGuest() throws Exception {
        assertThat(Program.run("v4l2-ctl", "--list-devices")).contains("vivid", "/dev/video");
        assertThat(Program.run("modetest", "-M", "virtio_gpu", "-c")).contains("Connectors:", "Virtual");
        assertThat(Program.run("gst-launch-1.0", "--version")).contains("GStreamer 1.");
    }
}
