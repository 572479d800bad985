package io.github.dmabuf4j.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cases of a suite that must run: one that silently stops running fails the suite, and so does one that is new and not in the
 * list yet. The list of a suite is a resource beside this class, {@code SUITE.cases}; a suite without one is not checked.
 */
final class RequiredCases {
    private RequiredCases() {}

    /** How many cases should have run and did not, or ran and are not in the list; each is reported. */
    static int count(Suite suite, Set<String> ran, PrintStream report) {
        Set<String> required = list(suite);
        if (required.isEmpty()) {
            return 0;
        }
        Set<String> missing = new TreeSet<>(required);
        missing.removeAll(ran);
        missing.forEach(name -> report.println("FAIL " + name + ": it must run and did not"));
        Set<String> unlisted = new TreeSet<>(ran);
        unlisted.removeAll(required);
        unlisted.forEach(name -> report.println("FAIL " + name + ": it ran and is not in the list of " + suite));
        return missing.size() + unlisted.size();
    }

    private static Set<String> list(Suite suite) {
        try (InputStream list = RequiredCases.class.getResourceAsStream(suite + ".cases")) {
            Set<String> names = new TreeSet<>();
            if (list != null) {
                new String(list.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .forEach(names::add);
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
