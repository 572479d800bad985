package io.github.dmabuf4j.fence;

/** What publishing the end of a fence answers to whoever was not the first; never in a list, never run. */
final class TooLate extends FenceCallback {
    static final TooLate MARK = new TooLate();

    private TooLate() {}

    @Override
    protected void signaled(DmaFence fence) {
        throw new AssertionError("a marker was run as a callback");
    }
}
