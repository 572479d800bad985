package io.github.dmabuf4j.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The suites by the names that {@code lab/run} takes, each with the classes of its tests. */
enum Suite {
    /** That the guest is a machine on which the others can run. */
    MACHINE(MachineSuite.class);

    private final List<Class<?>> classes;

    Suite(Class<?>... classes) {
        this.classes = List.of(classes);
    }

    List<Class<?>> classes() {
        return classes;
    }

    static Suite named(String name) {
        return Arrays.stream(values())
                .filter(suite -> suite.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no suite " + name + ", only "
                        + Arrays.stream(values()).map(Suite::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
