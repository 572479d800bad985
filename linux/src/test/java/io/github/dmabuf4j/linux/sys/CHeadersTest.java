package io.github.dmabuf4j.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every constant, structure and system call number here, compared with what the C compiler says. */
@Timeout(60)
class CHeadersTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <linux/futex.h>
            #include <linux/magic.h>
            #include <poll.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/mman.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/uio.h>
            #include <sys/un.h>
            #include <sys/vfs.h>
            #include <time.h>
            /* Younger than the headers of some systems; a wrong number would not compile where they are known. */
            #ifndef MFD_NOEXEC_SEAL
            #define MFD_NOEXEC_SEAL 0x0008U
            #endif
            #ifndef F_SEAL_EXEC
            #define F_SEAL_EXEC 0x0020
            #endif
            #ifndef SO_PEERPIDFD
            #define SO_PEERPIDFD 77
            #endif
            """;

    @TempDir
    Path folder;

    @Test
    void constantsAndStructuresAreThoseOfTheHeaders() throws Exception {
        Map<String, Long> expected = new LinkedHashMap<>();
        StringBuilder program = new StringBuilder(HEADERS).append("int main(void) {\n");
        for (Field field : Constants.class.getDeclaredFields()) {
            expected.put(field.getName(), (long) field.getInt(null));
            program.append(print(field.getName(), field.getName()));
        }
        for (StructLayout struct : Structs.ALL) {
            String name = struct.name().orElseThrow();
            expected.put("sizeof " + name, struct.byteSize());
            program.append(print("sizeof " + name, "sizeof(struct " + name + ")"));
            for (MemoryLayout member : struct.memberLayouts()) {
                if (!(member instanceof PaddingLayout)) {
                    String memberName = member.name().orElseThrow();
                    String label = name + "." + memberName;
                    expected.put(label, Structs.offset(struct, memberName));
                    program.append(print(label, "offsetof(struct " + name + ", " + memberName + ")"));
                    expected.put("sizeof " + label, member.byteSize());
                    program.append(print("sizeof " + label, "sizeof(((struct " + name + " *)0)->" + memberName + ")"));
                }
            }
        }
        Architecture here = Architecture.CURRENT;
        putNumbers(expected, here);
        for (String call : new String[] {"futex", "futex_waitv", "pidfd_open", "pidfd_send_signal"}) {
            program.append(print("call " + call, "SYS_" + call));
        }
        program.append("return 0; }\n");
        assertThat(run("headers", program.toString())).isEqualTo(expected);
    }

    @Test
    void numbersOfTheOtherProcessorAreThoseOfTheGenericTable() throws Exception {
        Map<String, Long> expected = new LinkedHashMap<>();
        putNumbers(expected, Architecture.AARCH64);
        StringBuilder program = new StringBuilder("#include <stdio.h>\n#define __BITS_PER_LONG 64\n"
                + "#include <asm-generic/unistd.h>\nint main(void) {\n");
        for (String call : new String[] {"futex", "futex_waitv", "pidfd_open", "pidfd_send_signal"}) {
            program.append(print("call " + call, "__NR_" + call));
        }
        program.append("return 0; }\n");
        assertThat(run("generic", program.toString())).isEqualTo(expected);
        assertThat(Architecture.X86_64.epollDataOffset).isEqualTo(4);
        assertThat(Architecture.AARCH64.epollDataOffset).isEqualTo(8);
    }

    private static void putNumbers(Map<String, Long> expected, Architecture architecture) {
        expected.put("call futex", architecture.futex);
        expected.put("call futex_waitv", architecture.futexWaitv);
        expected.put("call pidfd_open", architecture.pidfdOpen);
        expected.put("call pidfd_send_signal", architecture.pidfdSendSignal);
    }

    private static String print(String label, String expression) {
        return "printf(\"%s=%lld\\n\", \"" + label + "\", (long long) (" + expression + "));\n";
    }

    private Map<String, Long> run(String name, String program) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve(name + ".c"), program);
        Path binary = folder.resolve(name);
        execute("cc", "-Wall", "-Werror", "-o", binary.toString(), source.toString());
        Map<String, Long> values = new LinkedHashMap<>();
        for (String line : execute(binary.toString()).split("\n", -1)) {
            int equals = line.lastIndexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String execute(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            String reason = "not compared with the C headers: no C compiler (" + e.getMessage() + ")";
            System.out.println(reason);
            assumeTrue(false, reason);
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
