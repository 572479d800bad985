package io.github.dmabuf4j.linux.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Plane;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What formats of V4L2 are in DRM, without a device. */
class VideoLayoutsTest {
    private static VideoFormat format(String letters, int stride, int size) {
        return new VideoFormat(640, 480, VideoFormat.code(letters), stride, size);
    }

    @ParameterizedTest
    @CsvSource({
        "YUYV, YUYV, 1280",
        "GREY, R8, 640",
        "BGR4, XR24, 2560",
        "RGB3, BG24, 1920",
        "BGR3, RG24, 1920",
        "RGBP, RG16, 1280",
        "XR24, XR24, 2560"
    })
    void packedFormatsKeepTheStrideOfTheDriver(String video, String graphics, int stride) {
        ImageLayout layout = format(video, stride + 64, 0).layout().orElseThrow();
        assertThat(Fourcc.name(layout.fourcc())).isEqualTo(graphics);
        assertThat(layout.planes()).containsExactly(new Plane(0, 0, stride + 64, 480));
    }

    @Test
    void planesInOneBufferFollowEachOther() {
        assertThat(format("YU12", 704, 0).layout().orElseThrow().planes())
                .containsExactly(
                        new Plane(0, 0, 704, 480),
                        new Plane(0, 704 * 480, 352, 240),
                        new Plane(0, 704 * 480 + 352 * 240, 352, 240));
        assertThat(format("NV12", 704, 0).layout().orElseThrow().planes())
                .containsExactly(new Plane(0, 0, 704, 480), new Plane(0, 704 * 480, 704, 240));
        assertThat(format("422P", 640, 0).layout().orElseThrow().size()).isEqualTo(640 * 480 * 2);
    }

    @Test
    void planesInBuffersOfTheirOwnBeginThere() {
        VideoFormat format = new VideoFormat(
                640,
                480,
                VideoFormat.code("NM12"),
                List.of(new VideoFormat.BufferFormat(640, 307_200), new VideoFormat.BufferFormat(768, 184_320)));
        assertThat(format.layout().orElseThrow().planes())
                .containsExactly(new Plane(0, 0, 640, 480), new Plane(1, 0, 768, 240));
        assertThat(format.size()).isEqualTo(491_520);
    }

    @Test
    void whatHasNoRowsHasNoLayout() {
        assertThat(format("MJPG", 0, 100_000).layout()).isEmpty();
        assertThat(format("YUYV", 0, 614_400).layout()).isEmpty();
        assertThat(new VideoFormat(
                                640,
                                480,
                                VideoFormat.code("YM12"),
                                List.of(new VideoFormat.BufferFormat(640, 1), new VideoFormat.BufferFormat(320, 1)))
                        .layout())
                .isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> VideoFormat.of(640, 480, "YUV"));
        assertThatIllegalArgumentException().isThrownBy(() -> new VideoFormat(640, 480, 0, List.of()));
    }

    @Test
    void sizesAndIntervalsReadWell() {
        assertThat(FrameSize.of(640, 480)).hasToString("640x480");
        FrameSize range = new FrameSize(16, 4096, 2, 16, 2160, 2);
        assertThat(range).hasToString("16x16 to 4096x2160");
        assertThat(range.contains(640, 480)).isTrue();
        assertThat(range.contains(641, 480)).isFalse();
        assertThat(range.contains(8192, 480)).isFalse();
        assertThat(new FrameInterval(1, 30)).hasToString("30/s");
        assertThat(new FrameInterval(1001, 30_000)).hasToString("29.97/s");
        assertThat(new FrameInterval(0, 1).rate()).isZero();
    }
}
