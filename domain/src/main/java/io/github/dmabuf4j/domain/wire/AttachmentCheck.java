package io.github.dmabuf4j.domain.wire;

import java.util.BitSet;
import java.util.List;

/** Whether the attachments of a message are exactly those it speaks of: none missing, none left over. */
final class AttachmentCheck {
    private AttachmentCheck() {}

    static void check(XbpMessage message, int attachments) throws BadMessageException {
        BitSet named = new BitSet();
        switch (message) {
            case Hello hello -> named.set(hello.syncAttachment());
            case Offer offer -> {
                if (offer.references().kind() == Xbp.REFERENCE_FD) {
                    List<FdReference> references = offer.references().descriptors();
                    references.forEach(reference -> named.set(reference.attachment()));
                }
            }
            // What a later version sends along with a message that may be skipped is for the receiver to close.
            case Extension extension -> {
                return;
            }
            default -> {
                // Nothing else has attachments.
            }
        }
        if (named.length() > attachments) {
            throw new BadMessageException(
                    BadMessageException.Reason.ATTACHMENT,
                    "the message speaks of attachment " + (named.length() - 1) + ", but " + attachments + " came");
        }
        if (named.cardinality() < attachments) {
            throw new BadMessageException(
                    BadMessageException.Reason.ATTACHMENT,
                    attachments + " attachments came, but the message speaks of " + named.cardinality());
        }
    }
}
