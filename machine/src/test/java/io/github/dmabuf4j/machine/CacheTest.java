package io.github.dmabuf4j.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loads, stores and lines of a machine on which nothing happens by chance, unless a test says so. */
@Timeout(60)
class CacheTest {
    private static final MachineConfig QUIET = MachineConfig.small(1).withChances(0, 0);

    private Machine machine = new Machine(QUIET);

    private Pages pages = pages();

    @BeforeEach
    void build() {
        build(QUIET);
    }

    private void build(MachineConfig config) {
        machine = new Machine(config);
        pages = pages();
    }

    /** A page without lines in the cache, all zero in memory. */
    private Pages pages() {
        try {
            Pages fresh = machine.backing().give(4096, "page");
            machine.maintenance().becomeUncached(fresh);
            machine.resetCosts();
            return fresh;
        } catch (IOException full) {
            throw new AssertionError(full);
        }
    }

    @Test
    void freshPagesAreZeroedThroughTheCache() throws IOException {
        Pages fresh = machine.backing().give(8192, "fresh");
        assertThat(fresh.caching()).isEqualTo(Caching.CACHED);
        for (long line = 0; line < fresh.size(); line += 64) {
            assertThat(machine.lineState(fresh, line)).isEqualTo(LineState.DIRTY);
            assertThat(machine.cached(fresh, line)).isZero();
        }
    }

    @Test
    void aLoadMissesOnceAndHitsThen() {
        assertThat(machine.cpu(0).load(pages, 8)).isZero();
        assertThat(machine.count(Cost.MISS)).isEqualTo(1);
        assertThat(machine.lineState(pages, 63)).isEqualTo(LineState.CLEAN);
        assertThat(machine.lineState(pages, 64)).isEqualTo(LineState.ABSENT);
        machine.cpu(1).load(pages, 60);
        assertThat(machine.count(Cost.MISS)).isEqualTo(1);
        assertThat(machine.count(Cost.HIT)).isEqualTo(2);
        assertThat(machine.cycles()).isEqualTo(Cost.MISS.cycles() + 2L * Cost.HIT.cycles());
    }

    @Test
    void aStoreStaysInTheCacheUntilItIsCleaned() {
        machine.cpu(0).store(pages, 65, (byte) 7);
        assertThat(machine.lineState(pages, 64)).isEqualTo(LineState.DIRTY);
        assertThat(machine.cached(pages, 65)).isEqualTo(7);
        assertThat(machine.memory(pages, 65, 1)).containsExactly(0);
        assertThat(machine.cpu(1).load(pages, 65)).isEqualTo(7);
        machine.maintenance().clean(pages, 65, 1);
        assertThat(machine.lineState(pages, 64)).isEqualTo(LineState.CLEAN);
        assertThat(machine.memory(pages, 65, 1)).containsExactly(7);
        assertThat(machine.count(Cost.WRITE_BACK)).isEqualTo(1);
    }

