package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static io.github.dmabuf4j.tck.Case.refused;
import static io.github.dmabuf4j.tck.Case.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.BufferEngine.Access;
import io.github.dmabuf4j.tck.BufferEngine.Memory;
import io.github.dmabuf4j.tck.BufferEngine.View;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of dma-bufs, as far as user space sees them. */
@Family("dma-buf")
class DmaBufTest {
    private static final long SIZE = 4 * 4096;

    /** The case goes on when the time is over: what waits must wait for as long as it likes. */
    private static void stillWaits(FutureTask<?> task) {
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> task.get(5, TimeUnit.MILLISECONDS));
    }

    @Test
    @DisplayName("a buffer has an identity of its own; all its descriptors have the same")
    void identity(BufferEngine engine) {
        Memory one = engine.memory(SIZE);
        Memory two = engine.memory(SIZE);
        assertThat(one.id()).isPositive().isNotEqualTo(two.id());
        Memory again = one.dup();
        assertThat(again.id()).isEqualTo(one.id());
        one.close();
        assertThat(again.id()).isNotEqualTo(two.id());
    }

    @Test
    @DisplayName("an identity is never used again")
    void identityIsUsedOnce(BufferEngine engine) {
        Memory first = engine.memory(SIZE);
        long id = first.id();
        first.close();
        assertThat(engine.memory(SIZE).id()).isGreaterThan(id);
    }

    @Test
    @DisplayName("a size is rounded up to whole pages; nothing and less are refused")
    void size(BufferEngine engine) {
        assertThat(engine.memory(1).size()).isEqualTo(4096);
        assertThat(engine.memory(4097).size()).isEqualTo(8192);
        refused(Errno.EINVAL, () -> engine.memory(0));
        refused(Errno.EINVAL, () -> engine.memory(-4096));
    }

    @Test
    @DisplayName("every byte of a new buffer is zero, also when memory is used again")
    void zero(BufferEngine engine) {
        for (int round = 0; round < 3; round++) {
            Memory memory = engine.memory(SIZE);
            View view = memory.map(true, 0, SIZE);
            for (long at = 0; at < SIZE; at++) {
                assertThat(view.get(at)).isZero();
                view.put(at, (byte) 0x5a);
            }
            view.close();
            memory.close();
        }
    }

    @Test
    @DisplayName("a name has up to 31 bytes, and may be given again, at any time, to be seen by all")
    void names(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        Memory other = memory.dup();
        assertThat(memory.name()).isEmpty();
        memory.name("first");
        assertThat(other.name()).isEqualTo("first");
        other.name("n".repeat(31));
        assertThat(memory.name()).isEqualTo("n".repeat(31));
        refused(Errno.EINVAL, () -> memory.name("n".repeat(32)));
        assertThat(memory.name()).isEqualTo("n".repeat(31));
        memory.name("");
        assertThat(memory.name()).isEmpty();
    }

    @Test
    @DisplayName("a closed descriptor is refused; others of the buffer go on")
    void closed(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        Memory other = memory.dup();
        memory.close();
        refused(Errno.EBADF, () -> memory.begin(Access.READ));
        refused(Errno.EBADF, () -> memory.map(false, 0, SIZE));
        refused(Errno.EBADF, () -> memory.exportFile(true));
        refused(Errno.EBADF, () -> memory.name("late"));
        refused(Errno.EBADF, memory::dup);
        other.begin(Access.READ);
        other.end(Access.READ);
    }

    @Test
    @DisplayName("a mapping keeps the memory when the descriptor is closed")
    void mappingKeeps(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        View view = memory.map(true, 0, SIZE);
        memory.close();
        view.put(SIZE - 1, (byte) 9);
        assertThat(view.get(SIZE - 1)).isEqualTo((byte) 9);
        view.close();
    }

    @Test
    @DisplayName("all mappings are of the same memory; one of a part begins where it begins")
    void mappings(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        View all = memory.map(true, 0, SIZE);
        View part = memory.dup().map(true, 4096, 8192);
        all.put(4096 + 5, (byte) 7);
        assertThat(part.get(5)).isEqualTo((byte) 7);
        part.put(8191, (byte) 8);
        assertThat(all.get(4096 + 8191)).isEqualTo((byte) 8);
    }

    @Test
    @DisplayName("a mapping beyond the end is refused")
    void mappingBeyond(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        refused(Errno.EINVAL, () -> memory.map(false, 0, SIZE + 4096));
        refused(Errno.EINVAL, () -> memory.map(false, SIZE, 4096));
        refused(Errno.EINVAL, () -> memory.map(false, 4096, 0));
    }

    @Test
    @DisplayName("a fresh buffer is readable and writable, and exports a signalled fence")
    void fresh(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        assertThat(memory.readable()).isTrue();
        assertThat(memory.writable()).isTrue();
        assertThat(memory.exportFile(true).status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("all descriptors have the same fences: imported by one, seen and exported by another")
    void sharedFences(BufferEngine engine) throws Exception {
        Memory memory = engine.memory(SIZE);
        Memory other = memory.dup();
        Timeline timeline = engine.timeline("t");
        memory.importFile(timeline.fence(1), false);
        assertThat(other.readable()).isTrue();
        assertThat(other.writable()).isFalse();
        FenceFile exported = other.exportFile(true);
        assertThat(exported.status()).isEqualTo(ACTIVE);
        timeline.increment(1);
        assertThat(exported.poll(NOW)).isTrue();
        assertThat(memory.writable()).isTrue();
    }

    @Test
    @DisplayName("a file may be imported that has many fences: each counts")
    void importMany(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        Timeline first = engine.timeline("first");
        Timeline second = engine.timeline("second");
        memory.importFile(engine.merge("m", first.fence(1), second.fence(1)), true);
        assertThat(memory.exportFile(false).info().timelines()).containsExactlyInAnyOrder("first", "second");
        first.increment(1);
        assertThat(memory.readable()).isFalse();
        second.increment(1);
        assertThat(memory.readable()).isTrue();
    }

    @Test
    @DisplayName("reading waits for writers and not for readers")
    void beginRead(BufferEngine engine) throws Exception {
        Memory memory = engine.memory(SIZE);
        Timeline readers = engine.timeline("readers");
        memory.importFile(readers.fence(1), false);
        memory.begin(Access.READ);
        memory.end(Access.READ);
        Timeline writers = engine.timeline("writers");
        memory.importFile(writers.fence(1), true);
        FutureTask<Boolean> reader = start(() -> {
            memory.begin(Access.READ);
            memory.end(Access.READ);
        });
        stillWaits(reader);
        writers.increment(1);
        assertThat(reader.get()).isTrue();
    }

    @Test
    @DisplayName("writing waits for readers and for writers")
    void beginWrite(BufferEngine engine) throws Exception {
        for (Access access : List.of(Access.WRITE, Access.READ_WRITE)) {
            for (boolean write : new boolean[] {false, true}) {
                Memory memory = engine.memory(SIZE);
                Timeline work = engine.timeline("work");
                memory.importFile(work.fence(1), write);
                FutureTask<Boolean> writer = start(() -> {
                    memory.begin(access);
                    memory.end(access);
                });
                stillWaits(writer);
                work.increment(1);
                assertThat(writer.get()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("the end of an access waits for nothing")
    void end(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        memory.begin(Access.READ_WRITE);
        memory.importFile(engine.timeline("t").fence(1), true);
        memory.end(Access.READ_WRITE);
        assertThat(memory.readable()).isFalse();
    }

    @Test
    @DisplayName("accesses nest and overlap, of one descriptor and of many")
    void nested(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        Memory other = memory.dup();
        memory.begin(Access.WRITE);
        memory.begin(Access.WRITE);
        other.begin(Access.READ_WRITE);
        memory.end(Access.WRITE);
        other.begin(Access.READ);
        memory.end(Access.WRITE);
        other.end(Access.READ_WRITE);
        other.end(Access.READ);
        assertThat(memory.writable()).isTrue();
    }

    @Test
    @DisplayName("work that failed is over: for an access, for poll, and in the file that is exported")
    void failedWork(BufferEngine engine) {
        Memory memory = engine.memory(SIZE);
        Timeline timeline = engine.timeline("t");
        memory.importFile(timeline.fence(1), true);
        FenceFile exported = memory.exportFile(false);
        timeline.close();
        assertThat(memory.readable()).isTrue();
        assertThat(memory.writable()).isTrue();
        memory.begin(Access.READ_WRITE);
        memory.end(Access.READ_WRITE);
        assertThat(exported.status()).isEqualTo(Case.ENOENT);
    }
}
