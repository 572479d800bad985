package io.github.dmabuf4j.linux.kms;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The properties of a connector, a CRTC or a plane as they were when they were read: names, and values that are numbers, ids of
 * other objects, or ids of bytes.
 */
public final class KmsProperties {
    /** Before Linux 4.2, or for drivers that have none. */
    static final KmsProperties NONE = new KmsProperties(Map.of());

    record Property(int id, long value) {}

    private final Map<String, Property> properties;

    KmsProperties(Map<String, Property> properties) {
        this.properties = Map.copyOf(properties);
    }

    /**
     * Which properties there are.
     *
     * @return their names, such as {@code CRTC_ID}
     */
    public Set<String> names() {
        return properties.keySet();
    }

    /**
     * The value of a property when it was read.
     *
     * @param name the name
     * @return the value; empty if there is no such property
     */
    public OptionalLong value(String name) {
        Property property = properties.get(name);
        return property == null ? OptionalLong.empty() : OptionalLong.of(property.value);
    }

    /** The number by which the kernel knows a property. */
    int id(String name) {
        Property property = properties.get(name);
        if (property == null) {
            throw new IllegalArgumentException("there is no property " + name + ", only " + names());
        }
        return property.id;
    }

    @Override
    public String toString() {
        return properties.toString();
    }
}
