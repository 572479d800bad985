package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryStallsTest {
    @Test
    void theShareOfTheLastTenSecondsIsRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("memory");
        Files.writeString(file, """
                some avg10=12.34 avg60=1.00 avg300=0.50 total=1381170
                full avg10=5.00 avg60=0.00 avg300=0.00 total=629546
                """);
        assertThat(new MemoryStalls(file).stalledPercent()).hasValue(12.34);
    }

    @Test
    void whatIsNotThereOrSaysSomethingElseTellsNothing(@TempDir Path folder) throws IOException {
        assertThat(new MemoryStalls(folder.resolve("missing")).stalledPercent()).isEmpty();
        Path file = folder.resolve("memory");
        Files.writeString(file, "some other text\n");
        assertThat(new MemoryStalls(file).stalledPercent()).isEmpty();
    }

    @Test
    void theSystemsOwnAnswerIsAPercentage() {
        assertThat(new MemoryStalls().stalledPercent().orElse(0)).isBetween(0.0, 100.0);
    }
}
