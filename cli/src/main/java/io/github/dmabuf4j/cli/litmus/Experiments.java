package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.machine.MachineDevice;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** All experiments, in the order in which they are best understood. */
final class Experiments {
    static final int SIZE = 4096;
    /** Memory is given out from its beginning, so that the next owner has a part of it, whatever the heap. */
    private static final int SECRET = 2 * SIZE;
    /** Steps in which the cache may do what it likes. */
    static final int A_WHILE = 300;

    static final List<Experiment> ALL = List.of(
            new Experiment(
                    "uncached-allocation",
                    "A page zeroed through the cache and handed out uncached has dirty lines: they are written back later,"
                            + " over what a device has stored since.",
                    "nothing is cleaned",
                    "cleaned when it becomes uncached",
                    Caching.UNCACHED,
                    Scope.EVERY,
                    Mistakes::nothing,
                    Experiments::uncachedAllocation),
            new Experiment(
                    "old-data",
                    "The zeros of a fresh page are still in the cache, so that its uncached mapping shows what the page"
                            + " held before: somebody else's data.",
                    "nothing is cleaned",
                    "cleaned when it becomes uncached",
                    Caching.UNCACHED,
                    Scope.EVERY,
                    Mistakes::nothing,
                    Experiments::oldData),
            new Experiment(
                    "one-line-too-few",
                    "Maintenance that ends one line early is as bad as none, only rarer.",
                    "all but the last line",
                    "every line",
                    Caching.UNCACHED,
                    Scope.EVERY,
                    Mistakes::oneLineTooFew,
                    Experiments::uncachedAllocation),
            new Experiment(
                    "pool-reuse",
                    "A page that was cleaned once and kept clean needs nothing when it is used again; one that was not"
                            + " haunts its second owner, too.",
                    "nothing is cleaned",
                    "cleaned once, and never again",
                    Caching.UNCACHED,
                    Scope.KEPT,
                    Mistakes::nothing,
                    Experiments::poolReuse),
            new Experiment(
                    "zero-wrong-alias",
                    "A freed page of an uncached pool, zeroed through the kernel's cached mapping, is dirty again when it"
                            + " is handed out.",
                    "zeroed through the cache",
                    "zeroed as it is mapped",
                    Caching.UNCACHED,
                    Scope.KEPT,
                    Mistakes::zeroThroughTheCache,
                    Experiments::poolReuse),
            new Experiment(
                    "stale-lines",
                    "Lines that the CPU loaded before hide what a device writes.",
                    "nothing is invalidated",
                    "invalidated around the device's work",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::nothing,
                    Experiments::staleLines),
            new Experiment(
                    "speculative-fill",
                    "Invalidating before the device writes is not enough: the CPU fetches lines meanwhile that nobody asked"
                            + " for.",
                    "invalidated before",
                    "invalidated before and after",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::invalidateOnce,
                    Experiments::speculativeFill),
            new Experiment(
                    "missing-begin",
                    "While a buffer is mapped for a device, the CPU reads what the cache remembers, unless it says that it"
                            + " begins.",
                    "no beginCpuAccess",
                    "beginCpuAccess before reading",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::ofTheProgram,
                    Experiments::missingBegin),
            new Experiment(
                    "missing-end",
                    "While a buffer is mapped for a device, what the CPU writes stays in the cache, unless it says that it"
                            + " has ended.",
                    "no CpuAccess.close",
                    "CpuAccess.close after writing",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::ofTheProgram,
                    Experiments::missingEnd),
            new Experiment(
                    "wrong-direction",
                    "A buffer mapped TO_DEVICE is cleaned but not invalidated: what the device writes into it all the same"
                            + " is hidden.",
                    "mapped TO_DEVICE",
                    "mapped FROM_DEVICE",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::ofTheProgram,
                    Experiments::wrongDirection),
            new Experiment(
                    "shared-line",
                    "Two buffers in one line: what the CPU writes into one goes back over what the device wrote into the"
                            + " other. No maintenance helps; only distance does.",
                    "buffers 32 bytes apart",
                    "buffers a line apart",
                    Caching.CACHED,
                    Scope.MAPPED,
                    Mistakes::ofTheProgram,
                    Experiments::sharedLine),
            new Experiment(
                    "peer-to-peer",
                    "From device to device by a bare address no cache is involved, so that nothing can go wrong there;"
                            + " the way round through memory has all its traps.",
                    "through memory, not maintained",
                    "device to device",
                    Caching.CACHED,
                    Scope.EVERY,
                    Mistakes::nothing,
                    PeerToPeer::run),
            new Experiment(
                    "write-combined",
                    "Stores through a write-combined mapping wait in the processor, and a device that starts too early"
                            + " reads what was there before.",
                    "store buffer not drained",
                    "drained before the device starts",
                    Caching.WRITE_COMBINED,
                    Scope.MAPPED,
                    Mistakes::nothing,
                    Experiments::writeCombined));

    private Experiments() {}

    private static long uncachedAllocation(Scene scene) throws IOException, InterruptedException {
        return deviceWritesCpuReads(scene, scene.buffer(SIZE));
    }

    /** A device writes; after a while somebody reads. */
    private static long deviceWritesCpuReads(Scene scene, DmaBuf frame) throws IOException, InterruptedException {
        byte[] picture = Scene.pattern((int) frame.size(), 1);
        scene.machine().note("the camera writes a frame");
        deviceWrites(scene.device("camera"), frame, DmaDirection.FROM_DEVICE, picture);
        scene.machine().run(A_WHILE);
        return scene.look(frame, picture);
    }

