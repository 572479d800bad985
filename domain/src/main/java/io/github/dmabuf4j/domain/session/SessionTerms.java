package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;

/**
 * What both sides of a session agreed on; each computes the same from the two HELLOs.
 *
 * @param version the highest version that both speak
 * @param features what both can
 * @param maxMessage the longest message, in bytes
 * @param maxBuffers how many buffers may be offered at a time
 * @param maxBufferBytes how many bytes they may have together
 */
public record SessionTerms(int version, long features, int maxMessage, int maxBuffers, long maxBufferBytes) {
    static SessionTerms negotiate(SessionSetup ours, Hello theirs) throws Refusal {
        if (theirs.versionMin() > Xbp.VERSION || theirs.versionMax() < Xbp.VERSION) {
            throw new Refusal(
                    XbpError.INCOMPAT,
                    "the peer speaks versions " + theirs.versionMin() + " to " + theirs.versionMax() + ", we speak "
                            + Xbp.VERSION);
        }
        long features = SessionSetup.FEATURES_OFFERED & theirs.featuresOffered();
        if ((theirs.featuresRequired() & ~features) != 0) {
            throw new Refusal(
                    XbpError.INCOMPAT,
                    "the peer insists on features 0x" + Long.toHexString(theirs.featuresRequired() & ~features)
                            + " that we do not have");
        }
        if ((SessionSetup.FEATURES_REQUIRED & ~features) != 0) {
            throw new Refusal(
                    XbpError.INCOMPAT, "the peer has no shared timelines and rings; nothing else is spoken here");
        }
        if ((theirs.roles() & ours.role().other().bit()) == 0) {
            throw new Refusal(
                    XbpError.INCOMPAT,
                    ours.role() == SessionSetup.Role.EXPORTER
                            ? "both sides want to send"
                            : "both sides want to receive");
        }
        SyncGeometry mine = ours.geometry();
        SyncGeometry sync = theirs.sync();
        if (sync.timelines() > mine.interestLines()) {
            throw new Refusal(
                    XbpError.TOOBIG,
                    "the peer has " + sync.timelines() + " timelines, we can wait for " + mine.interestLines());
        }
        if (mine.timelines() > Math.min(sync.interestLines(), theirs.maxTimelines())) {
            throw new Refusal(
                    XbpError.TOOBIG,
                    "the peer can wait for " + Math.min(sync.interestLines(), theirs.maxTimelines())
                            + " timelines, we have " + mine.timelines());
        }
        if (sync.ringEntries() == 0) {
            throw new Refusal(XbpError.INCOMPAT, "the peer has no ring to hand buffers over");
        }
        return new SessionTerms(
                Xbp.VERSION,
                features,
                Math.min(Xbp.MAX_MESSAGE, theirs.maxMessage()),
                Math.min(ours.maxBuffers(), theirs.maxBuffers()),
                Math.min(ours.maxBufferBytes(), theirs.maxBufferBytes()));
    }
}
