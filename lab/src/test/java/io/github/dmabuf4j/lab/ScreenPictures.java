package io.github.dmabuf4j.lab;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;

/**
 * The host's part of {@link OutsideView}: takes pictures of the machine's screen by QEMU's monitor when the guest asks, and compares
 * them pixel by pixel with what the guest meant to show.
 */
final class ScreenPictures {
    private static final long RETRY_NANOS = 50_000_000;
    private static final int RETRIES = 1200;
    private static final int RGB = 0xffffff;

    private ScreenPictures() {}

    /** {@code serve MONITOR PORT FOLDER} until the machine ends, or {@code compare SCREENS FILES} behind it. */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("serve")) {
            serve(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
        } else {
            System.exit(compare(Path.of(arguments[1]), Path.of(arguments[2])) ? 0 : 1);
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        for (int i = 0; ; i++) {
            try {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException notYet) {
                if (i == RETRIES) {
                    throw notYet;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private static BufferedReader lines(SocketChannel channel) {
        return new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    private static void send(SocketChannel channel, String line) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void serve(Path monitor, Path port, Path folder) throws IOException {
        try (SocketChannel qemu = connect(monitor);
                SocketChannel guest = connect(port)) {
            BufferedReader answers = lines(qemu);
            ask(qemu, answers, "{\"execute\":\"qmp_capabilities\"}");
            BufferedReader requests = lines(guest);
            for (String name = requests.readLine(); name != null; name = requests.readLine()) {
                String file = folder.resolve(name.replaceAll("[^a-z0-9-]", "") + ".ppm")
                        .toString();
                String answer = ask(
                        qemu,
                        answers,
                        "{\"execute\":\"screendump\",\"arguments\":{\"device\":\"screen\",\"filename\":\"" + file
                                + "\"}}");
                send(guest, answer.contains("\"error\"") ? "refused: " + answer : "taken " + name);
            }
        }
    }

    /** The answer to a command; what the monitor reports by itself comes in between. */
    private static String ask(SocketChannel qemu, BufferedReader answers, String command) throws IOException {
        send(qemu, command);
        String line;
        do {
            line = answers.readLine();
            if (line == null) {
                throw new IOException("the machine has ended");
            }
        } while (!line.contains("\"return\"") && !line.contains("\"error\""));
        return line;
    }

    private static boolean compare(Path screens, Path files) throws IOException {
        boolean good = true;
        List<Path> meant = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(files, "*.xrgb")) {
            entries.forEach(meant::add);
        }
        meant.sort(null);
        for (Path file : meant) {
            String[] parts = file.getFileName().toString().split("-(?=[0-9]+x)|\\.", -1);
            BufferedImage pixels = pixels(file, parts[1]);
            Path outside = screens.resolve(parts[0] + ".ppm");
            if (Files.exists(outside)) {
                BufferedImage seen = portablePixmap(outside);
                String difference = difference(pixels, seen);
                System.out.println((difference.isEmpty() ? "pass" : "FAIL") + " outside " + parts[0] + ": "
                        + (difference.isEmpty()
                                ? "every pixel of " + parts[1] + " is what the guest meant"
                                : difference));
                good &= difference.isEmpty();
                pixels = seen;
            }
            ImageIO.write(pixels, "png", screens.resolve(parts[0] + ".png").toFile());
        }
        return good;
    }

    private static BufferedImage pixels(Path file, String size) throws IOException {
        String[] sides = size.split("x", -1);
        int width = Integer.parseInt(sides[0]);
        int height = Integer.parseInt(sides[1]);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, bytes.getInt());
            }
        }
        return image;
    }

    /** P6: the size and the greatest value in words, one blank, then three bytes a pixel. */
    private static BufferedImage portablePixmap(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = 0;
        int[] head = new int[4];
        for (int i = 0; i < head.length; i++) {
            StringBuilder word = new StringBuilder();
            while (!Character.isWhitespace(bytes[at])) {
                word.append((char) bytes[at++]);
            }
            at++;
            head[i] = i == 0 ? 0 : Integer.parseInt(word.toString());
        }
        BufferedImage image = new BufferedImage(head[1], head[2], BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < head[1] * head[2]; i++) {
            int red = bytes[at++] & 0xff;
            int green = bytes[at++] & 0xff;
            int blue = bytes[at++] & 0xff;
            image.setRGB(i % head[1], i / head[1], red << 16 | green << 8 | blue);
        }
        return image;
    }

    private static String difference(BufferedImage meant, BufferedImage seen) {
        if (meant.getWidth() != seen.getWidth() || meant.getHeight() != seen.getHeight()) {
            return "the screen has " + seen.getWidth() + "x" + seen.getHeight() + " pixels";
        }
        int wrong = 0;
        String first = "";
        for (int y = 0; y < meant.getHeight(); y++) {
            for (int x = 0; x < meant.getWidth(); x++) {
                int expected = meant.getRGB(x, y) & RGB;
                int actual = seen.getRGB(x, y) & RGB;
                if (expected != actual && wrong++ == 0) {
                    first = String.format("at %d,%d %06x and not %06x", x, y, actual, expected);
                }
            }
        }
        return wrong == 0 ? "" : wrong + " pixels differ, the first " + first;
    }
}
