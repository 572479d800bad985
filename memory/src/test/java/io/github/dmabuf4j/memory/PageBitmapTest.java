package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageBitmapTest {
    @Test
    void randomRunsAgreeWithAnArrayOfFlags() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 50; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        int pages = 1 + random.nextInt(200);
        PageBitmap bitmap = new PageBitmap(pages);
        boolean[] model = new boolean[pages];
        for (int step = 0; step < 300; step++) {
            String where = "seed " + seed + ", step " + step;
            int count = 1 + random.nextInt(12);
            int align = 1 << random.nextInt(4);
            int found = bitmap.find(count, align);
            assertThat(found).as(where).isEqualTo(search(model, count, align, false));
            assertThat(bitmap.findLast(count)).as(where).isEqualTo(search(model, count, 1, true));
            if (found >= 0 && random.nextBoolean()) {
                bitmap.take(found, count);
                Arrays.fill(model, found, found + count, true);
            } else {
                int page = random.nextInt(pages);
                if (model[page]) {
                    bitmap.giveBack(page, 1);
                    model[page] = false;
                }
            }
            assertThat(bitmap.free()).as(where).isEqualTo(free(model));
            assertThat(bitmap.largestRun()).as(where).isEqualTo(largest(model));
        }
    }

    private static int search(boolean[] taken, int count, int align, boolean last) {
        int found = -1;
        for (int first = 0; first + count <= taken.length; first += align) {
            if (free(Arrays.copyOfRange(taken, first, first + count)) == count) {
                found = first;
                if (!last) {
                    break;
                }
            }
        }
        return found;
    }

    private static int free(boolean[] taken) {
        int free = 0;
        for (boolean each : taken) {
            free += each ? 0 : 1;
        }
        return free;
    }

    private static int largest(boolean[] taken) {
        int largest = 0;
        int length = 0;
        for (boolean each : taken) {
            length = each ? 0 : length + 1;
            largest = Math.max(largest, length);
        }
        return largest;
    }

    @Test
    void misuseIsRefusedAndACopyIsByItself() {
        PageBitmap bitmap = new PageBitmap(8);
        bitmap.take(2, 3);
        PageBitmap copy = bitmap.copy();
        copy.giveBack(2, 3);
        assertThat(bitmap.free()).isEqualTo(5);
        assertThat(copy.free()).isEqualTo(8);
        assertThat(bitmap.isTaken(2)).isTrue();
        assertThat(copy.isTaken(2)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> bitmap.take(0, 3)).withMessage("page 2 is taken");
        assertThatIllegalStateException().isThrownBy(() -> bitmap.giveBack(2, 4));
        assertThat(bitmap.free()).isEqualTo(5);
        assertThatIllegalArgumentException().isThrownBy(() -> new PageBitmap(0));
    }
}