    private static long oldData(Scene scene) throws IOException, InterruptedException {
        scene.machine().note("somebody writes a secret, and ends");
        try (Pages secret = scene.machine().backing().give(SECRET, "secret")) {
            scene.machine().cpu(0).store(secret, 0, filled(SECRET, 0x5e));
            // Long ago: by now all of it is in memory.
            scene.machine().maintenance().becomeUncached(secret);
        }
        DmaBuf fresh = scene.buffer(SIZE);
        scene.machine().note("the next owner has a page that must be zero");
        return scene.look(fresh, new byte[SIZE]);
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static long poolReuse(Scene scene) throws IOException, InterruptedException {
        scene.machine().note("a first owner writes, and ends");
        DmaBuf first = scene.buffer(SIZE);
        scene.use(first, Scene.pattern(SIZE, 2));
        scene.giveBack(first);
        DmaBuf second = scene.buffer(SIZE);
        scene.machine().note("the second owner has a page that must be zero");
        long wrong = scene.look(second, new byte[SIZE]);
        return wrong != Experiment.RIGHT ? wrong : deviceWritesCpuReads(scene, second);
    }

    private static long staleLines(Scene scene) throws IOException, InterruptedException {
        DmaBuf frame = scene.buffer(SIZE);
        scene.machine().note("the CPU reads the frame before");
        Scene.read(frame);
        return deviceWritesCpuReads(scene, frame);
    }

    private static long speculativeFill(Scene scene) throws IOException, InterruptedException {
        return deviceWritesCpuReads(scene, scene.buffer(SIZE));
    }

    private static long missingBegin(Scene scene) throws IOException, InterruptedException {
        MachineDevice camera = scene.device("camera");
        DmaBuf frame = scene.buffer(SIZE);
        try (DmaAttachment attachment = frame.attach(camera)) {
            DmaTable table = attachment.map(DmaDirection.FROM_DEVICE);
            camera.write(table, 0, Scene.pattern(SIZE, 1));
            Scene.read(frame);
            scene.machine().note("the camera writes the next frame");
            byte[] next = Scene.pattern(SIZE, 2);
            camera.write(table, 0, next);
            byte[] found =
                    scene.cured() ? Scene.read(frame) : scene.machine().cpu(0).load(frame.pages(), 0, SIZE);
            long wrong = scene.firstWrong(frame.pages(), found, next);
            attachment.unmap(table, DmaDirection.FROM_DEVICE);
            return wrong;
        }
    }

    private static long missingEnd(Scene scene) throws IOException, InterruptedException {
        MachineDevice display = scene.device("display");
        DmaBuf frame = scene.buffer(SIZE);
        try (DmaAttachment attachment = frame.attach(display)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            byte[] picture = Scene.pattern(SIZE, 1);
            scene.machine().note("the CPU draws");
            if (scene.cured()) {
                Scene.write(frame, picture);
            } else {
                scene.machine().cpu(0).store(frame.pages(), 0, picture);
            }
            scene.machine().note("the display shows it");
            long wrong = scene.firstWrong(frame.pages(), display.read(table, 0, SIZE), picture);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            return wrong;
        }
    }

    private static long wrongDirection(Scene scene) throws IOException, InterruptedException {
        byte[] picture = Scene.pattern(SIZE, 1);
        DmaDirection direction = scene.cured() ? DmaDirection.FROM_DEVICE : DmaDirection.TO_DEVICE;
        DmaBuf frame = scene.buffer(SIZE);
        deviceWrites(scene.device("camera"), frame, direction, picture);
        return scene.look(frame, picture);
    }

    /** Sixteen small messages for a device to fill, and a counter of the CPU's beside each of them. */
    private static long sharedLine(Scene scene) throws IOException, InterruptedException {
        MachineDevice radio = scene.device("radio");
        int distance = scene.cured() ? scene.machine().config().lineSize() : 32;
        DmaBuf ring = scene.buffer(SIZE);
        try (DmaAttachment attachment = ring.attach(radio)) {
            DmaTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
            Pages pages = ring.pages();
            long wrong = Experiment.RIGHT;
            for (int message = 0; message < 16 && wrong == Experiment.RIGHT; message++) {
                int at = message * 128;
                byte[] words = Scene.pattern(32, message);
                scene.machine().cpu(0).store(pages, at + distance, (byte) message);
                radio.write(table, at, words);
                scene.machine().run(20);
                scene.maintenance().flush(pages, at, 32);
                wrong = scene.firstWrong(
                        pages.slice(at, 32), scene.machine().cpu(0).load(pages, at, 32), words);
            }
            attachment.unmap(table, DmaDirection.BIDIRECTIONAL);
            return wrong;
        }
    }

    private static long writeCombined(Scene scene) throws IOException, InterruptedException {
        MachineDevice display = scene.device("display");
        byte[] picture = Scene.pattern(SIZE, 1);
        DmaBuf frame = scene.buffer(SIZE);
        scene.machine().note("the CPU draws");
        Scene.write(frame, picture);
        scene.machine().note("the display shows it");
        return scene.firstWrong(frame.pages(), deviceReads(display, frame, SIZE), picture);
    }

    /** Maps a buffer for a device, which writes it. */
    static void deviceWrites(MachineDevice device, DmaBuf buffer, DmaDirection direction, byte[] bytes)
            throws IOException, InterruptedException {
        try (DmaAttachment attachment = buffer.attach(device)) {
            DmaTable table = attachment.map(direction);
            device.write(table, 0, bytes);
            attachment.unmap(table, direction);
        }
    }

    /** Maps a buffer for a device, which reads it. */
    static byte[] deviceReads(MachineDevice device, DmaBuf buffer, int length)
            throws IOException, InterruptedException {
        try (DmaAttachment attachment = buffer.attach(device)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            byte[] bytes = device.read(table, 0, length);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            return bytes;
        }
    }
}
