package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FenceEventsTest {
    @Test
    void flightRecorderSeesWaitsCreationsAndCompletions(@TempDir Path folder)
            throws IOException, ParseException, InterruptedException {
        FenceContext context = FenceContext.create("driver", "recorded");
        try (Recording recording = new Recording(settings())) {
            recording.start();
            UserFence fence = context.newFence();
            assertThat(fence.await(Duration.ofMillis(5))).isFalse();
            fence.fail(Errno.EIO);
            recording.stop();
            recording.dump(folder.resolve("fences.jfr"));
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(folder.resolve("fences.jfr")).stream()
                .filter(event -> event.getEventType().getName().startsWith("dmabuf4j."))
                .filter(event -> event.getLong("context") == context.id())
                .toList();
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .containsExactly("dmabuf4j.FenceInit", "dmabuf4j.FenceWait", "dmabuf4j.FenceSignaled");
        RecordedEvent wait = events.get(1);
        assertThat(wait.getString("timeline")).isEqualTo("recorded");
        assertThat(wait.getBoolean("signaled")).isFalse();
        assertThat(wait.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(5));
        assertThat(events.get(2).getInt("error")).isEqualTo(5);
    }

    private static Configuration settings() throws IOException, ParseException {
        try (InputStream file = FenceEvents.class.getResourceAsStream("fences.jfc")) {
            assertThat(file).isNotNull();
            return Configuration.create(new InputStreamReader(file, StandardCharsets.UTF_8));
        }
    }
}
