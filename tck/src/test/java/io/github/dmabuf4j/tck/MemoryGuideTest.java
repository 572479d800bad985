package io.github.dmabuf4j.tck;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the Java samples of docs/memory.md. */
@Timeout(120)
class MemoryGuideTest {
    private static final String IMPORTS = """
            import io.github.dmabuf4j.buffer.*;
            import io.github.dmabuf4j.fence.*;
            import io.github.dmabuf4j.machine.*;
            import io.github.dmabuf4j.memory.*;
            import java.lang.foreign.*;
            import java.util.*;
            import java.util.stream.*;
            """;

    @TestFactory
    Stream<DynamicTest> samplesRun(@TempDir Path folder) throws IOException {
        return GuideSamples.of("memory.md", IMPORTS).tests(folder);
    }
}
