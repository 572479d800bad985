package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;

/** The machine's own instructions on its cache. */
final class MachineMaintenance implements CacheMaintenance {
    private final Machine machine;

    MachineMaintenance(Machine machine) {
        this.machine = machine;
    }

    @Override
    public void clean(Pages pages, long offset, long length) {
        MachinePages.of(machine, pages).walk(offset, length, (at, part, done) -> machine.system.clean(at, part));
    }

    @Override
    public void invalidate(Pages pages, long offset, long length) {
        MachinePages.of(machine, pages).walk(offset, length, (at, part, done) -> machine.system.invalidate(at, part));
    }

    @Override
    public void flush(Pages pages, long offset, long length) {
        MachinePages.of(machine, pages).walk(offset, length, (at, part, done) -> machine.system.flush(at, part));
    }

    @Override
    public void drain() {
        machine.system.drainAll();
    }

    @Override
    public String toString() {
        return "maintenance of the machine's cache";
    }
}
