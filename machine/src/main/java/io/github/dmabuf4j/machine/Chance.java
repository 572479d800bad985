package io.github.dmabuf4j.machine;

/** Everything about a run that is left to chance, from one seed: SplitMix64, so that it is the same on every JDK. */
final class Chance {
    private long state;

    Chance(long seed) {
        // Neighbouring seeds must not be neighbouring runs.
        this.state = mix(seed + 0x9e3779b97f4a7c15L);
    }

    private long next() {
        state += 0x9e3779b97f4a7c15L;
        return mix(state);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** A number from 0 to below the bound. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** How long to wait for what happens once in so many times, on average; for ever if never. */
    long gap(int times) {
        return times == 0 ? Long.MAX_VALUE : 1 + below(2 * times - 1);
    }
}
