package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.machine.LineState;
import io.github.dmabuf4j.machine.Machine;
import io.github.dmabuf4j.machine.MachineEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that happened to one line, and its first byte afterwards.
 *
 * @param event what happened
 * @param inCache whether the line is in the cache now
 * @param dirty whether it is dirty there
 * @param cached the byte in the cache, or -1
 * @param memory the byte in memory
 */
record Moment(MachineEvent event, boolean inCache, boolean dirty, int cached, int memory) {
    /** Runs an experiment and keeps what happened to one line until the program looked for a number of times. */
    static List<Moment> record(Scene scene, long line, int looks) {
        Machine machine = scene.machine();
        int size = machine.config().lineSize();
        List<Moment> moments = new ArrayList<>();
        machine.watch(event -> {
            if (event.address() >= 0 && event.address() / size == line / size) {
                moments.add(new Moment(
                        event,
                        machine.cached(line) >= 0,
                        machine.lineState(line) == LineState.DIRTY,
                        machine.cached(line),
                        machine.memory(line)));
            }
        });
        AtomicInteger judged = new AtomicInteger();
        scene.whenJudged(() -> {
            if (scene.looks() <= looks) {
                judged.set(moments.size());
            }
        });
        Litmus.run(scene);
        machine.watch(null);
        // What comes behind is how the program goes on, and ends.
        return moments.subList(0, judged.get());
    }
}
