package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaExporter;
import io.github.dmabuf4j.buffer.ImporterCallbacks;
import io.github.dmabuf4j.machine.MachineDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A frame from a camera to a graphics card with memory of its own. */
final class PeerToPeer {
    /** Memory of a device, exported: it has an address and no pages. */
    private record DeviceMemory(SgEntry.Resource memory) implements DmaExporter {
        @Override
        public String name() {
            return "graphics";
        }

        @Override
        public long size() {
            return memory.length();
        }

        @Override
        public @Nullable Pages pages() {
            return null;
        }

        @Override
        public SgTable table() {
            return SgTable.builder(Long.MAX_VALUE, Experiments.SIZE).add(memory).build();
        }

        @Override
        public void release(boolean shared) {}
    }

    private PeerToPeer() {}

    static long run(Scene scene) throws IOException, InterruptedException {
        MachineDevice graphics = scene.device("graphics");
        MachineDevice camera = scene.device("camera").reachPeers();
        byte[] picture = Scene.pattern(Experiments.SIZE, 1);
        try (DmaBuf target = DmaBuf.export(new DeviceMemory(graphics.addMemory(Experiments.SIZE)))) {
            if (scene.cured()) {
                DmaDirection write = DmaDirection.FROM_DEVICE;
                DmaDirection read = DmaDirection.TO_DEVICE;
                try (DmaAttachment from = target.attach(camera, new ImporterCallbacks(true, null));
                        DmaAttachment to = target.attach(graphics, new ImporterCallbacks(true, null))) {
                    DmaTable written = from.map(write);
                    camera.write(written, 0, picture);
                    from.unmap(written, write);
                    DmaTable shown = to.map(read);
                    byte[] arrived = graphics.read(shown, 0, Experiments.SIZE);
                    to.unmap(shown, read);
                    return Arrays.equals(arrived, picture) ? Experiment.RIGHT : 0;
                }
            }
            DmaBuf frame = scene.buffer(Experiments.SIZE);
            Experiments.deviceWrites(camera, frame, DmaDirection.FROM_DEVICE, picture);
            scene.machine().run(Experiments.A_WHILE);
            return scene.look(graphics, frame, picture);
        }
    }
}
