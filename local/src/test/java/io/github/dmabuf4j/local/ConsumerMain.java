package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import java.io.IOException;
import java.nio.file.Path;

/** A consumer in a JVM of its own: a line for each frame, then how it ended. With "keep" it stays in the end. */
final class ConsumerMain {
    private ConsumerMain() {}

    public static void main(String[] arguments) throws Exception {
        boolean keep = arguments.length > 1 && arguments[1].equals("keep");
        try (QueueConsumer consumer = QueueConsumer.open(LocalConnection.connect(Path.of(arguments[0])), "test")) {
            while (true) {
                Frame frame = consumer.acquire(StreamFixture.LONG);
                if (frame == null) {
                    break;
                }
                System.out.println(StreamFixture.line(frame.number(), frame.presentationTime(), frame.raw()));
                consumer.release(frame);
            }
            System.out.println(consumer.isEndOfStream() ? "end of stream" : "timeout");
            if (keep) {
                System.in.read();
            }
        } catch (IOException lost) {
            System.out.println("lost: " + lost.getMessage());
            System.exit(1);
        }
    }
}
