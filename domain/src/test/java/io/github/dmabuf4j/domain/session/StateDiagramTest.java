package io.github.dmabuf4j.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The state diagram of {@code docs/xbp.md} has exactly the steps that {@link BufferState} has. */
final class StateDiagramTest {
    private static final Pattern STEP = Pattern.compile("^    ([A-Z_]+) --> ([A-Z_]+): ([A-Z_]+)$", Pattern.MULTILINE);

    @Test
    void theDocumentShowsWhatTheProgramDoes() throws IOException {
        String document = Files.readString(Path.of("../docs/xbp.md"));
        int begin = document.indexOf("stateDiagram-v2");
        String diagram = document.substring(begin, document.indexOf("```", begin));
        Map<String, String> drawn = new TreeMap<>();
        Matcher step = STEP.matcher(diagram);
        while (step.find()) {
            assertThat(drawn.put(step.group(1) + " on " + step.group(3), step.group(2)))
                    .as("drawn twice: %s", step.group())
                    .isNull();
        }
        Map<String, String> programmed = new TreeMap<>();
        for (BufferState state : BufferState.values()) {
            for (BufferEvent event : BufferEvent.values()) {
                BufferState next = state.after(event);
                if (next != null) {
                    programmed.put(state + " on " + event, next.name());
                }
            }
        }
        assertThat(drawn).isNotEmpty().isEqualTo(programmed);
    }
}
