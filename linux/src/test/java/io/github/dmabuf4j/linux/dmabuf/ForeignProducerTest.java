package io.github.dmabuf4j.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.testing.CProgram;
import io.github.dmabuf4j.linux.testing.ForeignProducer;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A producer in C that knows nothing of this library, with memory files; the lab has it with dma-bufs. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class ForeignProducerTest {
    private static final int FRAMES = 20;

    @TempDir
    Path folder;

    @Test
    void itsPicturesAreReadWhereItDrewThem() throws Exception {
        Path program = CProgram.compile(Path.of("../examples/c/foreign-producer.c"), folder.resolve("producer"));
        try (ForeignProducer producer =
                ForeignProducer.start(program, folder, WrapOptions.DEFAULT, "memfd", "" + FRAMES)) {
            for (int i = 1; i <= FRAMES; i++) {
                ForeignProducer.Turn turn = producer.next();
                assertThat(turn).isNotNull();
                try (ForeignFrame frame = turn.frame()) {
                    // Three descriptors came, one for each plane, and all of them are one buffer.
                    assertThat(frame.image().buffers()).hasSize(1);
                    assertThat(frame.image().layout().planes()).hasSize(3);
                    assertThat(ForeignProducer.describe(turn)).isEqualTo(producer.line());
                    frame.done();
                }
            }
            assertThat(producer.next()).isNull();
            assertThat(producer.line()).isEqualTo("end");
            assertThat(producer.exitCode()).isZero();
        }
    }

    @Test
    void aConsumerThatKeepsAPictureHoldsItsProducerBackAndNoLonger() throws Exception {
        Path program = CProgram.compile(Path.of("../examples/c/foreign-producer.c"), folder.resolve("producer"));
        try (ForeignProducer producer = ForeignProducer.start(program, folder, WrapOptions.DEFAULT, "memfd", "4")) {
            ForeignProducer.Turn first = producer.next();
            ForeignProducer.Turn second = producer.next();
            ForeignProducer.Turn third = producer.next();
            assertThat(first).isNotNull();
            assertThat(second).isNotNull();
            assertThat(third).isNotNull();
            String kept = producer.line();
            // The fourth picture would be drawn where the first one is.
            assertThat(ForeignProducer.describe(first)).isEqualTo(kept);
            assertThat(ForeignProducer.describe(second)).isEqualTo(producer.line());
            assertThat(ForeignProducer.describe(third)).isEqualTo(producer.line());
            first.frame().close();
            ForeignProducer.Turn fourth = producer.next();
            assertThat(fourth).isNotNull();
            assertThat(fourth.frame().image()).isSameAs(first.frame().image());
            assertThat(ForeignProducer.describe(fourth))
                    .isEqualTo(producer.line())
                    .isNotEqualTo(kept);
            fourth.frame().close();
            third.frame().close();
            second.frame().close();
            assertThat(producer.next()).isNull();
            assertThat(producer.exitCode()).isZero();
        }
    }
}
