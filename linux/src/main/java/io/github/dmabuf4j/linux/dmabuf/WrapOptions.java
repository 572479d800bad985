package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.Modifier;
import java.util.Set;

/**
 * What is agreed with a foreign producer before its pictures come in.
 *
 * @param access what this process will do with the pictures; READ unless said otherwise
 * @param modifiers the arrangements of pixels that were negotiated; a picture in any other is refused
 * @param anyModifier whether any arrangement passes, {@link Modifier#INVALID} and unknown ones too: for whoever only hands the picture
 *     on, and knows that the CPU cannot make sense of it
 * @param borrowing whether the descriptors stay the caller's and are used as they are. Otherwise they are duplicated, and it does not
 *     matter what becomes of the caller's
 */
public record WrapOptions(AccessMode access, Set<Long> modifiers, boolean anyModifier, boolean borrowing) {
    /** Linear pictures to be read, from descriptors that are duplicated. */
    public static final WrapOptions DEFAULT = new WrapOptions(AccessMode.READ, Set.of(Modifier.LINEAR), false, false);

    /** Copies the modifiers. */
    public WrapOptions {
        modifiers = Set.copyOf(modifiers);
    }

    /**
     * The same with another access.
     *
     * @param mode what this process will do with the pictures
     * @return the options
     */
    public WrapOptions withAccess(AccessMode mode) {
        return new WrapOptions(mode, modifiers, anyModifier, borrowing);
    }

    /**
     * The same with other modifiers.
     *
     * @param negotiated those that the producer was told that we take, and nothing else
     * @return the options
     */
    public WrapOptions withModifiers(Set<Long> negotiated) {
        return new WrapOptions(access, negotiated, anyModifier, borrowing);
    }

    /**
     * The same for whoever takes every arrangement of pixels.
     *
     * @return the options
     */
    public WrapOptions withAnyModifier() {
        return new WrapOptions(access, modifiers, true, borrowing);
    }

    /**
     * The same for descriptors that the caller keeps open for as long as the picture is used.
     *
     * @return the options
     */
    public WrapOptions withBorrowing() {
        return new WrapOptions(access, modifiers, anyModifier, true);
    }
}
