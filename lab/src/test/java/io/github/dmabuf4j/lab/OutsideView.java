package io.github.dmabuf4j.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks the host for a picture of the screen, as it is seen from outside of the machine. What the guest means to show goes out as a
 * file; {@link ScreenPictures} compares the two when the machine has ended.
 */
final class OutsideView implements AutoCloseable {
    private static final Path FOLDER = Path.of("/lab/out");

    private final RandomAccessFile port;

    private OutsideView(RandomAccessFile port) {
        this.port = port;
    }

    /** One at a time: a port can be opened once. */
    static OutsideView open() throws IOException {
        return new OutsideView(new RandomAccessFile("/dev/lab.screen", "rw"));
    }

    /** Leaves the pixels, 32 bits each without padding, and waits until the host has taken its picture. */
    void take(String name, byte[] pixels, int width, int height) throws IOException {
        leave(name, pixels, width, height);
        port.write((name + "\n").getBytes(StandardCharsets.US_ASCII));
        String answer = port.readLine();
        if (!("taken " + name).equals(answer)) {
            throw new IOException("the host did not take a picture: " + answer);
        }
    }

    /** Leaves a picture that nobody outside can see. */
    static void leave(String name, byte[] pixels, int width, int height) throws IOException {
        Files.write(FOLDER.resolve(name + "-" + width + "x" + height + ".xrgb"), pixels);
    }

    @Override
    public void close() throws IOException {
        port.close();
    }
}
