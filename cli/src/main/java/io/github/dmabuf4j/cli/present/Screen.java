package io.github.dmabuf4j.cli.present;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.kms.Connector;
import io.github.dmabuf4j.linux.kms.DisplayMode;
import io.github.dmabuf4j.linux.kms.Flip;
import io.github.dmabuf4j.linux.kms.FrameBuffer;
import io.github.dmabuf4j.linux.kms.KmsDevice;
import io.github.dmabuf4j.linux.kms.KmsOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A display that shows pictures of one kind, without a copy where it can. Used by one thread. */
public final class Screen implements AutoCloseable {
    private static final int OWN_BUFFERS = 2;

    private final KmsDevice device;
    private final KmsOutput output;
    private final ImageLayout layout;
    private final @Nullable String why;
    // By the inode of the buffer; empty for one that the display did not take in.
    private final Map<Long, Optional<FrameBuffer>> takenIn = new HashMap<>();
    private final List<OwnBuffer> own = new ArrayList<>();
    private @Nullable ScreenCopy copy;
    private @Nullable String refusal;
    private long shown;
    private long shownAsTheyAre;
    private long bytesCopied;

    /** A buffer of the display. */
    private record OwnBuffer(FrameBuffer picture, KernelPages pages, int stride) {}

    /**
     * Opens a display.
     *
     * @param node the node of its card
     * @param connector the name of the connector; null for the first that has a display
     * @param mode the size, with or without a refresh rate; null for that of the pictures, or the one the display likes best
     * @param layout how the pictures lie in their buffers
     * @throws IOException if there is no such display or mode, or another program has it; one sentence
     */
    public Screen(Path node, @Nullable String connector, @Nullable String mode, ImageLayout layout) throws IOException {
        this.layout = layout;
        device = KmsDevice.open(node);
        try {
            Connector display = connector(connector);
            output = KmsOutput.open(device, display, mode(display, mode));
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
        DisplayMode set = output.mode();
        if (!output.plane().takes(layout.fourcc(), layout.modifier())) {
            why = "the display does not show " + Fourcc.name(layout.fourcc());
        } else if (layout.width() != set.width() || layout.height() != set.height()) {
            why = "the display has " + set.width() + "x" + set.height() + " pixels";
        } else {
            why = null;
        }
    }

    private Connector connector(@Nullable String name) throws IOException {
        List<Connector> displays =
                device.connectors().stream().filter(each -> !each.writesBack()).toList();
        return displays.stream()
                .filter(each -> name == null
                        ? each.state() == Connector.State.CONNECTED
                                && each.preferredMode().isPresent()
                        : each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        (name == null ? "no display is connected to " + device : device + " has no connector " + name)
                                + "; it has " + (displays.isEmpty() ? "none" : displays)));
    }

    private DisplayMode mode(Connector display, @Nullable String words) throws IOException {
        Optional<DisplayMode> found = words == null
                ? display.mode(layout.width() + "x" + layout.height()).or(display::preferredMode)
                : display.mode(words);
        return found.orElseThrow(() -> new IOException(display.name() + " has no mode "
                + (words == null ? "" : words + "; it has ")
                + display.modes().stream().map(DisplayMode::toString).distinct().collect(Collectors.joining(", "))));
    }

