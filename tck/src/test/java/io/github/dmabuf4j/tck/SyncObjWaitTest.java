package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.LONG;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SHORT;
import static io.github.dmabuf4j.tck.Engine.NO_INDEX;
import static io.github.dmabuf4j.tck.Engine.WaitFlag.ALL;
import static io.github.dmabuf4j.tck.Engine.WaitFlag.AVAILABLE;
import static io.github.dmabuf4j.tck.Engine.WaitFlag.FOR_SUBMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.Event;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Point;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import io.github.dmabuf4j.tck.Engine.WaitResult;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of waiting for sync objects, and of their events. */
@Family("syncobj")
class SyncObjWaitTest {
    private static Point held(SyncObject object) {
        return new Point(object, 0);
    }

    /** An object whose fence is pending. */
    private static SyncObject pending(Engine engine, Timeline timeline, int value) {
        SyncObject object = engine.syncObject(false);
        object.importFile(timeline.fence(value), 0);
        return object;
    }

    @Test
    @DisplayName("waiting for nothing ends at once")
    void nothing(Engine engine) throws Exception {
        assertThat(engine.await(List.of(), Set.of(), NOW).done()).isTrue();
        assertThat(engine.await(List.of(), Set.of(ALL), LONG).done()).isTrue();
    }

    @Test
    @DisplayName("a wait for any tells the lowest index that is signalled")
    void any(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        List<Point> points = List.of(
                held(pending(engine, timeline, 1)), held(engine.syncObject(true)), held(engine.syncObject(true)));
        assertThat(engine.await(points, Set.of(), NOW)).isEqualTo(new WaitResult(true, 1));
        timeline.increment(1);
        assertThat(engine.await(points, Set.of(), LONG)).isEqualTo(new WaitResult(true, 0));
    }

    @Test
    @DisplayName("a wait for all tells the lowest index that was signalled at its start")
    void all(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        List<Point> points = List.of(held(pending(engine, timeline, 1)), held(engine.syncObject(true)));
        assertThat(engine.await(points, Set.of(ALL), NOW).done()).isFalse();
        FutureTask<Boolean> waiter = Case.start(
                () -> assertThat(engine.await(points, Set.of(ALL), LONG).done()).isTrue());
        timeline.increment(1);
        waiter.get();
        assertThat(engine.await(points, Set.of(ALL), NOW)).isEqualTo(new WaitResult(true, 0));
    }

    @Test
    @DisplayName("a wait for all of what comes later tells no index")
    void allLater(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(false);
        Event asleep = object.event(1, true);
        FutureTask<Boolean> waiter = Case.start(() -> {
            WaitResult result = engine.await(List.of(new Point(object, 1)), Set.of(ALL, FOR_SUBMIT), LONG);
            assertThat(result.done()).isTrue();
            assertThat(result.first()).as("0 if it came late").isIn(NO_INDEX, 0);
        });
        object.signalPoint(1);
        waiter.get();
        assertThat(asleep.count()).isEqualTo(1);
    }

    @Test
    @DisplayName("a wait that takes too long ends")
    void timeout(Engine engine) throws Exception {
        List<Point> points = List.of(held(pending(engine, engine.timeline("t"), 1)));
        assertThat(engine.await(points, Set.of(), NOW).done()).isFalse();
        assertThat(engine.await(points, Set.of(), SHORT).done()).isFalse();
        assertThat(engine.await(points, Set.of(ALL), SHORT).done()).isFalse();
    }

    @Test
    @DisplayName("an interrupt ends a wait")
    void interrupt(Engine engine) {
        List<Point> points = List.of(held(pending(engine, engine.timeline("t"), 1)));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> engine.await(points, Set.of(), LONG));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    @DisplayName("what is not there is refused with EINVAL unless the wait is for submission")
    void missing(Engine engine) throws Exception {
        List<Point> empty = List.of(held(engine.syncObject(false)));
        Case.refused(Errno.EINVAL, () -> engine.await(empty, Set.of(), LONG));
        SyncObject timeline = engine.syncObject(false);
        timeline.signalPoint(1);
        List<Point> future = List.of(new Point(timeline, 2));
        Case.refused(Errno.EINVAL, () -> engine.await(future, Set.of(), LONG));
        assertThat(engine.await(future, Set.of(FOR_SUBMIT), SHORT).done()).isFalse();
        assertThat(engine.await(future, Set.of(AVAILABLE), SHORT).done()).isFalse();
    }

    @Test
    @DisplayName("one missing point spoils the wait, also beside a signalled one")
    void oneMissing(Engine engine) {
        List<Point> points = List.of(held(engine.syncObject(true)), held(engine.syncObject(false)));
        Case.refused(Errno.EINVAL, () -> engine.await(points, Set.of(), LONG));
    }

    @Test
    @DisplayName("a wait for submission sees a fence that comes, and then waits for it")
    void forSubmit(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        FutureTask<Boolean> waiter =
                Case.start(() -> assertThat(engine.await(List.of(held(object)), Set.of(FOR_SUBMIT), LONG))
                        .isEqualTo(new WaitResult(true, 0)));
        object.importFile(timeline.fence(1), 0);
        timeline.increment(1);
        waiter.get();
    }

