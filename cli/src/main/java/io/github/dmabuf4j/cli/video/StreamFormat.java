package io.github.dmabuf4j.cli.video;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;

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
     * The video's format at the receiving end.
     *
     * @param layout how a frame lies in a buffer
     * @param description what the sender says about it: foreign text
     * @return the format, with the sender's header if that says the same as the layout
     * @throws VideoException if this command cannot handle such frames
     */
    public static VideoFormat of(ImageLayout layout, String description) throws VideoException {
        PixelFormat pixels = PixelFormat.of(layout.fourcc()).orElse(null);
        Chroma chroma = switch (pixels) {
            case YUV420 -> Chroma.YUV420;
            case YUV422 -> Chroma.YUV422;
            case YUV444 -> Chroma.YUV444;
            case R8 -> Chroma.MONO;
            case null, default ->
                throw new VideoException(
                        "the stream's pixel format cannot be written as y4m: 4:2:0, 4:2:2, 4:4:4 and mono can");
        };
        if (!layout.equals(layout(VideoFormat.of(layout.width(), layout.height(), chroma, 0, 0)))) {
            throw new VideoException("the stream's pictures are padded or tiled, which y4m does not know");
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