    /**
     * Shows a picture. When it returns the picture is on the screen, and the one before is not any more.
     *
     * @param buffer the buffer
     * @param picture its memory
     * @return true if the screen shows the buffer itself, which must stay as it is until another is shown; false if it has a copy
     * @throws IOException if the display is gone, or another program has it
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean show(DmaBuf buffer, MemorySegment picture) throws IOException, InterruptedException {
        FrameBuffer itself = takeIn(buffer);
        put(itself != null ? itself : copy(picture));
        shown++;
        if (itself != null) {
            shownAsTheyAre++;
        }
        return itself != null;
    }

    /**
     * Shows a picture that this program makes itself.
     *
     * @param buffer the buffer, of which nobody writes meanwhile
     * @return as {@link #show(DmaBuf, MemorySegment)}
     * @throws IOException as there
     * @throws InterruptedException as there
     */
    public boolean show(DmaBuf buffer) throws IOException, InterruptedException {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            return show(buffer, access.segment());
        }
    }

    private void put(FrameBuffer picture) throws IOException, InterruptedException {
        Flip flip = output.show(picture);
        if (!flip.shown().await(KmsOutput.PATIENCE)) {
            throw new IOException(output + " did not show a picture within " + KmsOutput.PATIENCE.toSeconds() + " s");
        }
        if (flip.shown().error() != null) {
            throw new IOException(
                    output + " did not show a picture: " + flip.shown().error());
        }
    }

    private @Nullable FrameBuffer takeIn(DmaBuf buffer) {
        if (why != null || !(buffer.pages() instanceof KernelPages pages)) {
            return null;
        }
        return takenIn.computeIfAbsent(pages.dmaBuf().inode(), _ -> Optional.ofNullable(tryIn(pages.dmaBuf())))
                .orElse(null);
    }

    private @Nullable FrameBuffer tryIn(KernelDmaBuf buffer) {
        try (GemBuffer handle = device.drm().importBuffer(buffer)) {
            return FrameBuffer.of(device, layout, List.of(handle));
        } catch (SystemCallException e) {
            refusal = "the display does not take buffers of others in (" + e.call() + ": " + e.errno() + ")";
            return null;
        }
    }

    private FrameBuffer copy(MemorySegment picture) throws IOException {
        if (copy == null) {
            copy = new ScreenCopy(layout, output.mode().width(), output.mode().height());
            for (int i = 0; i < OWN_BUFFERS; i++) {
                own.add(ownBuffer());
            }
        }
        OwnBuffer next = own.get((int) (shown % OWN_BUFFERS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment screen = next.pages.lease(arena, true);
            bytesCopied += copy.copy(picture, screen, next.stride);
            next.pages.settle(screen, true);
        }
        return next.picture;
    }

    private OwnBuffer ownBuffer() throws IOException {
        int width = output.mode().width();
        int height = output.mode().height();
        try (GemBuffer buffer = device.drm().createDumbBuffer(width, height, 32);
                KernelDmaBuf memory = buffer.export()) {
            ImageLayout whole = new ImageLayout(
                    width,
                    height,
                    PixelFormat.XRGB8888.fourcc(),
                    Modifier.LINEAR,
                    List.of(new Plane(0, 0, buffer.stride(), height)));
            FrameBuffer picture = FrameBuffer.of(device, whole, List.of(buffer));
            try {
                return new OwnBuffer(picture, memory.map(true), buffer.stride());
            } catch (IOException | RuntimeException e) {
                picture.close();
                throw e;
            }
        }
    }

    /**
     * Where the pictures are shown.
     *
     * @return such as {@code HDMI-A-1 at 1920x1080@60}
     */
    public String title() {
        return output.toString();
    }

    /**
     * How many pictures were shown.
     *
     * @return the number
     */
    public long shown() {
        return shown;
    }

    /**
     * How many of them were not copied.
     *
     * @return the number
     */
    public long shownAsTheyAre() {
        return shownAsTheyAre;
    }

    /**
     * How much was copied into buffers of the display.
     *
     * @return bytes
     */
    public long bytesCopied() {
        return bytesCopied;
    }

    /**
     * Whether colours were turned into those of the screen.
     *
     * @return true if video was converted
     */
    public boolean converted() {
        return copy != null && copy.converts();
    }

    /**
     * Why pictures were copied.
     *
     * @return a few words; empty if none was
     */
    public String why() {
        if (copy == null) {
            return "";
        }
        if (why != null) {
            return why;
        }
        return refusal != null ? refusal : "the buffers are memory files; send with --heap udmabuf or dma-heap";
    }

    /** Makes the screen dark: nobody reads the last picture any more. Idempotent; nothing can be shown behind it. */
    public void dark() {
        output.close();
    }

    /** Makes the screen dark and gives the display back. */
    @Override
    public void close() {
        output.close();
        takenIn.values().forEach(each -> each.ifPresent(FrameBuffer::close));
        for (OwnBuffer each : own) {
            each.picture.close();
            each.pages.close();
        }
        device.close();
    }
}
