package io.github.dmabuf4j.linux.v4l2;

/**
 * Something that happened to a device.
 *
 * @param kind what
 * @param id the number of the control whose value changed; 0 otherwise
 * @param pending how many events wait behind this one
 * @param sequence counts the events of a device from 0; a gap says that some were lost
 */
public record VideoEvent(Kind kind, int id, int pending, long sequence) {
    /** What happens. */
    public enum Kind {
        /** The value or the range of a control changed, by another program or by the device. */
        CONTROL,
        /** What the device captures changed, such as its size: stop, ask for the format, begin again. */
        SOURCE_CHANGE,
        /** Something else that somebody subscribed to by other means. */
        OTHER
    }
}
