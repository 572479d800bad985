package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpCodec;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.linux.BorrowedFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers that say nearly the right things, with the right or the wrong descriptors, and vanish. */
@Timeout(3600)
final class FuzzedPeerTest extends ProducerUnderAttack {
    private static final int ROUNDS = Boolean.getBoolean("dmabuf4j.long") ? 5_000 : 150;

    @Test
    void nearlyRight() throws Exception {
        peer.close();
        try {
            stream.attach(); // the first one has said nothing
        } catch (IOException expected) {
            stream.events.clear();
        }
        long seed = System.nanoTime();
        System.out.println("FuzzedPeerTest: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            RawPeer fuzzer = RawPeer.connect(stream.listener.path());
            FutureTask<Void> talking = attack(() -> {
                try (fuzzer) {
                    talk(fuzzer, random);
                } catch (IOException thrownOut) {
                    // The usual end.
                }
            });
            try {
                stream.attach();
                stream.send();
            } catch (IOException refused) {
                // The usual end. Everything else would end the test.
            }
            talking.get(30, TimeUnit.SECONDS);
        }
        stream.events.clear();
    }

    /** One thread at a time talks. */
    private void talk(RawPeer fuzzer, Random random) throws IOException, InterruptedException {
        say(fuzzer, random, fuzzer.hello(Xbp.ROLE_IMPORTER), 1);
        List<XbpMessage> more = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            XbpMessage next = fuzzer.receive();
            if (next == null) {
                return;
            }
            if (next instanceof Offer offer) {
                more.add(new Reply(offer.envelope().reply(RawPeer.EPOCH), Xbp.OFFER, ""));
                more.add(new Mapped(
                        Envelope.oneWay(RawPeer.EPOCH, offer.envelope().object()), offer.token()));
                more.add(new Mapped(
                        Envelope.oneWay(RawPeer.EPOCH, offer.envelope().object()), Token.ZERO));
                more.add(new Unmapped(
                        Envelope.oneWay(RawPeer.EPOCH, offer.envelope().object())));
            }
        }
        for (int i = random.nextInt(10); i > 0 && !more.isEmpty(); i--) {
            say(fuzzer, random, more.get(random.nextInt(more.size())), 0);
        }
    }

    private static void say(RawPeer fuzzer, Random random, XbpMessage message, int fds)
            throws IOException, InterruptedException {
        byte[] bytes = XbpCodec.encode(message).array();
        if (random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (random.nextInt(10) == 0) {
            bytes = java.util.Arrays.copyOf(bytes, random.nextInt(4, bytes.length + 100));
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, bytes.length);
        }
        BorrowedFd[] attached = new BorrowedFd[random.nextInt(10) == 0 ? random.nextInt(4) : fds];
        for (int i = 0; i < attached.length; i++) {
            attached[i] = random.nextInt(5) == 0 ? fuzzer.socket.fd() : fuzzer.page.fd();
        }
        fuzzer.socket.send(ByteBuffer.wrap(bytes), attached);
    }
}
