package io.github.dmabuf4j.domain.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/xbp.h}, read as the regular text that it is: groups of constants, and structures of fixed-width fields. */
record HeaderFile(List<Constant> constants, List<Struct> structs) {
    static final Path PATH = Path.of("../docs/xbp.h");

    private static final Pattern GROUP = Pattern.compile("/\\* group: (.*) \\*/");
    private static final Pattern CONSTANT = Pattern.compile("#define XBP_(\\w+) (\\S+) /\\* (.*) \\*/");
    private static final Pattern STRUCT = Pattern.compile("struct xbp_(\\w+) \\{");
    private static final Pattern FIELD =
            Pattern.compile("\\s+(u?int(?:8|16|32|64)_t|struct xbp_\\w+) (\\w+)(?:\\[(\\d+)])?;\\s+/\\* (.*) \\*/");
    private static final Pattern COMMENT = Pattern.compile("/\\* (.*) \\*/");

    record Constant(String group, String name, String value, String meaning) {}

    record Field(String type, String name, int count, int offset, String meaning) {}

    record Struct(String name, String meaning, int size, List<Field> fields) {}

    static HeaderFile read() throws IOException {
        List<Constant> constants = new ArrayList<>();
        List<Struct> structs = new ArrayList<>();
        String group = "";
        String comment = "";
        List<String> lines = Files.readAllLines(PATH);
        for (int i = 0; i < lines.size(); i++) {
            Matcher constant = CONSTANT.matcher(lines.get(i));
            Matcher struct = STRUCT.matcher(lines.get(i));
            Matcher heading = GROUP.matcher(lines.get(i));
            Matcher remark = COMMENT.matcher(lines.get(i));
            if (heading.matches()) {
                group = heading.group(1);
            } else if (constant.matches()) {
                constants.add(new Constant(group, constant.group(1), constant.group(2), constant.group(3)));
            } else if (struct.matches()) {
                int end = i + lines.subList(i, lines.size()).indexOf("};");
                structs.add(struct(struct.group(1), comment, lines.subList(i + 1, end), structs));
                i = end;
            } else if (remark.matches()) {
                comment = remark.group(1);
            }
        }
        return new HeaderFile(constants, structs);
    }

    private static Struct struct(String name, String meaning, List<String> lines, List<Struct> before) {
        List<Field> fields = new ArrayList<>();
        int offset = 0;
        for (String line : lines) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new IllegalStateException("struct xbp_" + name + ": a field per line, with a comment: " + line);
            }
            int count = field.group(3) == null ? 1 : Integer.parseInt(field.group(3));
            fields.add(new Field(field.group(1), field.group(2), count, offset, field.group(4)));
            offset += count * size(field.group(1), before);
        }
        return new Struct(name, meaning, offset, fields);
    }

    private static int size(String type, List<Struct> before) {
        Map<String, Integer> sizes = Map.of("8_t", 1, "16_t", 2, "32_t", 4, "64_t", 8);
        return type.startsWith("struct")
                ? before.stream()
                        .filter(struct -> type.equals("struct xbp_" + struct.name()))
                        .findFirst()
                        .orElseThrow()
                        .size()
                : sizes.get(type.replaceAll("^u?int", ""));
    }
}
