package io.github.dmabuf4j.buffer;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One counted hold on a storage, ended once: by its owner, or, when the owner forgot, by the garbage collector, which
 * reports it.
 *
 * <p>It never refers to the object that owns it, or that object would never be found unreachable.
 */
final class Hold implements Runnable {
    /** Whether holds remember where they were made. A constant, so that the hot path pays nothing for the question. */
    static final boolean TRACED = Boolean.getBoolean("dmabuf4j.traceAllocations");
    /** How many owners forgot to close, so far. */
    static final AtomicLong LEAKS = new AtomicLong();

    private static final Logger LOG = System.getLogger(DmaBuf.class.getName());
    static final Cleaner CLEANER = Cleaner.create(
            work -> Thread.ofPlatform().daemon().name("dmabuf4j leak finder").unstarted(work));
    private static final VarHandle OPEN;

    static {
        try {
            OPEN = MethodHandles.lookup().findVarHandle(Hold.class, "open", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final BufferStorage storage;
    final Keeper.Kind kind;
    /** Where it was made; null unless that is traced. */
    final @Nullable Throwable place;
    /** What else ends with the hold, before the storage may; null for nothing. */
    private final @Nullable Runnable ending;

    private volatile boolean open = true;
    private Cleaner.@Nullable Cleanable cleanable;

    /** Takes over a hold that the storage has counted already. */
    Hold(BufferStorage storage, Keeper.Kind kind) {
        this(storage, kind, null);
    }

    /** Takes over a hold that the storage has counted already. What ends with it must not refer to the owner. */
    Hold(BufferStorage storage, Keeper.Kind kind, @Nullable Runnable ending) {
        this.storage = storage;
        this.kind = kind;
        this.ending = ending;
        this.place = place(kind.toString());
    }

    /** The place where this is called, if places are traced. */
    static @Nullable Throwable place(String what) {
        return TRACED ? new Throwable("the place where the " + what + " was made") : null;
    }

    /** Ends the hold when its owner becomes unreachable. Called once, by the owner's constructor. */
    void watch(Object owner) {
        storage.opened(this);
        cleanable = CLEANER.register(owner, this);
    }

    boolean isOpen() {
        return open;
    }

    /** Ends the hold; the second time does nothing. */
    void end() {
        if (OPEN.compareAndSet(this, true, false)) {
            Cleaner.Cleanable watched = cleanable;
            if (watched != null) {
                watched.clean();
            }
            finish();
        }
    }

    /** The garbage collector found the owner unreachable, or {@link #end} takes the hold off its list. */
    @Override
    public void run() {
        if (OPEN.compareAndSet(this, true, false)) {
            LEAKS.incrementAndGet();
            String sentence = kind.withArticle() + " of " + storage + " was never closed; it is closed now. "
                    + (place != null ? "It was made here:" : "Run with -Ddmabuf4j.traceAllocations=true to see where.");
            LOG.log(Level.WARNING, sentence, place);
            finish();
        }
    }

    private void finish() {
        try {
            if (ending != null) {
                ending.run();
            }
        } finally {
            storage.ended(this);
            storage.drop(kind == Keeper.Kind.HANDLE ? BufferStorage.HANDLE : BufferStorage.OTHER);
        }
    }
}
