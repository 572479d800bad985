package io.github.dmabuf4j.domain.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.wire.HeaderFile.Constant;
import io.github.dmabuf4j.domain.wire.HeaderFile.Field;
import io.github.dmabuf4j.domain.wire.HeaderFile.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/xbp.md} are made from {@code docs/xbp.h}. Run with {@code -Ddmabuf4j.write-docs=true} to write
 * them anew.
 */
final class SpecificationTest {
    private static final Path DOCUMENT = Path.of("../docs/xbp.md");
    private static final Pattern TABLE =
            Pattern.compile("<!-- generated: (struct xbp_|group )([^>]*) -->\n.*?<!-- end -->", Pattern.DOTALL);

    @Test
    void tablesAreThoseOfTheHeader() throws IOException {
        HeaderFile header = HeaderFile.read();
        String document = Files.readString(DOCUMENT);
        String fresh = TABLE.matcher(document).replaceAll(found -> Matcher.quoteReplacement(block(header, found)));
        if (Boolean.getBoolean("dmabuf4j.write-docs")) {
            Files.writeString(DOCUMENT, fresh);
        }
        assertThat(document)
                .as("docs/xbp.md; write its tables with -Ddmabuf4j.write-docs=true")
                .isEqualTo(fresh);
    }

    @Test
    void everythingInTheHeaderIsInTheDocument() throws IOException {
        HeaderFile header = HeaderFile.read();
        String document = Files.readString(DOCUMENT);
        for (Struct struct : header.structs()) {
            assertThat(document).contains("<!-- generated: struct xbp_" + struct.name() + " -->");
        }
        for (Constant constant : header.constants()) {
            assertThat(document).contains("<!-- generated: group " + constant.group() + " -->");
        }
    }

    private static String block(HeaderFile header, java.util.regex.MatchResult found) {
        String name = found.group(2);
        String table = found.group(1).startsWith("struct") ? struct(header, name) : group(header, name);
        return "<!-- generated: " + found.group(1) + name + " -->\n" + table + "<!-- end -->";
    }

    private static String struct(HeaderFile header, String name) {
        Struct struct = header.structs().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        StringBuilder table =
                new StringBuilder("\n`struct xbp_%s`, %d bytes\n\n| @ | field | type | |\n|---:|---|---|---|\n"
                        .formatted(name, struct.size()));
        for (Field field : struct.fields()) {
            String type = field.type()
                    .replace("struct ", "")
                    .replaceAll("int(\\d+)_t", "$1")
                    .replaceAll("^(\\d)", "s$1");
            String count = field.count() == 1 ? "" : "[" + field.count() + "]";
            table.append("| %d | `%s` | %s%s | %s |\n"
                    .formatted(field.offset(), field.name(), type, count, field.meaning()));
        }
        return table.append("\n").toString();
    }

    private static String group(HeaderFile header, String name) {
        List<Constant> constants = header.constants().stream()
                .filter(one -> one.group().equals(name))
                .toList();
        assertThat(constants).as(name).isNotEmpty();
        StringBuilder table = new StringBuilder("\n| %s | value | |\n|---|---:|---|\n".formatted(name));
        for (Constant constant : constants) {
            String value = constant.value().replaceAll("[()u]", "");
            table.append("| `XBP_%s` | %s | %s |\n".formatted(constant.name(), value, constant.meaning()));
        }
        return table.append("\n").toString();
    }
}
