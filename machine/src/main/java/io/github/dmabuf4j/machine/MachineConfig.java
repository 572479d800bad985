package io.github.dmabuf4j.machine;

/**
 * What a machine is like.
 *
 * @param seed decides what the cache does on its own, and when
 * @param frames how many pages of memory there are
 * @param pageSize the size of a page in bytes, a power of two
 * @param lineSize the size of a line of the cache in bytes, a power of two, at least 8 and at most a page
 * @param sets in how many sets the cache is divided, a power of two
 * @param ways how many lines a set has
 * @param cpus how many processors there are
 * @param evictOneIn once in that many steps, on average, the cache gives up a place on its own; 0 for never
 * @param fetchOneIn once in that many steps, on average, a processor fetches a line that nobody asked for; 0 for never
 * @param selfSnoop whether a processor's own accesses past the cache look into it, as on x86
 */
public record MachineConfig(
        long seed,
        int frames,
        int pageSize,
        int lineSize,
        int sets,
        int ways,
        int cpus,
        int evictOneIn,
        int fetchOneIn,
        boolean selfSnoop) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one of them is not possible
     */
    public MachineConfig {
        check(frames > 0 && ways > 0 && cpus > 0, "a machine has frames, ways and processors");
        check(isPowerOfTwo(pageSize) && isPowerOfTwo(lineSize) && isPowerOfTwo(sets), "sizes are powers of two");
        check(lineSize >= 8 && lineSize <= pageSize, "a line has at least 8 bytes and at most a page");
        check(evictOneIn >= 0 && fetchOneIn >= 0, "chances are not negative");
        check((long) frames * pageSize < 1L << 40, "memory ends below 1 TiB");
    }

    /**
     * A machine of 1,024 pages of 4 KiB, with two processors behind a cache of 16 KiB in lines of 64 bytes, which gives
     * up a place at one of 16 steps and fetches a line on its own at one of 16.
     *
     * @param seed decides what the cache does on its own
     * @return the machine without coherent ports in mind
     */
    public static MachineConfig small(long seed) {
        return new MachineConfig(seed, 1024, 4096, 64, 64, 4, 2, 16, 16, false);
    }

    /**
     * The same machine with more or less memory.
     *
     * @param count how many pages
     * @return the machine
     */
    public MachineConfig withFrames(int count) {
        return new MachineConfig(seed, count, pageSize, lineSize, sets, ways, cpus, evictOneIn, fetchOneIn, selfSnoop);
    }

    /**
     * The same machine with a cache of another size.
     *
     * @param setCount in how many sets it is divided
     * @param wayCount how many lines a set has
     * @return the machine
     */
    public MachineConfig withCache(int setCount, int wayCount) {
        return new MachineConfig(
                seed, frames, pageSize, lineSize, setCount, wayCount, cpus, evictOneIn, fetchOneIn, selfSnoop);
    }

    /**
     * The same machine with other chances.
     *
     * @param evict once in that many steps, on average, the cache gives up a place on its own; 0 for never
     * @param fetch once in that many steps, on average, a processor fetches a line that nobody asked for; 0 for never
     * @return the machine
     */
    public MachineConfig withChances(int evict, int fetch) {
        return new MachineConfig(seed, frames, pageSize, lineSize, sets, ways, cpus, evict, fetch, selfSnoop);
    }

    /**
     * The same machine, whose processors look into the cache or not when they go past it.
     *
     * @param snoop whether they do
     * @return the machine
     */
    public MachineConfig withSelfSnoop(boolean snoop) {
        return new MachineConfig(seed, frames, pageSize, lineSize, sets, ways, cpus, evictOneIn, fetchOneIn, snoop);
    }

    private static boolean isPowerOfTwo(int number) {
        return number > 0 && Integer.bitCount(number) == 1;
    }

    private static void check(boolean right, String rule) {
        if (!right) {
            throw new IllegalArgumentException("this machine cannot be built: " + rule);
        }
    }
}
