package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the Java samples of docs/fences.md, each for itself, with assertions. */
@Timeout(120)
class FenceGuideTest {
    private static final Path PAGE = Path.of("..", "docs", "fences.md");
    private static final String IMPORTS = """
            import io.github.dmabuf4j.buffer.*;
            import io.github.dmabuf4j.buffer.ww.*;
            import io.github.dmabuf4j.fence.*;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            """;

    /**
     * A sample.
     *
     * @param line where it begins on the page
     * @param code what stands there
     */
    private record Sample(int line, String code) {
        String className() {
            return "Line" + line;
        }

        String source() {
            return IMPORTS + "public class " + className() + " {\npublic static void run() throws Exception {\n" + code
                    + "}\n}\n";
        }
    }

    private static List<Sample> samples() throws IOException {
        List<Sample> samples = new ArrayList<>();
        List<String> lines = Files.readAllLines(PAGE);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).equals("```java")) {
                continue;
            }
            int begin = i + 1;
            StringBuilder code = new StringBuilder();
            for (i++; !lines.get(i).equals("```"); i++) {
                code.append(lines.get(i)).append('\n');
            }
            samples.add(new Sample(begin + 1, code.toString()));
        }
        return samples;
    }

    private static void compile(List<Sample> samples, Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Sample sample : samples) {
            sources.add(Files.writeString(folder.resolve(sample.className() + ".java"), sample.source()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as("%s", messages).isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> samplesRun(@TempDir Path folder) throws IOException {
        List<Sample> samples = samples();
        assertThat(samples).hasSizeGreaterThan(10);
        compile(samples, folder);
        // Not closed here: the samples run after this method, and load their inner classes then.
        URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        loader.setDefaultAssertionStatus(true);
        Stream<DynamicTest> tests = samples.stream()
                .map(sample -> DynamicTest.dynamicTest(
                        PAGE.getFileName() + ":" + sample.line(),
                        () -> loader.loadClass(sample.className())
                                .getMethod("run")
                                .invoke(null)));
        return tests.onClose(() -> {
            Kit.silenceValidator(); // a sample gave the reports back to the log
            try {
                loader.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
