package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.FileStatus;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.linux.sys.Seals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Memory files: how ours are made, and how foreign ones are checked before anything of them is mapped. */
final class Memfd {
    private static final int MAX_NAME_BYTES = 249;

    // Before Linux 6.3 the kernel does not know the flag and refuses it.
    private static volatile boolean noExecSealKnown = true;

    private Memfd() {}

    /**
     * A new memory file of zeros, every page of it reserved: a system that has no room says so here, and not by SIGBUS at
     * the first touch.
     */
    static OwnedFd create(String name, long size) throws IOException {
        long room = SystemMemory.room();
        if (size > room) {
            throw new SystemCallException(
                    "fallocate",
                    Errno.ENOMEM,
                    "the memory file '" + name + "' needs " + size + " bytes and the system can give only " + room
                            + "; free memory, raise the limit of the control group, or ask for less");
        }
        String shortened = shorten(name);
        int number = Descriptors.memfdCreate(shortened, noExecSealKnown);
        if (SystemCallException.is(number, Errno.EINVAL) && noExecSealKnown) {
            noExecSealKnown = false;
            number = Descriptors.memfdCreate(shortened, false);
        }
        OwnedFd fd = OwnedFd.of(SystemCallException.check(
                number,
                "memfd_create",
                "cannot make the memory file '" + name + "'; is the limit of open files reached?"));
        try {
            SystemCallException.check(
                    Descriptors.ftruncate(fd.number(), size),
                    "ftruncate",
                    "cannot give the memory file '" + name + "' a size of " + size + " bytes");
            int reserved;
            do {
                reserved = Descriptors.fallocate(fd.number(), size);
            } while (SystemCallException.is(reserved, Errno.EINTR));
            SystemCallException.check(
                    reserved,
                    "fallocate",
                    "the system has no room for " + size + " bytes of the memory file '" + name
                            + "'; free memory, raise the limit of the control group, or ask for less");
            return fd;
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    static void seal(OwnedFd fd, int seals) throws IOException {
        SystemCallException.check(
                Descriptors.addSeals(fd.number(), seals),
                "fcntl",
                "cannot seal a memory file (" + Seals.describe(seals) + "); Linux 5.1 or newer is needed");
    }

    /** Maps bytes of a file and answers the address. */
    static long map(BorrowedFd fd, long offset, long size, boolean writable) throws IOException {
        return SystemCallException.check(
                Mappings.map(fd.number(), offset, size, writable),
                "mmap",
                "cannot map " + size + " bytes of a memory file" + (writable ? " for writing" : "")
                        + "; is the address space or the number of mappings (vm.max_map_count) exhausted?");
    }

    /**
     * Checks that a foreign descriptor can be mapped without any danger that a later access fails: ordinary shared
     * memory, large enough, and sealed so that it stays so.
     *
     * @return what the file is
     */
    static FileStatus check(BorrowedFd fd, long offset, long size, boolean writable, int requiredSeals)
            throws IOException {
        FileStatus status = status(fd);
        if (!status.isRegular()) {
            throw new UnsafeDescriptorException("the descriptor is no memory file but another kind of object");
        }
        int seals = Descriptors.getSeals(fd.number());
        if (SystemCallException.is(seals, Errno.EINVAL)) {
            throw new UnsafeDescriptorException(
                    "the descriptor is an ordinary file, which can shrink at any time; its giver must use a memfd");
        }
        SystemCallException.check(seals, "fcntl", "cannot ask for the seals of a descriptor");
        // Huge pages are memfds too, but a page of them may be missing at the first touch.
        if (Descriptors.isSharedMemory(fd.number()) != 1) {
            throw new UnsafeDescriptorException(
                    "the descriptor is not in ordinary shared memory; its giver must use a memfd without huge pages");
        }
        int missing = requiredSeals & ~seals;
        if (missing != 0) {
            throw new UnsafeDescriptorException("the memory file lacks the seal " + Seals.describe(missing)
                    + " (it has " + Seals.describe(seals) + "); its giver must add it before sharing");
        }
        if (offset < 0 || size <= 0 || offset > status.size() || size > status.size() - offset) {
            throw new UnsafeDescriptorException("the memory file has " + status.size() + " bytes, which does not hold "
                    + size + " bytes at offset " + offset);
        }
        if (offset % Mappings.pageSize() != 0) {
            throw new UnsafeDescriptorException("offset " + offset + " is not at the beginning of a page");
        }
        if (writable && (seals & (Seals.WRITE | Seals.FUTURE_WRITE)) != 0) {
            throw new UnsafeDescriptorException("the memory file is sealed against writing (" + Seals.describe(seals)
                    + ") and cannot be written here");
        }
        if (writable
                && SystemCallException.check(
                                Descriptors.isReadWrite(fd.number()), "fcntl", "cannot ask how a descriptor was opened")
                        == 0) {
            throw new UnsafeDescriptorException("the descriptor was opened read-only and cannot be written here");
        }
        return status;
    }

    static FileStatus status(BorrowedFd fd) throws IOException {
        FileStatus status = new FileStatus();
        SystemCallException.check(Descriptors.status(fd.number(), status), "statx", "cannot ask what a descriptor is");
        return status;
    }

    static long roundUp(long size) {
        long page = Mappings.pageSize();
        if (size <= 0 || size > Long.MAX_VALUE - page) {
            throw new IllegalArgumentException("a size is positive and leaves room for rounding up, not " + size);
        }
        return (size + page - 1) & -page;
    }

    private static String shorten(String name) {
        String text = name.replace('\0', '?');
        while (text.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            text = text.substring(0, text.length() - 1);
        }
        return text;
    }
}
