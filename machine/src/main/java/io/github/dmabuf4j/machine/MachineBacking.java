package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.Room;
import java.io.IOException;
import java.util.List;

/**
 * A machine's memory as heaps see it: physically contiguous runs, mapped in any way, joined at will.
 *
 * <p>Pages are zeroed by the processor before they are given out, through the cached mapping, so that dirty lines stay
 * behind. What must be done about them before a run is used uncached is the business of whoever maps it so.
 */
public final class MachineBacking implements PageBacking {
    private final Machine machine;

    MachineBacking(Machine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "machine";
    }

    @Override
    public long pageSize() {
        return machine.pageSize();
    }

    @Override
    public long capacity() {
        return (long) machine.config().frames() * pageSize();
    }

    @Override
    public Room room() {
        return machine.frames.room();
    }

    @Override
    public Pages give(long size, String label) throws IOException {
        long count = roundUp(size) / pageSize();
        int[] run = machine.frames.take((int) Math.min(count, Integer.MAX_VALUE));
        MachinePages pages = MachinePages.owning(machine, run, label);
        pages.zero();
        return pages;
    }

    @Override
    public boolean offers(Caching caching) {
        return true;
    }

    @Override
    public Pages remap(Pages run, Caching caching) {
        return MachinePages.of(machine, run).remapped(caching);
    }

    @Override
    public boolean joins() {
        return true;
    }

    @Override
    public Pages join(List<Pages> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to join");
        }
        return MachinePages.joined(
                machine, runs.stream().map(run -> MachinePages.of(machine, run)).toList());
    }

    @Override
    public CacheMaintenance maintenance() {
        return machine.maintenance();
    }
}
