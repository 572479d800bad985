package io.github.dmabuf4j.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of cases: gives each a new {@link Engine} where it asks for one, counts them, and ends those that hang. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(Kit.class)
@Timeout(60)
public @interface Family {
    /** The name of the family in the count. */
    String value();
}
