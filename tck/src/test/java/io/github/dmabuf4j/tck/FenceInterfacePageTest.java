package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Holds docs/fence-interface-2018.md against the code: each member it names exists and can be used. */
@Timeout(60)
class FenceInterfacePageTest {
    private static final Path PAGE = Path.of("..", "docs", "fence-interface-2018.md");
    private static final List<String> PACKAGES =
            List.of("io.github.dmabuf4j.fence.", "io.github.dmabuf4j.buffer.", "io.github.dmabuf4j.buffer.ww.");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** The operations and debugging hooks that the page must not lose. */
    private static final List<String> OPERATIONS = List.of(
            "get_driver_name",
            "get_timeline_name",
            "enable_signaling",
            "signaled",
            "wait",
            "release",
            "fill_driver_data",
            "fence_value_str",
            "timeline_value_str");

    private record Row(String kernel, String here, String remark) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("| `")) {
                continue;
            }
            String[] cells = line.substring(1, line.lastIndexOf('|')).split("\\|", -1);
            assertThat(cells).as(line).hasSize(3);
            rows.add(new Row(cells[0].strip(), cells[1].strip(), cells[2].strip()));
        }
        return rows;
    }

    @TestFactory
    Stream<DynamicTest> rowsHold() throws IOException {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.kernel(), () -> check(row)));
    }

    private static void check(Row row) {
        if (row.here().equals("none")) {
            assertThat(row.remark()).as("why there is nothing").isNotBlank();
            return;
        }
        Matcher code = CODE.matcher(row.here());
        assertThat(code.matches())
                .as("one member in code marks: %s", row.here())
                .isTrue();
        checkMember(code.group(1));
        Matcher mentioned = CODE.matcher(row.remark());
        while (mentioned.find()) {
            if (mentioned.group(1).matches("[A-Z][a-z]\\w*\\.\\w+") && known(mentioned.group(1))) {
                checkMember(mentioned.group(1));
            }
        }
    }

    private static boolean known(String name) {
        return type(name.substring(0, name.indexOf('.'))) != null;
    }

    private static Class<?> type(String name) {
        for (String prefix : PACKAGES) {
            try {
                return Class.forName(prefix + name);
            } catch (ClassNotFoundException elsewhere) {
                continue;
            }
        }
        return null;
    }

    private static void checkMember(String name) {
        boolean constructor = name.startsWith("new ");
        String[] parts = name.replace("new ", "").split("\\.");
        Class<?> type = type(parts[0]);
        assertThat(type).as("the type in %s", name).isNotNull();
        assertThat(Modifier.isPublic(type.getModifiers()))
                .as("%s is public", type)
                .isTrue();
        if (constructor) {
            assertThat(type.getConstructors()).as(name).isNotEmpty();
        }
        if (parts.length > 1) {
            List<Member> members = new ArrayList<>(List.of(type.getMethods()));
            for (Class<?> declares = type; declares != null; declares = declares.getSuperclass()) {
                members.addAll(Arrays.asList(declares.getDeclaredMethods()));
                members.addAll(Arrays.asList(declares.getDeclaredFields()));
            }
            assertThat(members)
                    .as("a public or protected member %s", name)
                    .anyMatch(member -> member.getName().equals(parts[1])
                            && (Modifier.isPublic(member.getModifiers())
                                    || Modifier.isProtected(member.getModifiers())));
        }
    }

    @Test
    @DisplayName("the page has all operations, and nothing twice in a section")
    void complete() throws IOException {
        List<String> names = rows().stream().map(Row::kernel).toList();
        assertThat(names).hasSizeGreaterThan(90).doesNotHaveDuplicates();
        assertThat(names)
                .containsAll(OPERATIONS.stream().map(name -> "`" + name + "`").toList());
    }
}
