package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.XbpError;

/**
 * One buffer as it is shared with one importer: its {@link BufferState}, and how often the importer maps it.
 *
 * <p>Not synchronised: the caller says which thread has it. Allocates nothing unless something is wrong.
 */
public final class Share {
    private final long id;
    private final Token token;
    private final int maxMappings;
    private BufferState state = BufferState.NEW;
    private volatile int mappings;

    /**
     * Begins in {@link BufferState#NEW}.
     *
     * @param id of the buffer
     * @param token that the importer repeats in MAPPED
     * @param maxMappings how often the importer may map it
     */
    public Share(long id, Token token, int maxMappings) {
        this.id = id;
        this.token = token;
        this.maxMappings = maxMappings;
    }

    /**
     * The id of the buffer.
     *
     * @return the id
     */
    public long id() {
        return id;
    }

    /**
     * What the importer repeats in MAPPED.
     *
     * @return the token of the offer
     */
    public Token token() {
        return token;
    }

    /**
     * The state.
     *
     * @return the state now
     */
    public BufferState state() {
        return state;
    }

    /**
     * How many mappings the importer has told of. May be read by any thread.
     *
     * @return the count
     */
    public int mappings() {
        return mappings;
    }

    /**
     * Moves on because of something that we did.
     *
     * @param event what we did
     * @throws IllegalStateException if it must not happen in this state
     */
    public void ours(BufferEvent event) {
        BufferState next = state.after(event);
        if (next == null) {
            throw new IllegalStateException(event + " must not happen to a buffer that is " + state);
        }
        state = next;
    }

    /**
     * Moves on because of something that the peer did.
     *
     * @param event what the peer did
     * @throws Refusal with BADSTATE if it must not happen in this state
     */
    public void theirs(BufferEvent event) throws Refusal {
        BufferState next = state.after(event);
        if (next == null) {
            throw new Refusal(XbpError.BADSTATE, event + " came for a buffer that is " + state);
        }
        state = next;
    }

    /**
     * {@link BufferEvent#HANDED_OVER}, by us: what {@link #ours} does, without the table, because it happens for every
     * frame.
     *
     * @throws IllegalStateException as {@link #ours}
     */
    public void handedOver() {
        if (state == BufferState.IDLE) {
            state = BufferState.LENT;
        } else {
            ours(BufferEvent.HANDED_OVER);
        }
    }

    /**
     * {@link BufferEvent#RELEASED}, by the importer: what {@link #theirs} does, without the table, because it happens for
     * every frame.
     *
     * @throws Refusal as {@link #theirs}
     */
    public void released() throws Refusal {
        if (state == BufferState.LENT) {
            state = BufferState.IDLE;
        } else {
            theirs(BufferEvent.RELEASED);
        }
    }

    /**
     * Counts a MAPPED. One thread at a time, that of the session.
     *
     * @param theirToken what the importer repeated
     * @throws Refusal with BADTOKEN or BADSTATE if it does not fit
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread only
    public void mapped(Token theirToken) throws Refusal {
        if (!token.equals(theirToken)) {
            throw new Refusal(XbpError.BADTOKEN, "MAPPED came with a token that is not the offer's");
        }
        if (state == BufferState.NEW || mappings >= maxMappings) {
            throw new Refusal(
                    XbpError.BADSTATE,
                    "MAPPED came for a buffer that is " + state + " and mapped " + mappings + " times of "
                            + maxMappings);
        }
        mappings++;
    }

    /**
     * Counts an UNMAPPED. One thread at a time, that of the session.
     *
     * @throws Refusal with BADSTATE if no mapping is counted
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread only
    public void unmapped() throws Refusal {
        if (mappings == 0) {
            throw new Refusal(XbpError.BADSTATE, "UNMAPPED came for a buffer that is not mapped");
        }
        mappings--;
    }
}
