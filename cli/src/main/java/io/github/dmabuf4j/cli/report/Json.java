package io.github.dmabuf4j.cli.report;

import java.util.List;

/** A JSON object in the making: members keep their order, a line for each. */
public final class Json {
    private final StringBuilder members = new StringBuilder();

    /** Makes an empty object. */
    public Json() {}

    /**
     * Adds a text.
     *
     * @param key the name of the member
     * @param value its value
     * @return this object
     */
    public Json put(String key, String value) {
        return member(key, quote(value));
    }

    /**
     * Adds a whole number.
     *
     * @param key the name of the member
     * @param value its value
     * @return this object
     */
    public Json put(String key, long value) {
        return member(key, Long.toString(value));
    }

    /**
     * Adds a number; one that JSON cannot say becomes null.
     *
     * @param key the name of the member
     * @param value its value
     * @return this object
     */
    public Json put(String key, double value) {
        return member(key, Double.isFinite(value) ? Double.toString(value) : "null");
    }

    /**
     * Adds a truth.
     *
     * @param key the name of the member
     * @param value its value
     * @return this object
     */
    public Json put(String key, boolean value) {
        return member(key, Boolean.toString(value));
    }

    /**
     * Adds an object as it is now.
     *
     * @param key the name of the member
     * @param value the object
     * @return this object
     */
    public Json put(String key, Json value) {
        return member(key, value.toString().replace("\n", "\n  "));
    }

    /**
     * Adds an array of objects as they are now.
     *
     * @param key the name of the member
     * @param values the objects
     * @return this object
     */
    public Json put(String key, List<Json> values) {
        StringBuilder array = new StringBuilder("[");
        for (Json value : values) {
            array.append(array.length() > 1 ? ",\n    " : "\n    ")
                    .append(value.toString().replace("\n", "\n    "));
        }
        return member(key, array.append(values.isEmpty() ? "]" : "\n  ]").toString());
    }

    /** The object as text, without a newline behind it. */
    @Override
    public String toString() {
        return members.isEmpty() ? "{}" : "{\n" + members + "\n}";
    }

    private Json member(String key, String value) {
        members.append(members.isEmpty() ? "  " : ",\n  ")
                .append(quote(key))
                .append(": ")
                .append(value);
        return this;
    }

    private static String quote(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
