package io.github.dmabuf4j.cli.camera;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants of a camera.
 *
 * @param device its node
 * @param width in pixels; 0 leaves the choice to the device
 * @param height in pixels; 0 leaves the choice to the device
 * @param format four letters of V4L2, such as {@code YUYV}; null leaves the choice to the device
 * @param rate frames in a second; 0 leaves the choice to the device
 */
public record CameraRequest(
        Path device, int width, int height, @Nullable String format, int rate) {
    /**
     * Whether an input is a camera and no file.
     *
     * @param input a path; null for none
     * @return true for nodes of video devices, also under the names that the system gives them beside
     */
    public static boolean isCamera(@Nullable String input) {
        return input != null && (input.startsWith("/dev/video") || input.startsWith("/dev/v4l/"));
    }
}
