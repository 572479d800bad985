package io.github.dmabuf4j.cli.video;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.Plane;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes bare pictures, one after the other, plane after plane and row after row without what the device puts between them. Used by
 * one thread.
 */
public final class RawWriter {
    private final WritableByteChannel channel;
    private final ImageLayout layout;
    private final ByteBuffer packed;

    /**
     * Makes a writer.
     *
     * @param channel where to; stays the caller's
     * @param layout how pictures lie in memory
     */
    public RawWriter(WritableByteChannel channel, ImageLayout layout) {
        this.channel = channel;
        this.layout = layout;
        long size = 0;
        for (int plane = 0; plane < layout.planes().size(); plane++) {
            size += rowBytes(plane) * layout.planes().get(plane).rows();
        }
        packed = ByteBuffer.allocateDirect(Math.toIntExact(size));
    }

    /**
     * Writes a picture.
     *
     * @param picture the picture, from the start of the segment on
     * @throws IOException if it cannot be written
     */
    public void write(MemorySegment picture) throws IOException {
        MemorySegment target = MemorySegment.ofBuffer(packed.clear());
        long to = 0;
        for (int i = 0; i < layout.planes().size(); i++) {
            Plane plane = layout.planes().get(i);
            long bytes = rowBytes(i);
            for (int row = 0; row < plane.rows(); row++) {
                long from = plane.offset() + (long) row * plane.stride();
                MemorySegment.copy(picture, from, target, to, bytes);
                to += bytes;
            }
        }
        while (packed.hasRemaining()) {
            channel.write(packed);
        }
    }

    private long rowBytes(int plane) {
        return PixelFormat.of(layout.fourcc())
                .map(format -> format.rowBytes(plane, layout.width()))
                .orElse((long) layout.planes().get(plane).stride());
    }
}
