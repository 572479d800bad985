package io.github.dmabuf4j.fence;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The points of a timeline that are not reached, by number. Those that come in rising order, as nearly all do, are
 * appended to a ring in O(1); the others go into a tree. Each number is there once. Not thread-safe.
 */
final class PendingPoints {
    private final TreeMap<Long, TimelinePoint> others = new TreeMap<>();

    /** A ring of a power of two; the points from head on rise. */
    private @Nullable TimelinePoint[] ring = new TimelinePoint[16];

    private int head;
    private int count;

    /** The pending fence of a point, or null; O(log n). */
    @Nullable TimelinePoint find(long point) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            TimelinePoint at = at(middle);
            if (at.seqno() == point) {
                return at;
            }
            if (at.seqno() < point) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return others.isEmpty() ? null : others.get(point);
    }

    /** Adds a point that {@link #find} did not find. */
    void add(TimelinePoint point) {
        if (count > 0 && at(count - 1).seqno() > point.seqno()) {
            others.put(point.seqno(), point);
            return;
        }
        if (count == ring.length) {
            @Nullable TimelinePoint[] larger = Arrays.copyOf(ring, count * 2);
            for (int i = 0; i < count; i++) {
                larger[i] = at(i);
            }
            ring = larger;
            head = 0;
        }
        ring[(head + count++) & (ring.length - 1)] = point;
    }

    /** Takes the lowest point out if it is not above a limit. */
    @Nullable TimelinePoint takeUpTo(long limit) {
        Map.Entry<Long, TimelinePoint> other = others.isEmpty() ? null : others.firstEntry();
        TimelinePoint lowest = count == 0 ? null : at(0);
        if (other != null && (lowest == null || other.getKey() < lowest.seqno())) {
            return other.getKey() <= limit ? others.remove(other.getKey()) : null;
        }
        if (lowest == null || lowest.seqno() > limit) {
            return null;
        }
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        count--;
        return lowest;
    }

    /** Takes the highest point out if it is not below a limit. */
    @Nullable TimelinePoint takeDownTo(long limit) {
        Map.Entry<Long, TimelinePoint> other = others.isEmpty() ? null : others.lastEntry();
        TimelinePoint highest = count == 0 ? null : at(count - 1);
        if (other != null && (highest == null || other.getKey() > highest.seqno())) {
            return other.getKey() >= limit ? others.remove(other.getKey()) : null;
        }
        if (highest == null || highest.seqno() < limit) {
            return null;
        }
        count--;
        ring[(head + count) & (ring.length - 1)] = null;
        return highest;
    }

    int size() {
        return count + others.size();
    }

    private TimelinePoint at(int index) {
        TimelinePoint point = ring[(head + index) & (ring.length - 1)];
        if (point == null) {
            throw new AssertionError("a hole in the ring of pending points");
        }
        return point;
    }
}
