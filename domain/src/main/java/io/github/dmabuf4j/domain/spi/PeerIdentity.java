package io.github.dmabuf4j.domain.spi;

/**
 * Who a peer is, from the transport; nothing inside a message can claim another identity.
 *
 * @param description for sentences, such as {@code process 4711 of user 1000}
 * @param processId the process id of the peer, or -1 where the transport knows none
 */
public record PeerIdentity(String description, long processId) {
    @Override
    public String toString() {
        return description;
    }
}
