package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own cases for unwrap, drivers/dma-buf/st-dma-fence-unwrap.c, by their names. */
@Timeout(60)
class UpstreamFenceUnwrapTest {
    private final MockFence f1 = MockFence.inOwnContext(1);
    private final MockFence f2 = MockFence.inOwnContext(1);

    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck() {
        FenceChain chain = FenceChain.of(null, FenceArray.of(List.of(f1)), 1);
        chain.enable();
        f1.signal();
        assertThat(chain.isSignaled()).isTrue();
    }

    @Test
    @DisplayName("test_unwrap_array")
    void unwrapArray() {
        assertThat(FenceUnwrap.leaves(FenceArray.of(List.of(f1, f2)))).containsExactly(f1, f2);
    }

    @Test
    @DisplayName("test_unwrap_chain")
    void unwrapChain() {
        assertThat(FenceUnwrap.leaves(FenceChain.of(f1, f2, 1))).containsExactly(f2, f1);
    }

    @Test
    @DisplayName("test_unwrap_chain_array")
    void unwrapChainArray() {
        assertThat(FenceUnwrap.leaves(FenceChain.of(null, FenceArray.of(List.of(f1, f2)), 1)))
                .containsExactly(f1, f2);
    }

    @Test
    @DisplayName("test_unwrap_merge")
    void merge() {
        assertThat(FenceUnwrap.leaves(FenceUnwrap.merge(f1, f2))).containsExactly(f1, f2);
    }

    @Test
    @DisplayName("test_unwrap_merge_duplicate")
    void mergeDuplicate() {
        assertThat(FenceUnwrap.merge(f1, f1)).isSameAs(f1);
    }

    @Test
    @DisplayName("test_unwrap_merge_seqno")
    void mergeSeqno() {
        long contexts = FenceContext.allocate(2);
        MockFence first = new MockFence(contexts + 1, 1);
        MockFence second = new MockFence(contexts + 1, 2);
        MockFence third = new MockFence(contexts, 1);
        assertThat(FenceUnwrap.leaves(FenceUnwrap.merge(first, second, third))).containsExactly(third, second);
    }

    @Test
    @DisplayName("test_unwrap_merge_order")
    void mergeOrder() {
        FenceArray array = FenceArray.of(List.of(f1, f2));
        FenceChain chain = FenceChain.of(FenceChain.of(null, f1, 1), f2, 2);
        assertThat(FenceUnwrap.leaves(FenceUnwrap.merge(array, chain))).containsExactly(f1, f2);
    }

    @Test
    @DisplayName("test_unwrap_merge_complex")
    void mergeComplex() {
        DmaFence merged = FenceUnwrap.merge(FenceUnwrap.merge(f1, f2), FenceArray.of(List.of(f2, f1)), DmaFence.stub());
        assertThat(FenceUnwrap.leaves(merged)).containsExactly(f1, f2);
    }

    @Test
    @DisplayName("test_unwrap_merge_complex_seqno")
    void mergeComplexSeqno() {
        long contexts = FenceContext.allocate(2);
        MockFence first = new MockFence(contexts, 2);
        MockFence second = new MockFence(contexts + 1, 1);
        MockFence third = new MockFence(contexts, 1);
        MockFence fourth = new MockFence(contexts + 1, 2);
        DmaFence merged =
                FenceUnwrap.merge(FenceArray.of(List.of(first, second)), FenceArray.of(List.of(third, fourth)));
        assertThat(FenceUnwrap.leaves(merged)).containsExactly(first, fourth);
    }

    @Test
    @DisplayName("merge of signalled fences: a stub with the latest time, and the errors are lost")
    void mergeSignaled() {
        f1.complete(Errno.EIO, 5000);
        f2.complete(null, 4000);
        DmaFence merged = FenceUnwrap.merge(f1, f2);
        assertThat(merged.isSignaled()).isTrue();
        assertThat(merged.error()).isNull();
        assertThat(merged.timestampNanos()).isEqualTo(5000);
        assertThat(merged.context()).isZero();
        assertThat(FenceUnwrap.merge().timestampNanos()).isZero();
    }

    @Test
    @DisplayName("mergeKeepingErrors: the first error of the inputs stays, whatever else is waited for")
    void mergeKeepingErrors() {
        MockFence failed = new MockFence(f1.context(), 0);
        failed.fail(Errno.ETIME);
        DmaFence merged = FenceUnwrap.mergeKeepingErrors(List.of(f1, failed, f2));
        merged.enable();
        assertThat(merged.isSignaled()).isFalse();
        f1.signal();
        f2.signal();
        assertThat(merged.error()).isEqualTo(Errno.ETIME);

        DmaFence over = FenceUnwrap.mergeKeepingErrors(List.of(f1, failed, f2));
        assertThat(over.isSignaled()).isTrue();
        assertThat(over.error()).isEqualTo(Errno.ETIME);
    }

    @Test
    @DisplayName("fences of context 0 have no order: only the same object is a double")
    void contextZero() {
        MockFence first = new MockFence();
        MockFence second = new MockFence();
        assertThat(FenceUnwrap.leaves(FenceUnwrap.merge(first, second, first))).containsExactly(first, second);
    }
}
