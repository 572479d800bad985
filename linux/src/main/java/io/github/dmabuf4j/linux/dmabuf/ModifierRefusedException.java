package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.Modifier;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;

/** A foreign picture has its pixels arranged in a way that was not agreed on. Nothing was taken over. */
public class ModifierRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long modifier;

    /**
     * Names both sides.
     *
     * @param modifier what the picture has
     * @param negotiated what was agreed on
     */
    public ModifierRefusedException(long modifier, Set<Long> negotiated) {
        super("the picture comes with the modifier " + Modifier.name(modifier) + ", but agreed on was "
                + negotiated.stream().map(Modifier::name).sorted().collect(Collectors.joining(" or "))
                + "; negotiate modifiers with the producer, or take any of them by choice");
        this.modifier = modifier;
    }

    /**
     * What the picture has.
     *
     * @return the modifier
     */
    public long modifier() {
        return modifier;
    }
}
