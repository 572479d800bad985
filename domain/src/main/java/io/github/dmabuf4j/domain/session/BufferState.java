package io.github.dmabuf4j.domain.session;

import static io.github.dmabuf4j.domain.session.BufferEvent.ACCEPTED;
import static io.github.dmabuf4j.domain.session.BufferEvent.DEADLINE_OVER;
import static io.github.dmabuf4j.domain.session.BufferEvent.DELAY_OVER;
import static io.github.dmabuf4j.domain.session.BufferEvent.HANDED_OVER;
import static io.github.dmabuf4j.domain.session.BufferEvent.OFFER;
import static io.github.dmabuf4j.domain.session.BufferEvent.PEER_GONE;
import static io.github.dmabuf4j.domain.session.BufferEvent.PROVED_UNMAPPED;
import static io.github.dmabuf4j.domain.session.BufferEvent.REFUSED;
import static io.github.dmabuf4j.domain.session.BufferEvent.RELEASED;
import static io.github.dmabuf4j.domain.session.BufferEvent.RETIRE;
import static io.github.dmabuf4j.domain.session.BufferEvent.RETIRE_ANSWERED;

import org.jspecify.annotations.Nullable;

/**
 * What one importer may do with one buffer, as its exporter sees it. There is one such state for every pair of buffer and
 * importer: the death of one reader touches that reader's states only. A buffer may be written when no importer's state is
 * {@link #LENT} or {@link #RETIRING_LENT}; its memory is free when all of them are {@link #FREE}.
 *
 * <pre>
 *   NEW           -- OFFER            --&gt; OFFERED
 *   NEW           -- PEER_GONE        --&gt; FREE
 *   OFFERED       -- ACCEPTED         --&gt; IDLE
 *   OFFERED       -- REFUSED          --&gt; NEW
 *   OFFERED       -- PEER_GONE        --&gt; DRAINING
 *   IDLE          -- HANDED_OVER      --&gt; LENT
 *   IDLE          -- RETIRE           --&gt; RETIRING
 *   IDLE          -- PEER_GONE        --&gt; DRAINING
 *   LENT          -- RELEASED         --&gt; IDLE
 *   LENT          -- RETIRE           --&gt; RETIRING_LENT
 *   LENT          -- PEER_GONE        --&gt; DRAINING
 *   RETIRING      -- OFFER            --&gt; IDLE
 *   RETIRING      -- DELAY_OVER       --&gt; DRAINING
 *   RETIRING      -- PEER_GONE        --&gt; DRAINING
 *   RETIRING_LENT -- RELEASED         --&gt; RETIRING
 *   RETIRING_LENT -- OFFER            --&gt; LENT
 *   RETIRING_LENT -- DELAY_OVER       --&gt; DRAINING
 *   RETIRING_LENT -- PEER_GONE        --&gt; DRAINING
 *   DRAINING      -- RELEASED         --&gt; DRAINING
 *   DRAINING      -- PEER_GONE        --&gt; DRAINING
 *   DRAINING      -- RETIRE_ANSWERED  --&gt; FREE
 *   DRAINING      -- PROVED_UNMAPPED  --&gt; FREE
 *   DRAINING      -- DEADLINE_OVER    --&gt; QUARANTINED
 *   QUARANTINED   -- RETIRE_ANSWERED  --&gt; FREE
 *   QUARANTINED   -- PROVED_UNMAPPED  --&gt; FREE
 *   QUARANTINED   -- RELEASED         --&gt; QUARANTINED
 *   QUARANTINED   -- PEER_GONE        --&gt; QUARANTINED
 *   FREE          -- PEER_GONE        --&gt; FREE
 * </pre>
 *
 * Everything else is illegal: a mistake of ours, or a violation by the peer. {@code MAPPED} and {@code UNMAPPED} move no
 * state; they are counted beside it, since a MAPPED may be under way at any time: <em>even with no mapping counted, the
 * memory is free only after the importer has answered RETIRE.</em>
 */
@SuppressWarnings("EnumOrdinal") // a table looked up for every hand-over
public enum BufferState {
    /** Allocated, and unknown to this importer. */
    NEW,
    /** OFFER is sent and not answered. */
    OFFERED,
    /** The importer knows it; the exporter owns the contents. */
    IDLE,
    /** The importer may look at the contents. */
    LENT,
    /** RETIRE is to take effect after a delay; a new OFFER cancels it. */
    RETIRING,
    /** The same, and the importer has not released it yet. */
    RETIRING_LENT,
    /** The importer has been told to let go, or is gone; mappings may exist. */
    DRAINING,
    /** The importer has no access any more. Final. */
    FREE,
    /** The importer did not answer: its mappings may exist for ever, the memory is never used for anything else. */
    QUARANTINED;

    private static final int EVENTS = BufferEvent.values().length;
    private static final @Nullable BufferState[] TABLE = new @Nullable BufferState[values().length * EVENTS];

    static {
        NEW.on(OFFER, OFFERED).on(PEER_GONE, FREE);
        OFFERED.on(ACCEPTED, IDLE).on(REFUSED, NEW).on(PEER_GONE, DRAINING);
        IDLE.on(HANDED_OVER, LENT).on(RETIRE, RETIRING).on(PEER_GONE, DRAINING);
        LENT.on(RELEASED, IDLE).on(RETIRE, RETIRING_LENT).on(PEER_GONE, DRAINING);
        RETIRING.on(OFFER, IDLE).on(DELAY_OVER, DRAINING).on(PEER_GONE, DRAINING);
        RETIRING_LENT
                .on(RELEASED, RETIRING)
                .on(OFFER, LENT)
                .on(DELAY_OVER, DRAINING)
                .on(PEER_GONE, DRAINING);
        DRAINING.on(RELEASED, DRAINING)
                .on(PEER_GONE, DRAINING)
                .on(RETIRE_ANSWERED, FREE)
                .on(PROVED_UNMAPPED, FREE)
                .on(DEADLINE_OVER, QUARANTINED);
        QUARANTINED
                .on(RETIRE_ANSWERED, FREE)
                .on(PROVED_UNMAPPED, FREE)
                .on(RELEASED, QUARANTINED)
                .on(PEER_GONE, QUARANTINED);
        FREE.on(PEER_GONE, FREE);
    }

    /**
     * Looks the next state up. Allocates nothing.
     *
     * @param event what happened
     * @return the state after it, or null if it must not happen in this state
     */
    public @Nullable BufferState after(BufferEvent event) {
        return TABLE[ordinal() * EVENTS + event.ordinal()];
    }

    private BufferState on(BufferEvent event, BufferState next) {
        TABLE[ordinal() * EVENTS + event.ordinal()] = next;
        return this;
    }
}
