package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.camera.CameraRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a camera shall capture; the same for all commands that take one. */
final class CameraOptions {
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");
    private static final int MAX_RATE = 10_000;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "The size of a camera's pictures. Default: what the camera is set to.")
    private @Nullable String size;

    @Option(
            names = "--format",
            paramLabel = "FOURCC",
            description = "The pixel format of a camera in V4L2's four letters, such as YUYV, YU12, NV12, GREY, XR24."
                    + " Default: what the camera is set to, if it has rows.")
    private @Nullable String format;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Frames in a second; the camera does the nearest it can. Default: what the camera is set to.")
    private @Nullable Integer rate;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    CameraOptions() {}

    boolean given() {
        return size != null || format != null || rate != null;
    }

    /** What is wanted of a device. */
    CameraRequest request(String device, CommandLine command) {
        int width = 0;
        int height = 0;
        if (size != null) {
            Matcher sides = SIZE.matcher(size);
            if (!sides.matches()) {
                throw new ParameterException(command, "--size is a width and a height such as 640x480, not " + size);
            }
            width = Integer.parseInt(sides.group(1));
            height = Integer.parseInt(sides.group(2));
        }
        if (format != null && !format.matches("[ -~]{4}")) {
            throw new ParameterException(command, "--format is four letters such as YUYV, not " + format);
        }
        if (rate != null && (rate < 1 || rate > MAX_RATE)) {
            throw new ParameterException(command, "--rate must be 1 to " + MAX_RATE + ", not " + rate);
        }
        try {
            return new CameraRequest(
                    Path.of(device),
                    width,
                    height,
                    format == null ? null : format.toUpperCase(Locale.ROOT),
                    rate == null ? 0 : rate);
        } catch (InvalidPathException unsound) {
            throw new ParameterException(command, "this is no path of a device", unsound);
        }
    }
}
