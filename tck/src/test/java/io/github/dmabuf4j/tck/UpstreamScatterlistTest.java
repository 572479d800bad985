package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernel's tools/testing/scatterlist/main.c: page frame numbers, what they hold, the longest segment, and how many
 * segments come of it; a bar stands for a second call that appends.
 */
@Family("scatter")
@InProcessOnly("scatter tables never leave the kernel")
class UpstreamScatterlistTest {
    private static final long PAGE = 4096;

    private final Pages ram = ram();

    private static Pages ram() {
        try {
            return new ArenaBacking().give(16 * PAGE, "ram");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        ram.close();
    }

    @Test
    @DisplayName("sg_alloc_table_from_pages_segment: a longest segment of 0 is EINVAL")
    void noSegment() {
        assertThatIllegalArgumentException().isThrownBy(() -> SgTable.builder(0, PAGE));
    }

    @ParameterizedTest(name = "pages {0}; {1} bytes; at most {2}: {3}")
    @CsvSource({
        "0, 4096, 4097, 1",
        "0, 4096, 4294963200, 1",
        "0, 1, 4294963200, 1",
        "0 1, 8192, 4294963200, 1",
        "1 0, 8192, 4294963200, 2",
        "0 1 2, 12288, 4294963200, 1",
        "0 1 2, 12288, 4294963200, 1",
        "0 1 2 | 3 4 5, 12288, 4294963200, 1",
        "0 1 2 | 4 5 6, 12288, 4294963200, 2",
        "0 2 1, 12288, 4294963200, 3",
        "0 1 3, 12288, 4294963200, 2",
        "1 2 4, 12288, 4294963200, 2",
        "1 3 4, 12288, 4294963200, 2",
        "0 1 3 4, 16384, 4294963200, 2",
        "0 1 3 4 5, 20480, 4294963200, 2",
        "0 1 3 4 6, 20480, 4294963200, 3",
        "0 1 2 3 4, 20480, 4294963200, 1",
        "0 1 2 3 4, 20480, 8192, 3",
        "0 1 2 3 4 5, 24576, 8192, 3",
        "0 2 3 4 5 6, 24576, 8192, 4",
        "0 1 3 4 5 6 | 7 8 9 10 11 12, 24576, 49152, 2",
    })
    void segments(String calls, long size, long longest, int expected) {
        SgTable.Builder builder = SgTable.builder(longest, PAGE);
        for (String call : calls.split("\\|", -1)) {
            long[] frames = Arrays.stream(call.strip().split(" ", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
            builder.addPages(ram, frames, 0, size);
        }
        assertThat(builder.build().entries()).isEqualTo(expected);
    }
}
