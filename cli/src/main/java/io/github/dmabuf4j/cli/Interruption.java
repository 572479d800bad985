package io.github.dmabuf4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, and SIGTERM, as a polite request: the command asks {@link #requested} now and then and ends in good order, and
 * the process waits for that a little. One that cannot, because it is stuck in a read, is ended all the same.
 */
final class Interruption implements AutoCloseable {
    private static final long GRACE_SECONDS = 2;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean requested;

    /**
     * Listens from now on.
     *
     * @param atLeast what must happen even when the command is stuck
     */
    Interruption(Runnable atLeast) {
        hook = new Thread(() -> await(atLeast), "dmabuf4j goodbye");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean requested() {
        return requested;
    }

    /** The command has ended; everything it held is closed. */
    @Override
    public void close() {
        ended.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // The request came this moment; the hook finds that all is done.
            }
        }
    }

    private void await(Runnable atLeast) {
        requested = true;
        try {
            if (ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        atLeast.run();
    }
}
