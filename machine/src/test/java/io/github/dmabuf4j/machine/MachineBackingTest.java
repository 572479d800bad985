package io.github.dmabuf4j.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages of a machine: runs, aliases, leases. */
@Timeout(60)
class MachineBackingTest {
    private final Machine machine =
            new Machine(MachineConfig.small(1).withChances(0, 0).withFrames(16));
    private final MachineBacking backing = machine.backing();

    @Test
    void runsAreContiguousAndComeBack() throws IOException {
        Pages first = backing.give(3 * 4096, "first");
        Pages second = backing.give(1, "second");
        assertThat(first.size()).isEqualTo(3 * 4096);
        assertThat(second.size()).isEqualTo(4096);
        assertThat(machine.physical(first, 8192)).isEqualTo(machine.physical(first, 0) + 8192);
        assertThat(machine.freePages()).isEqualTo(12);
        first.close();
        first.close();
        assertThat(machine.freePages()).isEqualTo(15);
        assertThatThrownBy(() -> machine.cpu(0).load(first, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFullMachineSaysWhatIsLeft() throws IOException {
        Pages first = backing.give(4 * 4096, "first");
        backing.give(8 * 4096, "second");
        first.close();
        assertThatThrownBy(() -> backing.give(5 * 4096, "third"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("8 pages left, 4 of them in a row");
        assertThat(machine.freePages()).isEqualTo(8);
    }

    @Test
    void aRunIsMappedInAnotherWayOnce() throws IOException {
        Pages run = backing.give(4096, "run");
        Pages uncached = backing.remap(run, Caching.UNCACHED);
        assertThat(uncached.caching()).isEqualTo(Caching.UNCACHED);
        assertThat(machine.physical(uncached, 0)).isEqualTo(machine.physical(run, 0));
        assertThatThrownBy(() -> backing.remap(run, Caching.CACHED)).isInstanceOf(IllegalStateException.class);
        run.close();
        assertThat(machine.freePages()).isEqualTo(15);
        uncached.close();
        assertThat(machine.freePages()).isEqualTo(16);
    }

    @Test
    void runsAreJoinedInOrder() throws IOException {
        Pages first = backing.give(8192, "first");
        Pages second = backing.give(4096, "second");
        Pages all = backing.join(List.of(second, first.slice(4096, 4096)));
        assertThat(all.size()).isEqualTo(8192);
        machine.cpu(0).store(all, 4095, (byte) 1, (byte) 2);
        assertThat(machine.cpu(0).load(second, 4095)).isEqualTo(1);
        assertThat(machine.cpu(0).load(first, 4096)).isEqualTo(2);
        all.close();
        assertThat(machine.freePages()).isEqualTo(13);
        Pages uncached = backing.remap(first, Caching.UNCACHED);
        assertThatIllegalArgumentException().isThrownBy(() -> backing.join(List.of(second, uncached)));
        assertThatIllegalArgumentException().isThrownBy(() -> backing.join(List.of(second.slice(0, 64))));
        assertThatIllegalArgumentException().isThrownBy(() -> backing.join(List.of()));
    }

    @Test
    void partsAreTheSameMemory() throws IOException {
        Pages run = backing.give(8192, "run");
        Pages part = run.slice(4000, 200).slice(50, 100);
        machine.cpu(0).store(part, 99, (byte) 9);
        assertThat(machine.cpu(0).load(run, 4149)).isEqualTo(9);
        assertThatThrownBy(() -> machine.cpu(0).load(part, 100)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> part.slice(50, 51));
    }

    @Test
    void aLeaseIsLoadedAndWhatChangedIsStored() throws IOException {
        Pages run = backing.remap(backing.give(4096, "run"), Caching.UNCACHED);
        machine.maintenance().becomeUncached(run);
        machine.cpu(0).store(run, 5, (byte) 5);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = run.lease(arena, true);
            assertThat(view.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 5);
            view.set(ValueLayout.JAVA_BYTE, 6, (byte) 6);
            machine.cpu(1).store(run, 7, (byte) 7);
            machine.resetCosts();
            run.settle(view, true);
            assertThat(machine.count(Cost.UNCACHED_STORE)).isEqualTo(1);
        }
        assertThat(machine.memory(run, 5, 3)).containsExactly(5, 6, 7);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = run.lease(arena, false);
            assertThat(view.isReadOnly()).isTrue();
            run.settle(view, false);
        }
    }

    @Test
    void pagesAreZeroedTheWayTheyAreMapped() throws IOException {
        Pages run = backing.remap(backing.give(4096, "run"), Caching.UNCACHED);
        machine.maintenance().becomeUncached(run);
        machine.cpu(0).store(run, 0, (byte) 1);
        run.zero();
        assertThat(machine.memory(run, 0, 1)).containsExactly(0);
        assertThat(machine.lineState(run, 0)).isEqualTo(LineState.ABSENT);
        machine.alias(run, Caching.CACHED).zero();
        assertThat(machine.lineState(run, 0)).isEqualTo(LineState.DIRTY);
    }

    @Test
    void memoryOfAnotherPlaceIsRefused() throws IOException {
        Pages foreign = new ArenaBacking().give(4096, "foreign");
        Pages other = new Machine(MachineConfig.small(1)).backing().give(4096, "other");
        for (Pages pages : List.of(foreign, other)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> machine.cpu(0).load(pages, 0))
                    .withMessageContaining("not memory of this machine");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> machine.maintenance().clean(pages, 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> backing.remap(pages, Caching.UNCACHED));
        }
        foreign.close();
    }

    @Test
    void otherThreadsAreTheLastProcessor() throws Exception {
        Pages run = backing.give(4096, "run");
        List<String> actors = new java.util.concurrent.CopyOnWriteArrayList<>();
        machine.watch(event -> actors.add(event.actor()));
        Thread other = new Thread(run::zero);
        other.start();
        other.join();
        assertThat(actors).hasSize(64).containsOnly("CPU 1");
        actors.clear();
        run.zero();
        assertThat(actors).hasSize(64).containsOnly("CPU 0");
    }
}
