package io.github.dmabuf4j.cli.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.memory.Pages;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Everything that {@code --enable-native-access} is needed for lies in one package that nobody else sees. */
class RestrictedCallsTest {
    @Test
    void onlyTheSystemCallPackageCallsRestrictedMethods() throws Exception {
        String output = scan(DmaFence.class, Pages.class, DmaBuf.class, OwnedFd.class, QueueProducer.class);
        List<String> callers = output.lines()
                .filter(line -> line.startsWith("  io.github.") && line.endsWith(":"))
                .map(line -> line.strip().replace(":", ""))
                .toList();
        assertThat(callers)
                .as("classes with restricted calls, as jnativescan sees them:%n%s", output)
                .isNotEmpty()
                .allMatch(name -> name.startsWith("io.github.dmabuf4j.linux.sys."));
    }

    private static String scan(Class<?>... modules) throws URISyntaxException {
        StringBuilder path = new StringBuilder();
        for (Class<?> module : modules) {
            Path classes = Path.of(
                    module.getProtectionDomain().getCodeSource().getLocation().toURI());
            path.append(path.isEmpty() ? "" : ":").append(classes);
        }
        ToolProvider jnativescan = ToolProvider.findFirst("jnativescan").orElseThrow();
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int status = jnativescan.run(
                new PrintWriter(output, true), new PrintWriter(errors, true), "--class-path", path.toString());
        assertThat(status)
                .as(errors.toString().lines().limit(5).collect(Collectors.joining("\n")))
                .isZero();
        return output.toString();
    }
}
