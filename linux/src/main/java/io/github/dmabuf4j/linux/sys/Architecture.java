package io.github.dmabuf4j.linux.sys;

import java.util.Locale;

/** What differs between processors: the numbers of the system calls that the C library has no function for. */
enum Architecture {
    /** x86-64. */
    X86_64(202, 449, 434, 424, 4),
    /** 64-bit Arm. */
    AARCH64(98, 449, 434, 424, 8);

    /** The machine this runs on. */
    static final Architecture CURRENT = current();

    final long futex;
    final long futexWaitv;
    final long pidfdOpen;
    final long pidfdSendSignal;
    /** Where the data of a {@code struct epoll_event} begins: x86-64 packs the structure. */
    final long epollDataOffset;

    Architecture(long futex, long futexWaitv, long pidfdOpen, long pidfdSendSignal, long epollDataOffset) {
        this.futex = futex;
        this.futexWaitv = futexWaitv;
        this.pidfdOpen = pidfdOpen;
        this.pidfdSendSignal = pidfdSendSignal;
        this.epollDataOffset = epollDataOffset;
    }

    private static Architecture current() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default ->
                throw new UnsupportedOperationException("system calls are known for x86-64 and AArch64, not for " + name
                        + "; add its numbers to Architecture");
        };
    }
}
