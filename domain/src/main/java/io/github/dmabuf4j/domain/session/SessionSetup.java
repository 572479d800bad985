package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Xbp;
import java.security.SecureRandom;

/**
 * Our side of a session: what our HELLO says.
 *
 * @param role what we do
 * @param epoch our incarnation, not 0
 * @param maxBuffers how many buffers we offer (exporter) or take at most (importer)
 * @param maxBufferBytes how many bytes they have together, at most
 * @param page our sync page
 * @param interestLine the lines of that page that announce our interest in this peer's timelines
 */
public record SessionSetup(Role role, int epoch, int maxBuffers, long maxBufferBytes, SyncPage page, int interestLine) {
    /** What a side does in a session. The importer speaks first. */
    public enum Role {
        /** Offers buffers; answers HELLO. */
        EXPORTER(Xbp.ROLE_EXPORTER),
        /** Takes offers; sends HELLO. */
        IMPORTER(Xbp.ROLE_IMPORTER);

        private final int bit;

        Role(int bit) {
            this.bit = bit;
        }

        int bit() {
            return bit;
        }

        Role other() {
            return this == EXPORTER ? IMPORTER : EXPORTER;
        }
    }

    /** What we can. */
    static final long FEATURES_OFFERED = Xbp.FEATURE_FD_PASSING
            | Xbp.FEATURE_TIMELINE_PAGE
            | Xbp.FEATURE_HANDOVER_RING
            | Xbp.FEATURE_SHARED_READ
            | Xbp.FEATURE_READ_ONLY;

    /** What we insist on: without shared timelines and rings there is no queue. */
    static final long FEATURES_REQUIRED = Xbp.FEATURE_TIMELINE_PAGE | Xbp.FEATURE_HANDOVER_RING;

    private static final int PAGE_SIZE = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * A new incarnation.
     *
     * @return a random number whose low 16 bits are not 0
     */
    public static int newEpoch() {
        return RANDOM.nextInt() << 16 | RANDOM.nextInt(1, 0x10000);
    }

    /**
     * Fresh random bits.
     *
     * @return a nonce, or a token for an offer
     */
    public static Token newToken() {
        return new Token(RANDOM.nextLong(), RANDOM.nextLong());
    }

    SyncGeometry geometry() {
        return page.geometry().withInterestLine(interestLine);
    }

    Hello hello(Envelope envelope) {
        return new Hello(
                envelope,
                Xbp.VERSION,
                Xbp.VERSION,
                FEATURES_OFFERED,
                FEATURES_REQUIRED,
                Xbp.MAX_MESSAGE,
                maxBuffers,
                geometry().interestLines(),
                PAGE_SIZE,
                maxBufferBytes,
                newToken(),
                role.bit(),
                0,
                geometry());
    }
}
