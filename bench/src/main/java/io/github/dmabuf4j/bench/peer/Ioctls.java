package io.github.dmabuf4j.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.dmabuf4j.bench.Samples;
import io.github.dmabuf4j.bench.Task;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CStruct;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Two requests to a memory file, one that the kernel grants and one that it refuses: the counterpart of {@code ioctl.c}. */
public final class Ioctls {
    /** How many bytes there are to read: of a memory file, as many as it has. */
    private static final int FIONREAD = 0x541B;

    private static final int SIZE = 4096;
    private static final int MOST = 1 << 16;
    private static final Ioctl<Integer> BYTES = Ioctl.of(
            "FIONREAD", FIONREAD, CStruct.named("int").ints("bytes").build(), (_, argument) -> argument.get("bytes"));

    private Ioctls() {}

    /** One call and what it answered. */
    @FunctionalInterface
    private interface Call {
        int make() throws SystemCallException;
    }

    /**
     * Measures.
     *
     * @param arguments {@code cpu=} and the words of a {@link Task}
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Task task = Task.parse(words);
        int cpu = Integer.parseInt(Task.value(words, "cpu"));
        if (cpu >= 0) {
            Kernel.pin(cpu);
        }
        int fd = Kernel.memfd("ioctl", SIZE);
        BorrowedFd borrowed = BorrowedFd.of(fd);
        MemorySegment argument = Arena.global().allocate(16, 8);
        argument.set(JAVA_INT, 0, 1);
        int refusal = -Errno.ENOTTY.number();
        if (Ioctl.repeat(fd, FIONREAD, argument) != 0
                || argument.get(JAVA_INT, 0) != SIZE
                || Ioctl.repeat(fd, DmaBufUapi.DMA_BUF_IOCTL_SYNC, argument) != refusal) {
            throw new IOException("the kernel answers otherwise than expected");
        }
        double granted = measure(task, 0, () -> Ioctl.repeat(fd, FIONREAD, argument));
        double refused = measure(task, refusal, () -> Ioctl.repeat(fd, DmaBufUapi.DMA_BUF_IOCTL_SYNC, argument));
        double typed = measure(task, SIZE, () -> BYTES.call(borrowed, "a benchmark asks", (_, _) -> {}));
        System.out.println("address none");
        System.out.println("result granted=" + granted + " refused=" + refused + " typed=" + typed);
        System.out.flush();
    }

    private static double measure(Task task, int expected, Call call) throws IOException {
        batches(task, task.warmUp().toNanos(), expected, call);
        return batches(task, task.measured().toNanos(), expected, call);
    }

    /** The median of the batches' means, in nanoseconds. */
    private static double batches(Task task, long nanos, int expected, Call call) throws IOException {
        double[] samples = new double[MOST];
        int count = 0;
        long sum = 0;
        long end = System.nanoTime() + nanos;
        for (long begin; count < MOST && (begin = System.nanoTime()) < end; count++) {
            for (int i = 0; i < task.batch(); i++) {
                sum += call.make();
            }
            samples[count] = (double) (System.nanoTime() - begin) / task.batch();
        }
        if (sum != (long) expected * count * task.batch()) {
            throw new IOException("the kernel answers otherwise than expected");
        }
        return Samples.of(Arrays.copyOf(samples, count)).median();
    }
}
