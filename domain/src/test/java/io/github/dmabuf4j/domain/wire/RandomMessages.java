package io.github.dmabuf4j.domain.wire;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Valid messages of every type, from a seeded source; extreme values come up often. */
final class RandomMessages {
    static final int TYPES = 14;

    private final RandomGenerator random;

    RandomMessages(RandomGenerator random) {
        this.random = random;
    }

    XbpMessage next(int which) {
        return switch (which) {
            case 0 -> hello(request(0));
            case 1 -> hello(request(0).reply(epoch()));
            case 2 -> offer();
            case 3 -> new Mapped(Envelope.oneWay(epoch(), object()), token());
            case 4 -> new Unmapped(Envelope.oneWay(epoch(), object()));
            case 5 -> release();
            case 6 -> new Retire(request(object()), count());
            case 7 -> new Goodbye(Envelope.oneWay(epoch()), -random.nextInt(0, 30), text());
            case 8 -> new Event(Envelope.oneWay(epoch()), random.nextInt(), random.nextLong(), bytes(200));
            case 9 -> new ErrorReport(Envelope.oneWay(epoch(), random.nextLong()), -random.nextInt(1, 30), text());
            case 10 -> new Reply(request(object()).reply(epoch()), Xbp.OFFER, "");
            case 11 -> new Reply(request(object()).reply(epoch()), Xbp.RETIRE, "");
            case 12 -> new Reply(request(0).refusal(epoch(), error()), Xbp.HELLO, text());
            case 13 -> new Extension(Envelope.oneWay(epoch()), random.nextInt(Xbp.EXTENSION_TYPES, 0x10000));
            default -> throw new AssertionError(which);
        };
    }

    /** How many attachments have to come with a message. */
    static int attachments(XbpMessage message) {
        return switch (message) {
            case Hello hello -> hello.syncAttachment() + 1;
            case Offer offer ->
                offer.references().kind() == Xbp.REFERENCE_FD
                        ? offer.references().count()
                        : 0;
            default -> 0;
        };
    }

    private Hello hello(Envelope envelope) {
        int oldest = random.nextInt(0, 0x10000);
        long offered = random.nextLong();
        return new Hello(
                envelope,
                oldest,
                random.nextInt(oldest, 0x10000),
                offered,
                offered & random.nextLong(),
                random.nextInt(1024, 65_537),
                Math.max(1, count()),
                random.nextInt(1, 9),
                1 << random.nextInt(12, 31),
                Math.max(1, size()),
                token(),
                random.nextInt(1, 4),
                0,
                geometry());
    }

    private SyncGeometry geometry() {
        int timelines = random.nextInt(1, 9);
        int interest = random.nextInt(1, 9);
        int entries = random.nextBoolean() ? 0 : 1 << random.nextInt(0, 13);
        int gap = random.nextInt(0, 100);
        int first = 1 + gap;
        int ring = first + timelines + gap;
        int interestLine = ring + entries + gap;
        return new SyncGeometry(
                interestLine + interest + gap,
                first,
                timelines,
                random.nextInt(0, timelines),
                ring,
                entries,
                interestLine,
                interest);
    }

    private Offer offer() {
        int pieces = random.nextInt(1, 5);
        References references;
        if (random.nextInt(4) == 0) {
            references = new References(random.nextInt(2, 0x10000), pieces, new byte[pieces * 20]);
        } else {
            List<FdReference> list = new ArrayList<>();
            for (int i = 0; i < pieces; i++) {
                long offset = Math.min(size(), Long.MAX_VALUE - 1);
                long length = Math.max(1, Math.min(size(), Long.MAX_VALUE - offset));
                list.add(new FdReference(i, random.nextInt(), offset, length));
            }
            references = References.of(list);
        }
        List<Metadata> metadata = new ArrayList<>();
        for (int i = random.nextInt(0, 4); i > 0; i--) {
            metadata.add(random.nextBoolean() ? image(references.count()) : opaque());
        }
        return new Offer(
                request(object()),
                Math.max(1, size()),
                count(),
                random.nextInt(),
                references,
                Math.max(1, count()),
                random.nextInt(0, 8),
                size(),
                token(),
                metadata);
    }

    private ImageMetadata image(int references) {
        List<ImagePlane> planes = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            planes.add(
                    new ImagePlane(random.nextInt(0, references), size(), Math.max(1, count()), Math.max(1, count())));
        }
        return new ImageMetadata(
                Math.max(1, count()), Math.max(1, count()), random.nextInt(), random.nextLong(), planes);
    }

    private BytesMetadata opaque() {
        int schema = random.nextInt();
        return new BytesMetadata(schema == Xbp.SCHEMA_IMAGE ? Xbp.SCHEMA_BYTES : schema, bytes(100));
    }

    private Release release() {
        boolean end = random.nextInt(4) == 0;
        Handover handover = new Handover(
                Math.max(1, size()),
                end ? 0 : object(),
                random.nextInt(0, 8),
                (random.nextInt() & ~Xbp.HANDOVER_END_OF_STREAM) | (end ? Xbp.HANDOVER_END_OF_STREAM : 0),
                size(),
                random.nextLong(),
                size(),
                size(),
                size());
        return new Release(Envelope.oneWay(epoch(), handover.buffer()), handover);
    }

    private Envelope request(long object) {
        return new Envelope(
                random.nextBoolean() ? Xbp.FLAG_URGENT : 0,
                notZero(random.nextInt()),
                epoch(),
                object,
                0,
                random.nextInt(0, 0x10000));
    }

    private int epoch() {
        return notZero(random.nextInt());
    }

    private long object() {
        long object = random.nextLong();
        return object == 0 ? 1 : object;
    }

    private static int notZero(int value) {
        return value == 0 ? 1 : value;
    }

    private XbpError error() {
        return XbpError.values()[random.nextInt(XbpError.values().length)];
    }

    private Token token() {
        return new Token(random.nextLong(), random.nextLong());
    }

    private int count() {
        return random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt() >>> random.nextInt(1, 31);
    }

    private long size() {
        return random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextLong() >>> random.nextInt(1, 63);
    }

    private byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(0, most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        String alphabet = "abc XYZ 09 .,;: äöü Ω 漢字 🎞";
        int[] characters = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(0, 120); i > 0; i--) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }
}
