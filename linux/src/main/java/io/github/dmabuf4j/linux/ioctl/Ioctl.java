package io.github.dmabuf4j.linux.ioctl;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sys.Devices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A request to a driver: its number, the structure it takes, and what its answer means.
 *
 * <p>A call that a signal interrupted, or that the driver wants to have repeated, is repeated. One for which EAGAIN is an
 * answer ("nothing there yet") is made with {@link #answeringAgain()}.
 *
 * @param <R> what the answer means
 */
public final class Ioctl<R> {
    private static final int EINTR = -Errno.EINTR.number();
    private static final int EAGAIN = -Errno.EAGAIN.number();

    private final String name;
    private final int request;
    private final CStruct struct;
    private final Decoder<R> decoder;
    private final boolean repeatsAgain;

    private Ioctl(String name, int request, CStruct struct, Decoder<R> decoder, boolean repeatsAgain) {
        this.name = name;
        this.request = request;
        this.struct = struct;
        this.decoder = decoder;
        this.repeatsAgain = repeatsAgain;
    }

    /**
     * Fills the structure before the call.
     */
    @FunctionalInterface
    public interface Encoder {
        /**
         * Fills it.
         *
         * @param argument the structure, all zero
         * @param arena where memory lives that it points to, until the call is over
         */
        void encode(CValue argument, Arena arena);
    }

    /**
     * Reads the structure after the call.
     *
     * @param <R> what it says
     */
    @FunctionalInterface
    public interface Decoder<R> {
        /**
         * Reads it.
         *
         * @param answer what the call returned, 0 or more
         * @param argument the structure as the driver left it; gone when the decoder returns
         * @return what it says
         */
        R decode(int answer, CValue argument);
    }

    /**
     * A request.
     *
     * @param <R> what the answer means
     * @param name its C name
     * @param request its number
     * @param struct what it takes
     * @param decoder reads the answer
     * @return the request
     */
    public static <R> Ioctl<R> of(String name, int request, CStruct struct, Decoder<R> decoder) {
        return new Ioctl<>(name, request, struct, decoder, true);
    }

    /**
     * A request that answers nothing but that it was granted.
     *
     * @param name its C name
     * @param request its number
     * @param struct what it takes
     * @return the request
     */
    public static Ioctl<Boolean> of(String name, int request, CStruct struct) {
        return of(name, request, struct, (_, _) -> true);
    }

    /**
     * The same request, for which EAGAIN is an answer.
     *
     * @return the request
     */
    public Ioctl<R> answeringAgain() {
        return new Ioctl<>(name, request, struct, decoder, false);
    }

    /**
     * Makes the request.
     *
     * @param fd whom to ask
     * @param sentence what is attempted, and what to do when it is refused
     * @param encoder fills the structure
     * @return what the answer means
     * @throws SystemCallException if it is refused
     */
    public R call(BorrowedFd fd, String sentence, Encoder encoder) throws SystemCallException {
        try (Arena arena = CallMemory.open()) {
            CValue argument = struct.allocate(arena);
            encoder.encode(argument, arena);
            int answer = fd.use(number -> repeat(number, request, argument.memory(), repeatsAgain));
            if (answer < 0) {
                throw new SystemCallException(name, new Errno(-answer), sentence);
            }
            return decoder.decode(answer, argument);
        }
    }

    /**
     * Makes a request again until it is answered.
     *
     * @param number whom to ask
     * @param request the number of the request
     * @param argument what it takes
     * @return the answer or the negated error number
     */
    public static int repeat(int number, int request, MemorySegment argument) {
        return repeat(number, request, argument, true);
    }

    private static int repeat(int number, int request, MemorySegment argument, boolean repeatsAgain) {
        int answer;
        do {
            answer = Devices.ioctl(number, request, argument);
        } while (answer == EINTR || (repeatsAgain && answer == EAGAIN));
        return answer;
    }

    @Override
    public String toString() {
        return name;
    }
}
