package io.github.dmabuf4j.domain.session;

/** What happens between one buffer and one importer; see {@link BufferState}. */
public enum BufferEvent {
    /** The exporter sends OFFER, for the first time or to cancel a RETIRE. */
    OFFER,
    /** The importer accepts. */
    ACCEPTED,
    /** The importer refuses. */
    REFUSED,
    /** The exporter hands the contents over. */
    HANDED_OVER,
    /** The importer gives the contents back. */
    RELEASED,
    /** The exporter wants the buffer back after a delay. */
    RETIRE,
    /** The delay is over and RETIRE is sent. */
    DELAY_OVER,
    /** The importer has answered RETIRE. */
    RETIRE_ANSWERED,
    /** The backend proves that no mapping is left. */
    PROVED_UNMAPPED,
    /** The importer did not answer in time. */
    DEADLINE_OVER,
    /** The importer died, left or was turned away. */
    PEER_GONE
}
