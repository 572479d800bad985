package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.buffer.testing.HeapContract;
import io.github.dmabuf4j.memory.PageBacking;

class MachineHeapsTest extends HeapContract {
    private static final int FRAMES = 1024;

    private Machine machine = newMachine();

    private static Machine newMachine() {
        return new Machine(MachineConfig.small(1).withFrames(FRAMES));
    }

    @Override
    protected PageBacking freshBacking() {
        machine = newMachine();
        return machine.backing();
    }

    @Override
    protected long outBytes() {
        return (long) (FRAMES - machine.freePages()) * machine.backing().pageSize();
    }

    @Override
    protected int runs() {
        return 12;
    }

    @Override
    protected int operations() {
        return 150;
    }
}
