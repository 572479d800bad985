package io.github.dmabuf4j.linux.facts;

import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a video device is and can. */
final class VideoFacts {
    private static final int CAPTURE = 0x1;
    private static final int OUTPUT = 0x2;
    private static final int CAPTURE_PLANES = 0x1000;
    private static final int OUTPUT_PLANES = 0x2000;
    private static final int CONVERT_PLANES = 0x4000;
    private static final int CONVERT = 0x8000;
    private static final Ioctl<String> QUERYCAP = Ioctl.of(
            "VIDIOC_QUERYCAP", VideoUapi.VIDIOC_QUERYCAP, VideoUapi.CAPABILITY, (_, answer) -> describe(answer));

    private VideoFacts() {}

    static Fact look(String name, Path node) throws IOException {
        if (!NodeFiles.isUsable(node)) {
            return new Fact(name, false, NodeFiles.advice(node));
        }
        try (OwnedFd fd = DeviceNode.open(node, true, "it was unplugged")) {
            return new Fact(name, true, QUERYCAP.call(fd.borrow(), node + " is no video device", (_, _) -> {}));
        }
    }

    private static String describe(CValue answer) {
        boolean ofNode = (answer.get("capabilities") & VideoUapi.V4L2_CAP_DEVICE_CAPS) != 0;
        return answer.text("driver", 16) + ", " + answer.text("card", 32) + ": "
                + capabilities(answer.get(ofNode ? "device_caps" : "capabilities"));
    }

    /** The bits of a node in words. */
    static String capabilities(int bits) {
        List<String> can = new ArrayList<>();
        add(can, bits, CAPTURE, "captures");
        add(can, bits, CAPTURE_PLANES, "captures planes apart");
        add(can, bits, OUTPUT, "puts out");
        add(can, bits, OUTPUT_PLANES, "puts out planes apart");
        add(can, bits, CONVERT, "converts");
        add(can, bits, CONVERT_PLANES, "converts planes apart");
        if (can.isEmpty()) {
            can.add("no pictures");
        }
        can.add((bits & VideoUapi.V4L2_CAP_STREAMING) != 0 ? "by queues of buffers" : "without buffers");
        return String.join(", ", can);
    }

    private static void add(List<String> can, int bits, int bit, String words) {
        if ((bits & bit) != 0) {
            can.add(words);
        }
    }
}
