package io.github.dmabuf4j.cli.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test picture and the contact sheet. */
@Timeout(60)
class PicturesTest {
    @Test
    void aFrameIsTheSameBytesWhateverWasDrawnBefore() throws IOException {
        TestPicture inOrder = new TestPicture(320, 180, 40);
        MemorySegment ordered = frame(inOrder);
        MemorySegment alone = frame(inOrder);
        for (int n = 0; n < 40; n++) {
            assertThat(inOrder.read(ordered)).isTrue();
            new TestPicture(320, 180, -1).draw(n, alone.fill((byte) 0x55));
            assertThat(ordered.mismatch(alone)).as("frame %d", n).isEqualTo(-1);
        }
        assertThat(inOrder.read(ordered)).isFalse();
    }

    @Test
    void neighboursDiffer() {
        TestPicture picture = new TestPicture(-1);
        assertThat(picture.format().title()).isEqualTo("1920x1080 4:2:0");
        MemorySegment one = frame(picture);
        MemorySegment two = frame(picture);
        picture.draw(0, one);
        picture.draw(1, two);
        assertThat(one.mismatch(two)).isGreaterThanOrEqualTo(0);
        // Top left of the white bar: the box is there in frame 0 and has moved away later.
        picture.draw(100, two);
        assertThat(two.get(ValueLayout.JAVA_BYTE, 0) & 0xff).isEqualTo(180);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,5", "17,9", "64,2", "2,64", "641,361", "4096,4"})
    void everySizeCanBeDrawn(int width, int height) {
        TestPicture picture = new TestPicture(width, height, -1);
        MemorySegment exact = frame(picture);
        for (long n : new long[] {0, 1, 999_999, 1_000_000, Long.MAX_VALUE / 1000}) {
            picture.draw(n, exact);
        }
        assertThat(exact.byteSize()).isEqualTo(picture.format().frameSize());
    }

    @Test
    void aContactSheetShowsEvenlySpacedFrames() throws IOException {
        TestPicture picture = new TestPicture(320, 180, 120);
        MemorySegment frame = frame(picture);
        ContactSheet sheet = new ContactSheet(picture.format(), 120);
        StringBuilder drawn = new StringBuilder();
        for (long n = 0; picture.read(frame); n++) {
            if (sheet.offer(n, frame)) {
                drawn.append(n).append(' ');
            }
        }
        assertThat(drawn).hasToString("5 15 25 35 45 55 65 75 85 95 105 115 ");
        BufferedImage image = png(sheet);
        assertThat(image.getWidth()).isEqualTo(4 * 324 + 4);
        assertThat(image.getHeight()).isEqualTo(3 * 184 + 4);
        // The green bar of the second picture, at its right edge where the box is not.
        assertThat(image.getRGB(4 + 324 + 180, 4 + 2)).isEqualTo(0xff000000 | StudioLevels.rgb(133, 63, 52, false));
    }

    @ParameterizedTest
    @CsvSource({"YUV420,1,1,1", "YUV422,5,3,2", "YUV444,1000,2,5", "MONO,33,70,13", "YUV420,721,721,3"})
    void aContactSheetOfAnySize(Chroma chroma, int width, int height, int frames) throws IOException {
        VideoFormat format = VideoFormat.of(width, height, chroma, 25, 1);
        MemorySegment grey = Arena.ofAuto().allocate(format.frameSize());
        grey.fill((byte) 128);
        ContactSheet sheet = new ContactSheet(format, frames);
        for (int n = 0; n < frames; n++) {
            sheet.offer(n, grey);
        }
        assertThat(sheet.pictures()).isEqualTo(Math.min(12, frames));
        assertThat(png(sheet).getRGB(4, 4) & 0xffffff).isEqualTo(0x828282);
    }

    @Test
    void coloursAreThoseOfTheStandards() {
        assertThat(StudioLevels.rgb(16, 128, 128, true)).isZero();
        assertThat(StudioLevels.rgb(235, 128, 128, false)).isEqualTo(0xffffff);
        // Pure red in BT.601 and BT.709, within rounding.
        assertThat(StudioLevels.rgb(81, 90, 240, false) >> 16).isBetween(253, 255);
        assertThat(StudioLevels.rgb(63, 102, 240, true) >> 16).isBetween(253, 255);
        assertThat(StudioLevels.rgb(63, 102, 240, true) & 0xffff).isLessThan(0x0300);
    }

    private static MemorySegment frame(TestPicture picture) {
        return Arena.ofAuto().allocate(picture.format().frameSize());
    }

    private static BufferedImage png(ContactSheet sheet) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sheet.writePng(out);
        return ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    }
}
