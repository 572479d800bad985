package io.github.dmabuf4j.local;

import io.github.dmabuf4j.linux.PeerCredentials;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;

/** Who may talk to this process: the same user, and root on either side. */
final class LocalPolicy {
    private static final int ROOT = 0;

    private final int user;

    LocalPolicy(int user) {
        this.user = user;
    }

    /** The policy of this process. */
    static LocalPolicy ofThisProcess() throws IOException {
        UnixSocket[] pair = UnixSocket.pair();
        try {
            return new LocalPolicy(pair[0].peerCredentials().uid());
        } finally {
            pair[0].close();
            pair[1].close();
        }
    }

    boolean allows(PeerCredentials peer) {
        return peer.uid() == user || peer.uid() == ROOT || user == ROOT;
    }

    String refusal(PeerCredentials peer) {
        return "process " + peer.pid() + " of user " + peer.uid() + " was turned away: only user " + user
                + " and root may connect";
    }
}
