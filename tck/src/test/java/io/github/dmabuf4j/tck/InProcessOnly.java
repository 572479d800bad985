package io.github.dmabuf4j.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A case, or a family of them, that an engine outside of this process cannot answer; not put to such an engine. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface InProcessOnly {
    /** Why: what user space does not see of a kernel. */
    String value();
}
