package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

/**
 * The Java samples of a page of the guide, each compiled and run for itself, with assertions.
 *
 * @param page the page
 * @param imports what the samples may use without saying so
 */
record GuideSamples(Path page, String imports) {
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

        String source(String imports) {
            return imports + "public class " + className() + " {\npublic static void run() throws Exception {\n" + code
                    + "}\n}\n";
        }
    }

    /** A page of the folder docs. */
    static GuideSamples of(String name, String imports) {
        return new GuideSamples(Path.of("..", "docs", name), imports);
    }

    private List<Sample> read() throws IOException {
        List<Sample> samples = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
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

    private void compile(List<Sample> samples, Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Sample sample : samples) {
            sources.add(Files.writeString(folder.resolve(sample.className() + ".java"), sample.source(imports)));
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

    /** A test for each sample; what is compiled goes to the folder. */
    Stream<DynamicTest> tests(Path folder) throws IOException {
        List<Sample> samples = read();
        assertThat(samples).hasSizeGreaterThan(9);
        compile(samples, folder);
        // Not closed here: the samples run after this method, and load their inner classes then.
        URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, GuideSamples.class.getClassLoader());
        loader.setDefaultAssertionStatus(true);
        Stream<DynamicTest> tests = samples.stream()
                .map(sample -> DynamicTest.dynamicTest(
                        page.getFileName() + ":" + sample.line(),
                        () -> loader.loadClass(sample.className())
                                .getMethod("run")
                                .invoke(null)));
        return tests.onClose(() -> {
            try {
                loader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