    @Test
    void whatIsInvalidatedIsLost() {
        machine.cpu(0).store(pages, 0, (byte) 7);
        machine.maintenance().invalidate(pages, 0, 64);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.ABSENT);
        assertThat(machine.cpu(0).load(pages, 0)).isZero();
    }

    @Test
    void maintenanceCoversTheLinesItTouchesAndNoOther() {
        machine.cpu(0).store(pages, 0, new byte[256]);
        machine.maintenance().clean(pages, 127, 2);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.DIRTY);
        assertThat(machine.lineState(pages, 64)).isEqualTo(LineState.CLEAN);
        assertThat(machine.lineState(pages, 128)).isEqualTo(LineState.CLEAN);
        assertThat(machine.lineState(pages, 192)).isEqualTo(LineState.DIRTY);
        assertThat(machine.count(Cost.CLEAN)).isEqualTo(2);
    }

    @Test
    void aFullSetGivesUpALineAndWritesItBack() throws IOException {
        build(QUIET.withCache(1, 2));
        machine.cpu(0).store(pages, 0, (byte) 1);
        machine.cpu(0).store(pages, 64, (byte) 2);
        machine.cpu(0).load(pages, 128);
        List<LineState> states = List.of(machine.lineState(pages, 0), machine.lineState(pages, 64));
        assertThat(states).containsExactlyInAnyOrder(LineState.ABSENT, LineState.DIRTY);
        int evicted = 64 * states.indexOf(LineState.ABSENT);
        assertThat(machine.memory(pages, evicted, 1)).containsExactly(evicted == 0 ? 1 : 2);
    }

    @Test
    void timeAloneEvictsEveryLineAndMemoryIsRightThen() {
        build(QUIET.withChances(1, 0));
        machine.cpu(0).store(pages, 0, (byte) 7);
        machine.run(100_000);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.ABSENT);
        assertThat(machine.memory(pages, 0, 1)).containsExactly(7);
    }

    @Test
    void processorsFetchOnTheirOwnFromPagesTheyUsed() {
        build(QUIET.withChances(0, 1));
        Pages uncached = machine.alias(pages, Caching.UNCACHED);
        assertThat(machine.cpu(0).load(uncached, 0)).isZero();
        machine.run(10_000);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.CLEAN);
        assertThat(machine.lineState(pages, 4032)).isEqualTo(LineState.CLEAN);
    }

    @Test
    void uncachedAccessesGoPastTheCache() {
        Pages uncached = machine.alias(pages, Caching.UNCACHED);
        machine.cpu(0).store(pages, 0, (byte) 1);
        assertThat(machine.cpu(0).load(uncached, 0))
                .as("dirty lines are not seen")
                .isZero();
        machine.cpu(0).store(uncached, 0, (byte) 2);
        assertThat(machine.memory(pages, 0, 1)).containsExactly(2);
        assertThat(machine.cpu(0).load(pages, 0)).as("nor is the line changed").isEqualTo(1);
        machine.maintenance().clean(pages, 0, 1);
        assertThat(machine.cpu(0).load(uncached, 0))
                .as("and it wins in the end")
                .isEqualTo(1);
    }

    @Test
    void onAMachineThatLooksIntoItsCacheAliasesAgree() {
        build(QUIET.withSelfSnoop(true));
        Pages uncached = machine.alias(pages, Caching.UNCACHED);
        Pages combined = machine.alias(pages, Caching.WRITE_COMBINED);
        machine.cpu(0).store(pages, 0, (byte) 1);
        assertThat(machine.cpu(0).load(uncached, 0)).isEqualTo(1);
        machine.cpu(0).store(pages, 1, (byte) 2);
        machine.cpu(0).store(uncached, 0, (byte) 3);
        assertThat(machine.cpu(1).load(pages, 0, 2)).containsExactly(3, 2);
        machine.cpu(0).store(combined, 0, (byte) 4);
        machine.maintenance().drain();
        assertThat(machine.cpu(1).load(pages, 0, 2)).containsExactly(4, 2);
    }

    @Test
    void combinedStoresReachMemoryWhenTheyAreDrained() {
        Pages combined = machine.alias(pages, Caching.WRITE_COMBINED);
        machine.cpu(0).store(combined, 0, (byte) 1, (byte) 2);
        machine.cpu(0).store(combined, 3, (byte) 4);
        assertThat(machine.memory(pages, 0, 4)).containsExactly(0, 0, 0, 0);
        assertThat(machine.cpu(1).load(combined, 0)).as("another processor").isZero();
        assertThat(machine.cpu(0).load(combined, 0)).as("the same").isEqualTo(1);
        machine.cpu(0).store(combined, 2, (byte) 3);
        machine.maintenance().drain();
        assertThat(machine.memory(pages, 0, 4)).containsExactly(1, 2, 3, 4);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.ABSENT);
    }

    @Test
    void aFullStoreBufferGivesUpALine() {
        Pages combined = machine.alias(pages, Caching.WRITE_COMBINED);
        for (int line = 0; line < 5; line++) {
            machine.cpu(0).store(combined, 64L * line, (byte) (line + 1));
        }
        int arrived = 0;
        for (int line = 0; line < 5; line++) {
            arrived += machine.memory(pages, 64L * line, 1)[0] != 0 ? 1 : 0;
        }
        assertThat(arrived).isEqualTo(1);
    }

    @Test
    void theSameSeedIsTheSameRun() throws IOException {
        List<String> first = trace(7);
        assertThat(first).hasSizeGreaterThan(200).anyMatch(line -> line.contains("evicts and writes back"));
        assertThat(trace(7)).isEqualTo(first);
        assertThat(trace(8)).isNotEqualTo(first);
    }

    private static List<String> trace(long seed) throws IOException {
        Machine machine = new Machine(MachineConfig.small(seed));
        List<String> lines = new ArrayList<>();
        machine.watch(event -> lines.add(event.toString()));
        Pages run = machine.backing().give(8192, "run");
        machine.note("zeroed");
        machine.run(1000);
        machine.cpu(1).load(run, 0, 8192);
        return lines;
    }

    @Test
    void aMachineIsBuiltOfPossibleNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MachineConfig.small(1).withFrames(0))
                .withMessageContaining("cannot be built");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MachineConfig.small(1).withCache(3, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MachineConfig(1, 1, 4096, 4, 1, 1, 1, 0, 0, false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MachineConfig.small(1).withChances(-1, 0));
    }
}