    @Test
    @DisplayName("a wait for availability ends when the point exists, signalled or not")
    void available(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(false);
        FutureTask<Boolean> waiter =
                Case.start(() -> assertThat(engine.await(List.of(new Point(object, 5)), Set.of(AVAILABLE), LONG)
                                .done())
                        .isTrue());
        object.importFile(engine.timeline("t").fence(1), 5);
        waiter.get();
        assertThat(object.query()).isZero();
    }

    @Test
    @DisplayName("a higher point makes a lower one available")
    void gap(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(false);
        object.signalPoint(10);
        assertThat(engine.await(List.of(new Point(object, 4)), Set.of(), NOW).done())
                .isTrue();
    }

    @Test
    @DisplayName("what is waited for is fixed when it is first seen: replacing does not change it")
    void fixed(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        SyncObject object = engine.syncObject(false);
        object.importFile(fence, 0);
        FutureTask<Boolean> waiter = Case.start(() -> {
            assertThat(engine.await(List.of(held(object)), Set.of(), LONG, 1_000)
                            .done())
                    .isTrue();
            assertThat(fence.status()).isEqualTo(Case.SIGNALED);
        });
        while (!hasDeadline(timeline, fence)) { // so the waiter has seen the fence
            Thread.onSpinWait();
        }
        object.signal();
        object.reset();
        timeline.increment(1);
        waiter.get();
    }

    private static boolean hasDeadline(Timeline timeline, FenceFile fence) {
        try {
            return timeline.deadline(fence) == 1_000;
        } catch (RefusedException none) {
            return false;
        }
    }

    @Test
    @DisplayName("a reset of an empty object does not end a wait for submission")
    void resetWhileWaiting(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(false);
        FutureTask<Boolean> waiter =
                Case.start(() -> assertThat(engine.await(List.of(held(object)), Set.of(FOR_SUBMIT), LONG)
                                .done())
                        .isTrue());
        object.reset();
        object.reset();
        object.signal();
        waiter.get();
    }

    @Test
    @DisplayName("errors of fences do not matter to a wait")
    void errors(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        List<Point> points = List.of(held(pending(engine, timeline, 1)));
        timeline.close();
        assertThat(engine.await(points, Set.of(), NOW)).isEqualTo(new WaitResult(true, 0));
    }

    @Test
    @DisplayName("a deadline reaches the fences that are there, not those that come later")
    void deadline(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile there = timeline.fence(1);
        FenceFile later = timeline.fence(2);
        SyncObject object = engine.syncObject(false);
        object.importFile(there, 0);
        SyncObject empty = engine.syncObject(false);
        List<Point> points = List.of(held(object), held(empty));
        assertThat(engine.await(points, Set.of(ALL, FOR_SUBMIT), SHORT, 1_000).done())
                .isFalse();
        empty.importFile(later, 0);
        assertThat(timeline.deadline(there)).isEqualTo(1_000);
        Case.refused(Errno.ENOENT, () -> timeline.deadline(later));
    }

    @Test
    @DisplayName("many waiters of a timeline each wake at their point")
    void manyWaiters(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        List<Case.Work> works = new java.util.ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Point point = new Point(object, i);
            works.add(() -> assertThat(engine.await(List.of(point), Set.of(FOR_SUBMIT), LONG)
                            .done())
                    .isTrue());
        }
        works.add(() -> {
            for (int i = 1; i <= 4; i++) {
                object.importFile(timeline.fence(i), i);
                timeline.increment(1);
            }
        });
        Case.inParallel(works);
    }

    @Test
    @DisplayName("an event fires once when its point is signalled")
    void event(Engine engine) {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        Event event = object.event(1, false);
        object.importFile(timeline.fence(1), 1);
        assertThat(event.count()).isZero();
        timeline.increment(1);
        assertThat(event.count()).isEqualTo(1);
        object.signalPoint(2);
        assertThat(event.count()).isEqualTo(1);
    }

    @Test
    @DisplayName("an event for availability fires when the point exists")
    void availableEvent(Engine engine) {
        SyncObject object = engine.syncObject(false);
        Event event = object.event(3, true);
        object.signalPoint(2);
        assertThat(event.count()).isZero();
        object.importFile(engine.timeline("t").fence(1), 3);
        assertThat(event.count()).isEqualTo(1);
    }

    @Test
    @DisplayName("an event for what is signalled fires at once; each registration fires for itself")
    void eventAtOnce(Engine engine) {
        SyncObject object = engine.syncObject(false);
        object.signalPoint(5);
        assertThat(object.event(4, false).count()).isEqualTo(1);
        assertThat(object.event(5, true).count()).isEqualTo(1);
        assertThat(object.event(0, false).count()).isEqualTo(1);
        Event first = object.event(6, false);
        Event second = object.event(6, false);
        object.signalPoint(6);
        assertThat(List.of(first.count(), second.count())).containsExactly(1, 1);
    }

    @Test
    @DisplayName("an event is not moved by a fence that replaces the one it found")
    void eventFixed(Engine engine) {
        Timeline timeline = engine.timeline("t");
        SyncObject object = pending(engine, timeline, 1);
        Event event = object.event(0, false);
        object.signal();
        assertThat(event.count()).isZero();
        timeline.increment(1);
        assertThat(event.count()).isEqualTo(1);
    }
}
