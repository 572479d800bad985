package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.tck.Engine.Buffer;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The kernel's drivers/dma-buf/st-dma-fence-unwrap.c, told by sync files: a buffer with several fences exports an array,
 * a sync object a chain, and the information of a file names the leaves. Timelines have contexts in the order in which
 * they are made.
 */
@Family("unwrap")
class UpstreamFenceUnwrapTest {
    private static FenceFile array(Engine engine, FenceFile... fences) {
        Buffer buffer = engine.buffer();
        for (FenceFile fence : fences) {
            buffer.importFile(fence, true);
        }
        return buffer.exportFile(true);
    }

    private static FenceFile chain(Engine engine, FenceFile... oldestFirst) {
        SyncObject object = engine.syncObject(false);
        long point = 0;
        for (FenceFile fence : oldestFirst) {
            object.importFile(fence, ++point);
        }
        return object.exportFile(point);
    }

    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck(Engine engine) {
        FenceFile node = chain(engine, array(engine, engine.timeline("a").fence(1)));
        assertThat(node.info().timelines()).containsExactly("a");
        node.close();
    }

    @Test
    @DisplayName("test_unwrap_array")
    void array(Engine engine) {
        FenceFile array = array(
                engine, engine.timeline("a").fence(1), engine.timeline("b").fence(1));
        assertThat(array.info().timelines()).containsExactly("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_chain")
    void chain(Engine engine) {
        FenceFile chain = chain(
                engine, engine.timeline("a").fence(1), engine.timeline("b").fence(1));
        assertThat(chain.info().timelines()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_chain_array")
    void chainArray(Engine engine) {
        FenceFile array = array(
                engine, engine.timeline("a").fence(1), engine.timeline("b").fence(1));
        assertThat(chain(engine, array).info().timelines()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_merge")
    void merge(Engine engine) {
        FenceFile first = engine.timeline("a").fence(1);
        FenceFile second = engine.timeline("b").fence(1);
        assertThat(engine.merge("m", first, second).info().timelines()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_merge_duplicate")
    void mergeDuplicate(Engine engine) {
        FenceFile first = engine.timeline("a").fence(1);
        assertThat(engine.merge("m", first, first).info().timelines()).containsExactly("a");
    }

    @Test
    @DisplayName("test_unwrap_merge_seqno")
    void mergeSeqno(Engine engine) throws Exception {
        Timeline zero = engine.timeline("0");
        Timeline one = engine.timeline("1");
        FenceFile early = engine.merge("m", one.fence(1), one.fence(2));
        FenceFile merged = engine.merge("m", early, zero.fence(1));
        assertThat(merged.info().timelines()).as("by context").containsExactly("0", "1");
        zero.increment(1);
        one.increment(1);
        assertThat(merged.poll(NOW)).as("the later point stayed").isFalse();
        one.increment(1);
        assertThat(merged.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("test_unwrap_merge_order")
    void mergeOrder(Engine engine) {
        FenceFile first = engine.timeline("a").fence(1);
        FenceFile second = engine.timeline("b").fence(1);
        FenceFile merged = engine.merge("m", array(engine, first, second), chain(engine, first, second));
        assertThat(merged.info().timelines()).containsExactly("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_merge_complex")
    void mergeComplex(Engine engine) {
        FenceFile first = engine.timeline("a").fence(1);
        FenceFile second = engine.timeline("b").fence(1);
        FenceFile both = engine.merge("m", engine.merge("m", first, second), array(engine, second, first));
        FenceFile stub = engine.buffer().exportFile(true);
        assertThat(engine.merge("m", both, stub).info().timelines()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @DisplayName("test_unwrap_merge_complex_seqno")
    void mergeComplexSeqno(Engine engine) throws Exception {
        Timeline zero = engine.timeline("0");
        Timeline one = engine.timeline("1");
        FenceFile left = array(engine, zero.fence(2), one.fence(1));
        FenceFile right = array(engine, zero.fence(1), one.fence(2));
        FenceFile merged = engine.merge("m", left, right);
        assertThat(merged.info().timelines()).containsExactly("0", "1");
        zero.increment(1);
        one.increment(1);
        assertThat(merged.info().count(Case.ACTIVE)).isEqualTo(2);
        zero.increment(1);
        assertThat(merged.poll(NOW)).isFalse();
        one.increment(1);
        assertThat(merged.poll(NOW)).isTrue();
    }
}
