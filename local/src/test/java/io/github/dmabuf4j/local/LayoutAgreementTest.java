package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.RingDescriptor;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.linux.TimelineDescriptor;
import io.github.dmabuf4j.linux.testing.CProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lines of {@code docs/xbp.h} are the lines that {@code linux} and {@code domain} read and write. */
@Timeout(60)
final class LayoutAgreementTest {
    @TempDir
    Path folder;

    @Test
    void sizesThatTwoModulesKnowAreTheSame() {
        assertThat(TimelineDescriptor.LINE_BYTES).isEqualTo(Xbp.LINE_SIZE).isEqualTo(SyncGeometry.LINE_BYTES);
        assertThat(TimelineDescriptor.MAX_LINES).isEqualTo(Xbp.MAX_LINES).isEqualTo(SyncGeometry.MAX_LINES);
        assertThat(TimelineDescriptor.MAGIC).isEqualTo(Xbp.SYNC_MAGIC);
        assertThat(TimelineDescriptor.VERSION).isEqualTo(Xbp.SYNC_VERSION);
        assertThat(RingDescriptor.HANDOVER_BYTES).isEqualTo(TimelineDescriptor.LINE_BYTES);
    }

    @Test
    void linesLieWhereTheCompilerPutsThem() throws Exception {
        Map<String, Long> java = new LinkedHashMap<>();
        java.put("xbp_sync_header, magic", TimelineDescriptor.MAGIC_OFFSET);
        java.put("xbp_sync_header, version", TimelineDescriptor.VERSION_OFFSET);
        java.put("xbp_sync_header, lines", TimelineDescriptor.LINES_OFFSET);
        java.put("xbp_sync_header, epoch", TimelineDescriptor.HEADER_EPOCH_OFFSET);
        java.put("xbp_sync_header, doorbell", TimelineDescriptor.DOORBELL_OFFSET);
        java.put("xbp_timeline, value", TimelineDescriptor.VALUE_OFFSET);
        java.put("xbp_timeline, timestamp", TimelineDescriptor.TIMESTAMP_OFFSET);
        java.put("xbp_timeline, first_failed", TimelineDescriptor.FIRST_FAILED_OFFSET);
        java.put("xbp_timeline, error", TimelineDescriptor.ERROR_OFFSET);
        java.put("xbp_timeline, epoch", TimelineDescriptor.EPOCH_OFFSET);
        java.put("xbp_timeline, deadline", TimelineDescriptor.DEADLINE_OFFSET);
        java.put("xbp_interest, waiters", TimelineDescriptor.WAITERS_OFFSET);
        java.put("xbp_interest, lowest", TimelineDescriptor.LOWEST_OFFSET);
        java.put("xbp_interest, dispatched", TimelineDescriptor.DISPATCHED_OFFSET);
        java.put("xbp_interest, dispatcher", TimelineDescriptor.DISPATCHER_OFFSET);
        java.put("xbp_handover, sequence", (long) RingDescriptor.HANDOVER_SEQUENCE);
        java.put("xbp_handover, buffer", (long) RingDescriptor.HANDOVER_BUFFER);
        java.put("xbp_handover, timeline", (long) RingDescriptor.HANDOVER_TIMELINE);
        java.put("xbp_handover, flags", (long) RingDescriptor.HANDOVER_FLAGS);
        java.put("xbp_handover, value", (long) RingDescriptor.HANDOVER_VALUE);
        java.put("xbp_handover, presentation_time", (long) RingDescriptor.HANDOVER_PRESENTATION_TIME);
        java.put("xbp_handover, metadata_sequence", (long) RingDescriptor.HANDOVER_METADATA_SEQUENCE);
        java.put("xbp_handover, deadline", (long) RingDescriptor.HANDOVER_DEADLINE);
        java.put("xbp_handover, frame", (long) RingDescriptor.HANDOVER_FRAME);
        StringBuilder program = new StringBuilder("#include <stdio.h>\n#include \"xbp.h\"\nint main(void) {\n");
        for (String field : java.keySet()) {
            program.append("  printf(\"%s=%%zu\\n\", offsetof(struct %s));\n".formatted(field, field));
        }
        Path source = folder.resolve("lines.c");
        Files.writeString(source, program.append("  return 0;\n}\n"));
        Path binary = CProgram.compile(source, folder.resolve("lines"), "-pthread", "-I", "../docs");
        Map<String, Long> compiled = new TreeMap<>();
        String output = CProgram.run(binary.toString());
        output.lines().map(line -> line.split("=")).forEach(pair -> compiled.put(pair[0], Long.parseLong(pair[1])));
        assertThat(compiled).containsExactlyInAnyOrderEntriesOf(new TreeMap<>(java));
    }
}
