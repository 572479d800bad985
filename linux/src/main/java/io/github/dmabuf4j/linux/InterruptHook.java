package io.github.dmabuf4j.linux;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Makes {@link Thread#interrupt} wake a {@link Sleeper}. The only public way to hear of an interrupt while the thread is
 * inside a foreign call is that of selectors, so this is one: a selector that selects nothing.
 */
final class InterruptHook extends AbstractSelector {
    private final Sleeper sleeper;

    InterruptHook(Sleeper sleeper) {
        super(null);
        this.sleeper = sleeper;
    }

    /** From now on an interrupt of the calling thread wakes the sleeper; one that came before does so at once. */
    void enter() {
        begin();
    }

    /** Interrupts of the calling thread wake nobody any more. */
    void leave() {
        end();
    }

    @Override
    public Selector wakeup() {
        sleeper.wake();
        return this;
    }

    @Override
    protected void implCloseSelector() {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int operations, Object attachment) {
        throw new UnsupportedOperationException("this selector only hears of interrupts");
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int selectNow() {
        return 0;
    }

    @Override
    public int select(long timeout) {
        return 0;
    }

    @Override
    public int select() {
        return 0;
    }
}
