package io.github.dmabuf4j.domain.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, decoding ends with a message or with a {@link BadMessageException}. */
final class XbpFuzzTest {
    private static final int ROUNDS = Boolean.getBoolean("dmabuf4j.long") ? 3_000_000 : 100_000;
    private static final Path CORPUS = Path.of("src/test/resources/xbp-corpus");

    @Test
    void randomBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS / 3; round++) {
            byte[] bytes = new byte[random.nextInt(0, 400)];
            random.nextBytes(bytes);
            if (bytes.length >= XbpDescriptor.HEADER_BYTES && random.nextInt(10) > 0) {
                plausibleHeader(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), random);
            }
            decode(bytes, random.nextInt(0, 3), seed);
        }
    }

    @Test
    void mutatedMessages() throws BadMessageException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RandomMessages messages = new RandomMessages(random);
        int understood = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            XbpMessage message = messages.next(random.nextInt(RandomMessages.TYPES));
            byte[] bytes = mutate(XbpCodec.encode(message).array(), random);
            if (decode(bytes, RandomMessages.attachments(message), seed)) {
                understood++;
            } else {
                refused++;
            }
        }
        assertThat(understood).as("mutants that are messages, seed %d", seed).isPositive();
        assertThat(refused).as("mutants that are none, seed %d", seed).isPositive();
    }

    @Test
    void corpus() throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(CORPUS)) {
            files = list.filter(file -> file.toString().endsWith(".hex"))
                    .sorted()
                    .toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            byte[] bytes = HexFormat.of().parseHex(Files.readString(file).replaceAll("#.*|\\s", ""));
            boolean good = file.getFileName().toString().startsWith("good-");
            // How many attachments came is not in the file: a good message is understood with some number of them.
            boolean understood = false;
            for (int attachments = 0; attachments < 4; attachments++) {
                understood |= decode(bytes, attachments, 0);
            }
            assertThat(understood).as("%s", file).isEqualTo(good);
        }
    }

    /** Returns whether the bytes are a message; then writing it again and reading it gives the same message. */
    private static boolean decode(byte[] bytes, int attachments, long seed) {
        try {
            XbpMessage message = XbpCodec.decode(ByteBuffer.wrap(bytes), attachments);
            assertThat(XbpCodec.decode(XbpCodec.encode(message), attachments)).isEqualTo(message);
            return true;
        } catch (BadMessageException expected) {
            return false;
        } catch (RuntimeException other) {
            return fail("seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes), other);
        }
    }

    private static void plausibleHeader(ByteBuffer bytes, Random random) {
        int[] types = {
            Xbp.HELLO, Xbp.GOODBYE, Xbp.OFFER, Xbp.MAPPED, Xbp.UNMAPPED, Xbp.RETIRE, Xbp.RELEASE, Xbp.EVENT, Xbp.ERROR
        };
        bytes.putInt(XbpDescriptor.HEADER_LEN, bytes.capacity());
        bytes.putShort(XbpDescriptor.HEADER_TYPE, (short) types[random.nextInt(types.length)]);
        bytes.putShort(XbpDescriptor.HEADER_FLAGS, (short) (random.nextInt(8) == 0 ? random.nextInt(16) : 0));
        bytes.putInt(XbpDescriptor.HEADER_STATUS, random.nextInt(4) == 0 ? -random.nextInt(30) : 0);
        if (bytes.capacity() >= XbpDescriptor.HEADER_BYTES + XbpDescriptor.TEXT_BYTES && random.nextBoolean()) {
            bytes.putInt(XbpDescriptor.HEADER_BYTES + XbpDescriptor.TEXT_TEXT_LENGTH, random.nextInt(64));
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                case 3 -> fill(bytes, at & ~3, Integer.BYTES, random.nextBoolean() ? 0xFF : 0x7F);
                case 4 -> fill(bytes, at & ~7, Long.BYTES, random.nextBoolean() ? 0xFF : 0x80);
                default -> {
                    bytes = java.util.Arrays.copyOf(bytes, random.nextInt(1, bytes.length + 40));
                    if (bytes.length >= Integer.BYTES) {
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, bytes.length);
                    }
                }
            }
        }
        return bytes;
    }

    private static void fill(byte[] bytes, int at, int count, int value) {
        for (int i = at; i < Math.min(bytes.length, at + count); i++) {
            bytes[i] = (byte) value;
        }
    }
}
