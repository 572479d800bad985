package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Point;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of sync objects: what they hold, points, queries, transfer, sync files. */
@Family("syncobj")
class SyncObjTest {
    @Test
    @DisplayName("an object begins without a fence, or with a signalled one")
    void create(Engine engine) {
        Case.refused(Errno.EINVAL, () -> engine.syncObject(false).exportFile(0));
        assertThat(engine.syncObject(true).exportFile(0).status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("an object created signalled is stamped with that time")
    void createdNow(Engine engine) {
        long before = System.nanoTime();
        FenceFile file = engine.syncObject(true).exportFile(0);
        assertThat(file.info().fences().getFirst().timestampNanos()).isBetween(before, System.nanoTime());
    }

    @Test
    @DisplayName("reset takes the fence out; what was exported stays")
    void reset(Engine engine) {
        SyncObject object = engine.syncObject(true);
        FenceFile file = object.exportFile(0);
        object.reset();
        Case.refused(Errno.EINVAL, () -> object.exportFile(0));
        assertThat(file.status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("signal replaces the fence by a new signalled one; the old one is untouched")
    void signal(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(false);
        FenceFile pending = engine.timeline("t").fence(1);
        object.importFile(pending, 0);
        object.signal();
        assertThat(object.exportFile(0).poll(NOW)).isTrue();
        assertThat(pending.poll(NOW)).isFalse();
    }

    @Test
    @DisplayName("importing at point 0 replaces the fence")
    void importReplaces(Engine engine) throws Exception {
        SyncObject object = engine.syncObject(true);
        object.importFile(engine.timeline("t").fence(1), 0);
        assertThat(object.exportFile(0).poll(NOW)).isFalse();
        assertThat(object.query()).as("no timeline").isZero();
        assertThat(object.lastSubmitted()).isZero();
    }

    @Test
    @DisplayName("an exported file is a snapshot")
    void snapshot(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        object.importFile(timeline.fence(1), 0);
        FenceFile file = object.exportFile(0);
        object.signal();
        assertThat(file.poll(NOW)).isFalse();
        timeline.increment(1);
        assertThat(file.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("exporting a point that was not added is refused with EINVAL")
    void missingPoint(Engine engine) {
        SyncObject object = engine.syncObject(false);
        object.signalPoint(3);
        Case.refused(Errno.EINVAL, () -> object.exportFile(4));
        assertThat(object.exportFile(2).status()).isEqualTo(SIGNALED);
        SyncObject binary = engine.syncObject(true);
        Case.refused(Errno.EINVAL, () -> binary.exportFile(1));
    }

    @Test
    @DisplayName("a query answers the point up to which all is signalled")
    void query(Engine engine) {
        SyncObject object = engine.syncObject(false);
        Timeline[] timelines = new Timeline[4];
        for (int i = 0; i < 4; i++) {
            timelines[i] = engine.timeline("t" + i);
            object.importFile(timelines[i].fence(1), i + 1);
        }
        timelines[2].increment(1);
        assertThat(object.query()).isZero();
        timelines[0].increment(1);
        assertThat(object.query()).isEqualTo(1);
        timelines[1].increment(1);
        assertThat(object.query()).isEqualTo(3);
        timelines[3].increment(1);
        assertThat(object.query()).isEqualTo(4);
        assertThat(object.lastSubmitted()).isEqualTo(4);
    }

    @Test
    @DisplayName("a query of what is no timeline answers 0")
    void queryBinary(Engine engine) {
        assertThat(engine.syncObject(false).query()).isZero();
        assertThat(engine.syncObject(true).query()).isZero();
        assertThat(engine.syncObject(true).lastSubmitted()).isZero();
    }

    @Test
    @DisplayName("signalled points: 5 and then 4 read 5; point 0 on a timeline at 6 stays 6")
    void outOfOrder(Engine engine) {
        SyncObject object = engine.syncObject(false);
        object.signalPoint(5);
        assertThat(object.query()).isEqualTo(5);
        object.signalPoint(4);
        assertThat(object.query()).isEqualTo(5);
        object.signalPoint(6);
        object.signalPoint(0);
        assertThat(object.query()).isEqualTo(6);
        assertThat(object.lastSubmitted()).isEqualTo(6);
    }

    @Test
    @DisplayName("points are unsigned numbers of 64 bits")
    void unsigned(Engine engine) {
        SyncObject object = engine.syncObject(false);
        object.signalPoint(Long.MAX_VALUE);
        object.signalPoint(-1);
        assertThat(object.query()).isEqualTo(-1);
        assertThat(object.exportFile(-1).status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("a point that failed is reached")
    void failedPoint(Engine engine) {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        object.importFile(timeline.fence(1), 1);
        timeline.close();
        assertThat(object.query()).isEqualTo(1);
    }

    @Test
    @DisplayName("transfer to point 0 replaces the fence, so that a binary object answers queries with the point")
    void transferReplaces(Engine engine) {
        SyncObject from = engine.syncObject(false);
        from.signalPoint(7);
        SyncObject to = engine.syncObject(false);
        engine.transfer(new Point(from, 7), new Point(to, 0));
        assertThat(to.exportFile(0).status()).isEqualTo(SIGNALED);
        from.importFile(engine.timeline("t").fence(1), 9);
        engine.transfer(new Point(from, 9), new Point(to, 0));
        assertThat(to.lastSubmitted()).isEqualTo(9);
        assertThat(to.query()).isEqualTo(7);
    }

    @Test
    @DisplayName("transfer to a point adds the leaves of the source, merged")
    void transferAdds(Engine engine) throws Exception {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        SyncObject from = engine.syncObject(false);
        from.importFile(one.fence(1), 1);
        from.importFile(other.fence(1), 2);
        SyncObject to = engine.syncObject(false);
        to.signalPoint(3);
        engine.transfer(new Point(from, 2), new Point(to, 10));
        assertThat(to.lastSubmitted()).isEqualTo(10);
        assertThat(to.query()).isEqualTo(3);
        assertThat(to.exportFile(10).info().timelines()).containsExactlyInAnyOrder("one", "other");
        one.increment(1);
        other.increment(1);
        assertThat(to.query()).isEqualTo(10);
    }

    @Test
    @DisplayName("transfer of a point that was not added is refused with EINVAL, and changes nothing")
    void transferMissing(Engine engine) {
        SyncObject from = engine.syncObject(false);
        SyncObject to = engine.syncObject(true);
        Case.refused(Errno.EINVAL, () -> engine.transfer(new Point(from, 0), new Point(to, 0)));
        from.signalPoint(1);
        Case.refused(Errno.EINVAL, () -> engine.transfer(new Point(from, 2), new Point(to, 0)));
        assertThat(to.exportFile(0).status()).isEqualTo(SIGNALED);
        assertThat(to.lastSubmitted()).isZero();
    }

    @Test
    @DisplayName("an import of a sync file with an error hands the error on")
    void importError(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile file = timeline.fence(1);
        timeline.close();
        SyncObject object = engine.syncObject(false);
        object.importFile(file, 0);
        assertThat(object.exportFile(0).status()).isEqualTo(ENOENT);
    }
}
