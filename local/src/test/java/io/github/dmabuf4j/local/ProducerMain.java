package io.github.dmabuf4j.local;

import java.nio.file.Path;

/** A producer in a JVM of its own that sends for ever; says when it listens. */
final class ProducerMain {
    private ProducerMain() {}

    public static void main(String[] arguments) throws Exception {
        try (StreamFixture stream = new StreamFixture(Path.of(arguments[0]), 4)) {
            System.out.println("listening");
            stream.attach();
            while (true) {
                stream.send();
            }
        }
    }
}
