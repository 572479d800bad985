package io.github.dmabuf4j.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.XbpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of states is the diagram of the specification: every arrow is there, and nothing else. */
class BufferStateTest {
    private record Step(BufferState from, BufferEvent event) {}

    private static final Pattern ARROW = Pattern.compile("^\\s*(\\w+) --> (\\w+): (\\w+)$", Pattern.MULTILINE);

    private static Map<Step, BufferState> diagram() throws IOException {
        String document = Files.readString(Path.of("../docs/xbp.md"));
        int begin = document.indexOf("stateDiagram-v2");
        assertThat(begin).as("the diagram in docs/xbp.md").isPositive();
        Matcher arrow = ARROW.matcher(document.substring(begin, document.indexOf("```", begin)));
        Map<Step, BufferState> steps = new HashMap<>();
        while (arrow.find()) {
            BufferState previous = steps.put(
                    new Step(BufferState.valueOf(arrow.group(1)), BufferEvent.valueOf(arrow.group(3))),
                    BufferState.valueOf(arrow.group(2)));
            assertThat(previous).as("a second arrow " + arrow.group()).isNull();
        }
        return steps;
    }

    @Test
    void everyPairOfStateAndEventDoesWhatTheDiagramSays() throws IOException {
        Map<Step, BufferState> diagram = diagram();
        assertThat(diagram).hasSizeGreaterThan(20);
        for (BufferState state : BufferState.values()) {
            for (BufferEvent event : BufferEvent.values()) {
                assertThat(state.after(event))
                        .as(state + " after " + event)
                        .isEqualTo(diagram.get(new Step(state, event)));
            }
        }
    }

    @Test
    void everyStateCanBeReachedAndLeadsToAnEndWhenThePeerIsGone() {
        Set<BufferState> reached = EnumSet.of(BufferState.NEW);
        Deque<BufferState> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            BufferState state = open.remove();
            for (BufferEvent event : BufferEvent.values()) {
                BufferState next = state.after(event);
                if (next != null && reached.add(next)) {
                    open.add(next);
                }
            }
            BufferState gone = state.after(BufferEvent.PEER_GONE);
            assertThat(gone).as(state + " must have an exit").isNotNull();
            BufferState end = gone == BufferState.DRAINING ? gone.after(BufferEvent.DEADLINE_OVER) : gone;
            assertThat(end).isIn(BufferState.FREE, BufferState.QUARANTINED);
        }
        assertThat(reached).containsExactlyInAnyOrder(BufferState.values());
    }

    @Test
    void memoryIsFreeOnlyAfterTheAnswerToRetire() throws Refusal {
        Share share = new Share(1, Token.ZERO, 1);
        share.ours(BufferEvent.OFFER);
        share.theirs(BufferEvent.ACCEPTED);
        share.mapped(Token.ZERO);
        share.ours(BufferEvent.RETIRE);
        share.ours(BufferEvent.DELAY_OVER);
        share.unmapped();
        assertThat(share.mappings()).isZero();
        assertThat(share.state()).isEqualTo(BufferState.DRAINING);
        share.theirs(BufferEvent.RETIRE_ANSWERED);
        assertThat(share.state()).isEqualTo(BufferState.FREE);
    }

    @Test
    void mappingsAreCountedAndChecked() throws Refusal {
        Share share = new Share(1, new Token(1, 2), 1);
        assertThatThrownBy(() -> share.mapped(new Token(1, 2)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("NEW");
        share.ours(BufferEvent.OFFER);
        assertThatThrownBy(share::unmapped).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> share.mapped(Token.ZERO))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.error()).isEqualTo(XbpError.BADTOKEN));
        share.mapped(new Token(1, 2));
        assertThatThrownBy(() -> share.mapped(new Token(1, 2)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("mapped 1 times of 1");
        share.unmapped();
        assertThat(share.mappings()).isZero();
    }

    @Test
    void aMistakeOfOursIsNotBlamedOnThePeer() {
        Share share = new Share(1, Token.ZERO, 1);
        assertThatThrownBy(() -> share.ours(BufferEvent.HANDED_OVER)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> share.theirs(BufferEvent.RELEASED))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.error()).isEqualTo(XbpError.BADSTATE));
    }

    @Test
    void theShortCutsOfEveryFrameDoWhatTheTableSays() throws Refusal {
        Share shortly = new Share(1, Token.ZERO, 1);
        Share byTable = new Share(1, Token.ZERO, 1);
        for (Share share : new Share[] {shortly, byTable}) {
            assertThatThrownBy(share::handedOver).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(share::released).isInstanceOf(Refusal.class);
            share.ours(BufferEvent.OFFER);
            share.theirs(BufferEvent.ACCEPTED);
        }
        shortly.handedOver();
        byTable.ours(BufferEvent.HANDED_OVER);
        assertThat(shortly.state()).isEqualTo(byTable.state()).isEqualTo(BufferState.LENT);
        assertThatThrownBy(shortly::handedOver).isInstanceOf(IllegalStateException.class);
        shortly.released();
        byTable.theirs(BufferEvent.RELEASED);
        assertThat(shortly.state()).isEqualTo(byTable.state()).isEqualTo(BufferState.IDLE);
        assertThatThrownBy(shortly::released).isInstanceOf(Refusal.class);
        for (Share share : new Share[] {shortly, byTable}) {
            share.ours(BufferEvent.HANDED_OVER);
            share.ours(BufferEvent.RETIRE);
        }
        shortly.released();
        byTable.theirs(BufferEvent.RELEASED);
        assertThat(shortly.state()).isEqualTo(byTable.state()).isEqualTo(BufferState.RETIRING);
    }
}
