package io.github.dmabuf4j.cli.video;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import java.util.Optional;

/**
 * A video's format on its way through a queue: the layout says how the planes lie, the description is the y4m header, so
 * that the other end can write the stream again byte for byte.
 */
public final class StreamFormat {
    private StreamFormat() {}

    /**
     * How the frames of a video lie in a buffer.
     *
     * @param format the video's format
     * @return planes without padding, one behind the other
     */
    public static ImageLayout layout(VideoFormat format) {
        PixelFormat pixels = switch (format.chroma()) {
            case YUV420 -> PixelFormat.YUV420;
            case YUV422 -> PixelFormat.YUV422;
            case YUV444 -> PixelFormat.YUV444;
            case MONO -> PixelFormat.R8;
        };
        return ImageLayout.packed(pixels, format.width(), format.height());
    }

    /**
     * A layout in a few words.
     *
     * @param layout how a frame lies in a buffer
     * @return such as {@code 1920x1080 4:2:0} or {@code 640x480 YUYV}
     */
    public static String title(ImageLayout layout) {
        String size = layout.width() + "x" + layout.height() + " ";
        return size + chroma(layout).map(Chroma::title).orElse(Fourcc.name(layout.fourcc()));
    }

    /**
     * The y4m header of a stream that begins here and not in a file.
     *
     * @param layout how a frame lies in a buffer
     * @param rateNumerator frames in {@code rateDenominator} seconds
     * @param rateDenominator see {@code rateNumerator}; 0 when unknown
     * @return the header, empty if y4m cannot carry such frames
     */
    public static Optional<String> header(ImageLayout layout, int rateNumerator, int rateDenominator) {
        int numerator = rateDenominator > 0 && rateNumerator > 0 ? rateNumerator : 0;
        int denominator = numerator > 0 ? rateDenominator : 1;
        return chroma(layout)
                .map(chroma -> VideoFormat.of(layout.width(), layout.height(), chroma, numerator, denominator))
                .filter(format -> layout(format).equals(layout))
                .map(VideoFormat::header);
    }

    /**
     * The sampling of a layout.
     *
     * @param layout how a frame lies in a buffer
     * @return the sampling, empty if this is no picture of separate planes
     */
    static Optional<Chroma> chroma(ImageLayout layout) {
        return switch (PixelFormat.of(layout.fourcc()).orElse(null)) {
            case YUV420 -> Optional.of(Chroma.YUV420);
            case YUV422 -> Optional.of(Chroma.YUV422);
            case YUV444 -> Optional.of(Chroma.YUV444);
            case R8 -> Optional.of(Chroma.MONO);
            case null, default -> Optional.empty();
        };
    }

    /**
     * The video's format at the receiving end.
     *
     * @param layout how a frame lies in a buffer
     * @param description what the sender says about it: foreign text
     * @return the format, with the sender's header if that says the same as the layout
     * @throws VideoException if this command cannot handle such frames
     */
    public static VideoFormat of(ImageLayout layout, String description) throws VideoException {
        Chroma chroma = chroma(layout)
                .orElseThrow(() -> new VideoException("the stream's pixel format "
                        + Fourcc.name(layout.fourcc())
                        + " cannot be written as y4m: 4:2:0, 4:2:2, 4:4:4 and mono can; receive --raw writes any"));
        if (!layout.equals(layout(VideoFormat.of(layout.width(), layout.height(), chroma, 0, 0)))) {
            throw new VideoException(
                    "the stream's pictures are padded or tiled, which y4m does not know; receive --raw writes"
                            + " them");
        }
        if (description.startsWith(Y4mHeader.MAGIC) && description.indexOf('\n') < 0) {
            VideoFormat said = Y4mHeader.parse(description);
            if (said.width() == layout.width() && said.height() == layout.height() && said.chroma() == chroma) {
                return said;
            }
        }
        return VideoFormat.of(layout.width(), layout.height(), chroma, 0, 1);
    }
}
