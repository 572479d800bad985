package io.github.dmabuf4j.linux.ioctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every number and structure of requests to drivers, compared with what the C compiler says. What the headers of this system are
 * too old to know is left out and named; the system property {@code dmabuf4j.headers} names a folder with younger ones, and then
 * nothing may be left out.
 */
@Timeout(60)
class UapiHeadersTest {
    private static final String HEADERS = System.getProperty("dmabuf4j.headers", "");
    /** Structures that came later than the oldest headers, with a macro that came with them. */
    private static final Map<String, String> YOUNG = Map.of(
            "sync_set_deadline", "SYNC_IOC_SET_DEADLINE",
            "drm_vgem_fence_attach", "DRM_IOCTL_VGEM_FENCE_ATTACH",
            "drm_vgem_fence_signal", "DRM_IOCTL_VGEM_FENCE_SIGNAL",
            "drm_syncobj_eventfd", "DRM_IOCTL_SYNCOBJ_EVENTFD",
            "drm_syncobj_handle", "DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE",
            "drm_syncobj_timeline_wait", "DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE");
    /** Requests whose number contains the size of such a structure. */
    private static final Map<String, String> RESIZED = Map.of(
            "DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD", "DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE",
            "DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE", "DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE",
            "DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT", "DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE");

    @TempDir
    Path folder;

    @Test
    void syncFiles() throws Exception {
        compare("linux/sync_file.h", SyncUapi.class, SyncUapi.STRUCTS);
    }

    @Test
    void dmaBufs() throws Exception {
        compare(
                "linux/dma-buf.h>\n#include <linux/dma-heap.h>\n#include <linux/udmabuf.h",
                DmaBufUapi.class,
                DmaBufUapi.STRUCTS);
    }

    @Test
    void video() throws Exception {
        compare("linux/videodev2.h", VideoUapi.class, VideoUapi.STRUCTS);
    }

    @Test
    void graphics() throws Exception {
        // The header of vgem is in the kernel's sources and in few packages.
        compare(
                "drm.h>\n#include <drm_mode.h>\n#if __has_include(<vgem_drm.h>)\n#include <vgem_drm.h>\n#endif\n"
                        + "#include <stddef.h",
                DrmUapi.class,
                DrmUapi.STRUCTS);
    }

    @Test
    void displays() throws Exception {
        compare("drm.h>\n#include <drm_mode.h", KmsUapi.class, KmsUapi.STRUCTS);
    }

    private void compare(String header, Class<?> uapi, List<CStruct> structs) throws Exception {
        Map<String, Long> expected = new LinkedHashMap<>();
        StringBuilder program =
                new StringBuilder("#include <fcntl.h>\n#include <stddef.h>\n#include <stdio.h>\n#include <" + header
                        + ">\n" + "int main(void) {\n");
        for (Field field : uapi.getDeclaredFields()) {
            String name = field.getName();
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class && isOfHeader(name)) {
                expected.put(name, Integer.toUnsignedLong(field.getInt(null)));
                guarded(
                        program,
                        isEnumerator(name) ? "NULL" : RESIZED.getOrDefault(name, name),
                        print(name, "(unsigned) " + name));
            }
        }
        for (CStruct struct : structs) {
            String name = struct.layout().name().orElseThrow();
            StringBuilder lines = new StringBuilder(print("sizeof " + name, "sizeof(struct " + name + ")"));
            expected.put("sizeof " + name, struct.size());
            for (MemoryLayout member : struct.layout().memberLayouts()) {
                if (!(member instanceof PaddingLayout)) {
                    String label = name + "." + member.name().orElseThrow();
                    String path = member.name().orElseThrow();
                    expected.put(label, struct.offset(path));
                    expected.put("sizeof " + label, member.byteSize());
                    lines.append(print(label, "offsetof(struct " + name + ", " + path + ")"));
                    lines.append(print("sizeof " + label, "sizeof(((struct " + name + " *)0)->" + path + ")"));
                }
            }
            guarded(program, YOUNG.getOrDefault(name, "NULL"), lines.toString());
        }
        program.append("return 0; }\n");
        Map<String, Long> actual = run(uapi.getSimpleName(), program.toString());
        List<String> missing = new ArrayList<>(expected.keySet());
        missing.removeAll(actual.keySet());
        if (!missing.isEmpty()) {
            System.out.println("the headers of this system are too old to know " + missing);
            missing.forEach(expected::remove);
            missing.removeIf(each -> each.toLowerCase(Locale.ROOT).contains("vgem"));
            assertThat(HEADERS.isEmpty() || missing.isEmpty())
                    .as("young headers know all, but not " + missing)
                    .isTrue();
        }
        assertThat(actual).isEqualTo(expected);
        assertThat(actual).isNotEmpty();
    }

    /** sw_sync has no header; and a length that is only ours. */
    private static boolean isOfHeader(String name) {
        return !name.startsWith("SW_SYNC") && !name.equals("NAME_LENGTH");
    }

    /** Not a macro, so not to be asked for. */
    private static boolean isEnumerator(String name) {
        return name.startsWith("V4L2_BUF_TYPE")
                || name.startsWith("V4L2_MEMORY")
                || name.startsWith("V4L2_FIELD")
                || name.startsWith("V4L2_FRM");
    }

    private static void guarded(StringBuilder program, String macro, String lines) {
        program.append("#ifdef ").append(macro).append('\n').append(lines).append("#endif\n");
    }

    private static String print(String label, String expression) {
        return "printf(\"%s=%lld\\n\", \"" + label + "\", (long long) (" + expression + "));\n";
    }

    private Map<String, Long> run(String name, String program) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve(name + ".c"), program);
        Path binary = folder.resolve(name);
        List<String> compile = new ArrayList<>(List.of("cc", "-Wall", "-o", binary.toString(), source.toString()));
        List<String> folders = HEADERS.isEmpty()
                ? List.of("/usr/include/libdrm", "/usr/include/drm")
                : List.of(HEADERS, HEADERS + "/libdrm", HEADERS + "/drm");
        folders.forEach(each -> compile.add("-I" + each));
        if (program.contains("drm.h") && folders.stream().noneMatch(each -> Files.exists(Path.of(each, "drm.h")))) {
            skip("the headers of the graphics system are not installed (package libdrm-dev)");
        }
        execute(compile);
        Map<String, Long> values = new LinkedHashMap<>();
        for (String line : execute(List.of(binary.toString())).split("\n", -1)) {
            int equals = line.lastIndexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
            }
        }
        return values;
    }

    private static void skip(String reason) {
        System.out.println("not compared with the C headers: " + reason);
        assumeTrue(false, reason);
    }

    private static String execute(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            skip("no C compiler (" + e.getMessage() + ")");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
