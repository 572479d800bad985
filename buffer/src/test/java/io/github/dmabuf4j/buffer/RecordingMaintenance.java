package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import java.util.ArrayList;
import java.util.List;

/** Does nothing to caches and remembers what it was asked, as {@code clean run+offset:length}. */
final class RecordingMaintenance implements CacheMaintenance {
    private final List<String> calls = new ArrayList<>();
    private final List<Pages> runs = new ArrayList<>();

    /** What was asked since the last time. */
    synchronized List<String> calls() {
        List<String> done = List.copyOf(calls);
        calls.clear();
        return done;
    }

    private synchronized void record(String what, Pages pages, long offset, long length) {
        if (!runs.contains(pages)) {
            runs.add(pages);
        }
        calls.add(what + " " + runs.indexOf(pages) + "+" + offset + ":" + length);
    }

    @Override
    public void clean(Pages pages, long offset, long length) {
        record("clean", pages, offset, length);
    }

    @Override
    public void invalidate(Pages pages, long offset, long length) {
        record("invalidate", pages, offset, length);
    }

    @Override
    public void flush(Pages pages, long offset, long length) {
        record("flush", pages, offset, length);
    }

    @Override
    public synchronized void drain() {
        calls.add("drain");
    }
}
