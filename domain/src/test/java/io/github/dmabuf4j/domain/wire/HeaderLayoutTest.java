package io.github.dmabuf4j.domain.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.HeaderFile.Constant;
import io.github.dmabuf4j.domain.wire.HeaderFile.Field;
import io.github.dmabuf4j.domain.wire.HeaderFile.Struct;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the C compiler makes of {@code docs/xbp.h} is what the Java side believes. */
@Timeout(60)
final class HeaderLayoutTest {
    /** Structures that lie in sync pages: the Java side of them belongs to whoever maps such pages. */
    private static final Set<String> SYNC_PAGE = Set.of("sync_header", "timeline", "interest");

    private static final List<String> STRICT =
            List.of("cc", "-std=c11", "-ffreestanding", "-pedantic", "-Wall", "-Wextra", "-Wpadded", "-Werror");

    @TempDir
    Path folder;

    @Test
    void theHeaderCompilesFreestandingAndAgreesWithJava() throws Exception {
        HeaderFile header = HeaderFile.read();
        requireCompiler();
        Path freestanding = folder.resolve("freestanding.c");
        Files.writeString(freestanding, "#include \"xbp.h\"\nextern int nothing;\n");
        compile(
                STRICT,
                freestanding,
                "-c",
                "-o",
                folder.resolve("freestanding.o").toString());

        Path program = folder.resolve("layout.c");
        Files.writeString(program, program(header));
        Path binary = folder.resolve("layout");
        compile(List.of("cc", "-std=c11", "-Wall", "-Wextra", "-Werror"), program, "-o", binary.toString());
        Map<String, Long> compiled = new TreeMap<>();
        for (String line : run(List.of(binary.toString())).lines().toList()) {
            String[] parts = line.split(" ");
            compiled.put(parts[0], Long.parseLong(parts[1]));
        }
        assertThat(compiled).hasSizeGreaterThan(150);
        assertThat(compiled).containsExactlyInAnyOrderEntriesOf(new TreeMap<>(java(header)));
    }

    @Test
    void limitsThatAreKeptTwiceAreTheSame() {
        assertThat(SyncGeometry.LINE_BYTES).isEqualTo(Xbp.LINE_SIZE);
        assertThat(SyncGeometry.MAX_LINES).isEqualTo(Xbp.MAX_LINES);
        assertThat(SyncGeometry.MAX_TIMELINES).isEqualTo(Xbp.MAX_TIMELINES);
        assertThat(SyncGeometry.MAX_RING_ENTRIES).isEqualTo(Xbp.MAX_RING);
        assertThat(Connection.MAX_MESSAGE_BYTES).isEqualTo(Xbp.MAX_MESSAGE);
        assertThat(RingDescriptor.HANDOVER_BYTES).isEqualTo(Xbp.LINE_SIZE);
    }

    private static String program(HeaderFile header) {
        StringBuilder text = new StringBuilder("#include <stdio.h>\n#include \"xbp.h\"\nint main(void) {\n");
        for (Constant constant : header.constants()) {
            text.append("  printf(\"%s %%lld\\n\", (long long) XBP_%s);\n".formatted(constant.name(), constant.name()));
        }
        for (Struct struct : header.structs()) {
            String name = struct.name().toUpperCase(Locale.ROOT);
            text.append("  printf(\"%s_BYTES %%zu\\n\", sizeof(struct xbp_%s));\n".formatted(name, struct.name()));
            for (Field field : struct.fields()) {
                text.append("  printf(\"%s_%s %%zu\\n\", offsetof(struct xbp_%s, %s));\n"
                        .formatted(name, field.name().toUpperCase(Locale.ROOT), struct.name(), field.name()));
            }
        }
        return text.append("  return 0;\n}\n").toString();
    }

    /** The same names with the values of the Java side; only what has no Java name is taken from the text. */
    private static Map<String, Long> java(HeaderFile header) throws IllegalAccessException {
        Map<String, Long> known = new HashMap<>();
        for (Class<?> holder : List.of(Xbp.class, XbpDescriptor.class, RingDescriptor.class)) {
            for (java.lang.reflect.Field field : holder.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    assertThat(known.put(field.getName(), ((Number) field.get(null)).longValue()))
                            .as(field.getName())
                            .isNull();
                }
            }
        }
        for (XbpError error : XbpError.values()) {
            known.put(error.name(), (long) error.code());
        }
        for (Struct struct : header.structs()) {
            boolean elsewhere = SYNC_PAGE.contains(struct.name());
            String prefix = struct.name().toUpperCase(Locale.ROOT);
            if (elsewhere) {
                known.put(prefix + "_BYTES", (long) struct.size());
            }
            for (Field field : struct.fields()) {
                if (elsewhere || field.name().startsWith("reserved")) {
                    known.put(prefix + "_" + field.name().toUpperCase(Locale.ROOT), (long) field.offset());
                }
            }
        }
        return known;
    }

    private static void requireCompiler() throws IOException, InterruptedException {
        try {
            run(List.of("cc", "--version"));
        } catch (IOException missing) {
            String reason = "skipped: no C compiler (cc) on the PATH, so docs/xbp.h is not compared with Java";
            System.out.println(reason);
            abort(reason);
        }
    }

    private static void compile(List<String> compiler, Path source, String... output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(compiler);
        command.addAll(List.of("-I", HeaderFile.PATH.getParent().toString(), source.toString()));
        command.addAll(List.of(output));
        run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }
}
