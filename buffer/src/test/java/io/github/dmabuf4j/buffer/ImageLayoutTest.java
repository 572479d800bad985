package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImageLayoutTest {
    @ParameterizedTest
    @CsvSource({
        "R8, 3, 5, 15",
        "RGB565, 3, 5, 30",
        "RGB888, 3, 5, 45",
        "XRGB8888, 3, 5, 60",
        "ARGB8888, 3, 5, 60",
        "XBGR8888, 3, 5, 60",
        "ABGR8888, 3, 5, 60",
        "YUYV, 3, 5, 40",
        "NV12, 3, 5, 27",
        "NV16, 3, 5, 35",
        "YUV420, 3, 5, 27",
        "YVU420, 3, 5, 27",
        "YUV422, 3, 5, 35",
        "YUV444, 3, 5, 45",
        "YUV420, 1, 1, 3",
        "YUV420, 1920, 1080, 3110400",
        "NV12, 1920, 1080, 3110400",
        "YUV422, 720, 576, 829440",
        "XRGB8888, 1920, 1080, 8294400",
    })
    void packedSizes(PixelFormat format, int width, int height, long size) {
        ImageLayout layout = ImageLayout.packed(format, width, height);
        assertThat(layout.size()).isEqualTo(size);
        assertThat(layout.buffers()).isOne();
        assertThat(layout.fourcc()).isEqualTo(format.fourcc());
        layout.checkFits(size);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.checkFits(size - 1))
                .withMessageContaining("needs " + size);
    }

    @Test
    void packedPlanesOfAnOddPicture() {
        assertThat(ImageLayout.packed(PixelFormat.YUV420, 5, 3).planes())
                .containsExactly(new Plane(0, 0, 5, 3), new Plane(0, 15, 3, 2), new Plane(0, 21, 3, 2));
        assertThat(ImageLayout.packed(PixelFormat.NV12, 5, 3).planes())
                .containsExactly(new Plane(0, 0, 5, 3), new Plane(0, 15, 6, 2));
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void alignedPlanesBeginAtMultiples(PixelFormat format) {
        for (int alignment = 1; alignment <= 4096; alignment *= 4) {
            ImageLayout layout = ImageLayout.aligned(format, 101, 33, alignment);
            long end = 0;
            for (Plane plane : layout.planes()) {
                assertThat(plane.stride() % alignment).isZero();
                assertThat(plane.offset() % alignment).isZero();
                assertThat(plane.offset()).isGreaterThanOrEqualTo(end);
                end = plane.offset() + (long) plane.stride() * plane.rows();
            }
            assertThat(layout.size()).isLessThanOrEqualTo(end);
        }
        for (int bad : new int[] {0, -1, 3, Integer.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> ImageLayout.aligned(format, 1, 1, bad));
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void hugePicturesAreExactOrRefused(PixelFormat format) {
        for (int side : new int[] {100_000, Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1 << 30}) {
            BigInteger exact = BigInteger.ZERO;
            boolean strideFits = true;
            for (PixelFormat.Block block : format.planes()) {
                long across = (side + (long) block.width() - 1) / block.width() * block.bytes();
                long down = (side + (long) block.height() - 1) / block.height();
                strideFits &= across <= Integer.MAX_VALUE;
                exact = exact.add(BigInteger.valueOf(across).multiply(BigInteger.valueOf(down)));
            }
            if (strideFits && exact.bitLength() < 64 && exact.compareTo(BigInteger.valueOf(Long.MAX_VALUE)) < 0) {
                assertThat(ImageLayout.packed(format, side, side).size())
                        .as("%s %d", format, side)
                        .isEqualTo(exact.longValueExact());
            } else {
                assertThatIllegalArgumentException()
                        .as("%s %d", format, side)
                        .isThrownBy(() -> ImageLayout.packed(format, side, side))
                        .withMessageContaining("too large");
            }
        }
        assertThat(ImageLayout.packed(format, 100_000, 100_000).size()).isGreaterThanOrEqualTo(10_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void emptyPicturesAreRefused(PixelFormat format) {
        for (int bad : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> ImageLayout.packed(format, bad, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> ImageLayout.packed(format, 1, bad));
        }
    }

    @Test
    void planesMayLieInBuffersOfTheirOwn() {
        ImageLayout layout = new ImageLayout(
                64,
                64,
                PixelFormat.NV12.fourcc(),
                Modifier.LINEAR,
                List.of(new Plane(1, 0, 64, 64), new Plane(0, 16, 64, 32)));
        assertThat(layout.buffers()).isEqualTo(2);
        assertThat(layout.sizeOf(1)).isEqualTo(4096);
        assertThat(layout.sizeOf(0)).isEqualTo(16 + 2048);
        layout.checkFits(2064, 4096);
        assertThatIllegalArgumentException().isThrownBy(() -> layout.checkFits(2063, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> layout.checkFits(8192));
        assertThatIllegalStateException().isThrownBy(layout::size);
        assertThatThrownBy(() -> layout.sizeOf(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void layoutsFromElsewhereAreChecked() {
        int nv12 = PixelFormat.NV12.fourcc();
        Plane luma = new Plane(0, 0, 64, 64);
        Plane chroma = new Plane(0, 4096, 64, 32);
        refused(64, 64, nv12, List.of());
        refused(64, 64, nv12, List.of(luma));
        refused(64, 64, nv12, List.of(luma, chroma, chroma));
        refused(64, 64, nv12, List.of(luma, new Plane(0, 4096, 63, 32)));
        refused(64, 64, nv12, List.of(luma, new Plane(0, 4096, 64, 31)));
        refused(65, 64, nv12, List.of(luma, chroma));
        refused(0, 64, nv12, List.of(luma, chroma));
        refused(64, 64, nv12, List.of(luma, new Plane(2, 0, 64, 32)));
        refused(64, 64, Fourcc.of("ABCD"), List.of(luma, luma, luma, luma, luma));
        // Formats and modifiers that are not known are passed on, with the whole of each plane counted.
        assertThat(new ImageLayout(9999, 9999, Fourcc.of("ABCD"), 0, List.of(luma)).size())
                .isEqualTo(4096);
        assertThat(new ImageLayout(9999, 9999, nv12, Modifier.INVALID, List.of(luma)).size())
                .isEqualTo(4096);
    }

    private static void refused(int width, int height, int fourcc, List<Plane> planes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageLayout(width, height, fourcc, Modifier.LINEAR, planes));
    }

    @Test
    void planesFromElsewhereAreChecked() {
        for (Runnable bad : List.<Runnable>of(
                () -> new Plane(-1, 0, 1, 1),
                () -> new Plane(4, 0, 1, 1),
                () -> new Plane(0, -1, 1, 1),
                () -> new Plane(0, 0, 0, 1),
                () -> new Plane(0, 0, -1, 1),
                () -> new Plane(0, 0, 1, 0),
                () -> new Plane(0, 0, 1, Integer.MIN_VALUE),
                () -> new Plane(0, Long.MAX_VALUE, 1, 1),
                () -> new Plane(0, Long.MAX_VALUE - 9, 5, 2))) {
            assertThatIllegalArgumentException().isThrownBy(bad::run);
        }
        assertThat(new Plane(0, Long.MAX_VALUE - 10, 5, 2).rows()).isEqualTo(2);
    }

    @Test
    void aSliceIsThePlaneAndNoMore() {
        ImageLayout layout = ImageLayout.aligned(PixelFormat.YUV420, 5, 3, 16);
        MemorySegment buffer = MemorySegment.ofArray(new byte[(int) layout.size()]);
        assertThat(layout.slice(0, buffer).byteSize()).isEqualTo(16 * 2 + 5);
        assertThat(layout.slice(2, buffer).byteSize()).isEqualTo(16 + 3);
        assertThat(layout.slice(2, buffer).address() - buffer.address())
                .isEqualTo(layout.planes().get(2).offset());
        assertThatThrownBy(() -> layout.slice(2, buffer.asSlice(1))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> layout.slice(3, buffer)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void fourccsAreThoseOfDrm() {
        assertThat(PixelFormat.XRGB8888.fourcc()).isEqualTo(0x34325258);
        assertThat(PixelFormat.YUV420.fourcc()).isEqualTo(0x32315559);
        assertThat(PixelFormat.R8.fourcc()).isEqualTo(0x20203852);
        for (PixelFormat format : PixelFormat.values()) {
            assertThat(Fourcc.of(Fourcc.name(format.fourcc()))).isEqualTo(format.fourcc());
            assertThat(PixelFormat.of(format.fourcc())).contains(format);
        }
        assertThat(PixelFormat.of(Fourcc.of("ABCD"))).isEmpty();
        assertThat(Fourcc.name(Fourcc.of("XR24") | Fourcc.BIG_ENDIAN)).isEqualTo("XR24_BE");
        assertThat(Fourcc.name(7)).isEqualTo("0x00000007");
        for (String bad : new String[] {"", "ABCDE", "A\u0007", "é"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Fourcc.of(bad));
        }
        assertThat(Modifier.name(Modifier.LINEAR)).isEqualTo("LINEAR");
        assertThat(Modifier.name(Modifier.INVALID)).isEqualTo("INVALID");
        assertThat(Modifier.name(0x0100000000000001L)).isEqualTo("0x0100000000000001");
        assertThat(Modifier.vendor(0x0100000000000001L)).isOne();
    }

    @Test
    void aLayoutDescribesItself() {
        assertThat(ImageLayout.packed(PixelFormat.R8, 2, 1))
                .hasToString("2x1 R8 LINEAR [Plane[buffer=0, offset=0, stride=2, rows=1]]");
    }
}
