package io.github.dmabuf4j.bench.peer;

import io.github.dmabuf4j.bench.Task;
import java.lang.foreign.MemorySegment;

/** One way to move data between processes. A method that is not overridden is work the transport does not do. */
public interface Transport {
    /**
     * Opens the end that asks.
     *
     * @param task what will be measured
     * @param link how to be found by the other side
     * @return the end
     * @throws Exception if it cannot be set up
     */
    default Pinger pinger(Task task, Link link) throws Exception {
        throw new UnsupportedOperationException("no round trip over " + this);
    }

    /**
     * Opens the end that answers.
     *
     * @param task what will be measured
     * @param link how to find the other side
     * @return the end
     * @throws Exception if it cannot be set up
     */
    default Ponger ponger(Task task, Link link) throws Exception {
        throw new UnsupportedOperationException("no round trip over " + this);
    }

    /**
     * Opens the end that a stream comes from.
     *
     * @param task what will be measured
     * @param link how to be found by the other side
     * @return the end
     * @throws Exception if it cannot be set up
     */
    default Sender sender(Task task, Link link) throws Exception {
        throw new UnsupportedOperationException("no stream over " + this);
    }

    /**
     * Opens the end that a stream goes to.
     *
     * @param task what will be measured
     * @param link how to find the other side
     * @return the end
     * @throws Exception if it cannot be set up
     */
    default Receiver receiver(Task task, Link link) throws Exception {
        throw new UnsupportedOperationException("no stream over " + this);
    }

    /** The end of a round trip that asks. */
    interface Pinger {
        /**
         * Sends a message and waits for its answer.
         *
         * @throws Exception if the transport fails
         */
        void roundTrip() throws Exception;
    }

    /** The end of a round trip that answers. */
    interface Ponger {
        /**
         * Waits for a message and answers it.
         *
         * @throws Exception if the transport fails
         */
        void answer() throws Exception;
    }

    /** The end that a stream comes from. */
    interface Sender {
        /**
         * Waits until the next message may be written.
         *
         * @return where to write it; its size is that of the task
         * @throws Exception if the transport fails
         */
        MemorySegment claim() throws Exception;

        /**
         * Sends what was written to the claimed place.
         *
         * @throws Exception if the transport fails
         */
        void commit() throws Exception;
    }

    /** The end that a stream goes to. */
    interface Receiver {
        /**
         * Waits for the next message.
         *
         * @return its bytes, until {@link #release()}
         * @throws Exception if the transport fails
         */
        MemorySegment take() throws Exception;

        /**
         * Gives the message back.
         *
         * @throws Exception if the transport fails
         */
        void release() throws Exception;
    }
}
