package io.github.dmabuf4j.tck;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the Java samples of docs/fences.md. */
@Timeout(120)
class FenceGuideTest {
    private static final String IMPORTS = """
            import io.github.dmabuf4j.buffer.*;
            import io.github.dmabuf4j.buffer.ww.*;
            import io.github.dmabuf4j.fence.*;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            """;

    @TestFactory
    Stream<DynamicTest> samplesRun(@TempDir Path folder) throws IOException {
        // A sample gives the reports back to the log.
        return GuideSamples.of("fences.md", IMPORTS).tests(folder).onClose(Kit::silenceValidator);
    }
}
