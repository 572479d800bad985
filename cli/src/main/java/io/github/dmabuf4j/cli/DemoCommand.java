package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.camera.Camera;
import io.github.dmabuf4j.cli.demo.CameraDemo;
import io.github.dmabuf4j.cli.demo.Demo;
import io.github.dmabuf4j.cli.demo.DemoResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Shares video frames between three processes, checks them, and compares with copying.",
        footer = {
            "",
            "A producer puts the frames into a few buffers, which two consumers map once; every hand-over",
            "is a fence. Consumer A takes the CRC32C of each frame (in a second run its SHA-256), consumer",
            "B draws a contact sheet. The same is then done by copying through Unix sockets. Hashes are",
            "compared with those of the input, read apart. Whatever must be decoded is decoded before,",
            "into a temporary file, so that decoding does not hide the difference; and up to 300 frames",
            "go ahead of those that count, so that both ways are measured warm. The hand-over time of a",
            "frame counts from when it was handed over and the consumer was ready for it.",
            "",
            "A camera cannot be read a second time: its frames are shared in two runs, and the hashes are",
            "compared with those that the producer takes in its own mapping before it hands a frame over.",
            "They are not copied, since it is the camera that sets the pace."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final long TEST_PICTURES = 300;
    private static final long VIDEO_FRAMES = 1000;
    private static final long CAMERA_FRAMES = 150;

    @Mixin
    private InputOptions input;

    @Option(
            names = "--sheet",
            paramLabel = "FILE",
            defaultValue = "contact-sheet.png",
            description = "Where the contact sheet goes. Default: ${DEFAULT-VALUE}.")
    private Path sheet;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        input.check(spec.commandLine());
        OutputFile.checkPlace(sheet);
        Long limit = input.frames();
        if (input.isCamera()) {
            return camera(limit == null ? CAMERA_FRAMES : limit);
        }
        long frames = limit != null ? limit : input.input == null ? TEST_PICTURES : VIDEO_FRAMES;
        try (Demo demo = new Demo(input.input, frames, input.buffers(), input.heap())) {
            DemoResult result = demo.run(sheet.toAbsolutePath());
            if (json) {
                System.out.println(result.json());
            } else {
                System.out.print(result.table());
                System.out.println("contact sheet                 " + sheet);
            }
            if (!result.isRight()) {
                System.err.println("dmabuf4j: frames did not arrive as they were sent");
                return 1;
            }
            return 0;
        }
    }

    private int camera(long frames) throws IOException, InterruptedException {
        try (Camera camera = Camera.open(input.camera(spec.commandLine()));
                CameraDemo demo = new CameraDemo(camera, frames, input.buffers(), input.heap())) {
            CameraDemo.Result result = demo.run(sheet.toAbsolutePath());
            System.out.print(json ? result.json() + "\n" : result.table());
            if (!json && Files.exists(sheet)) {
                System.out.println("contact sheet                 " + sheet);
            }
            if (!result.isRight()) {
                System.err.println("dmabuf4j: frames did not arrive as they were captured");
                return 1;
            }
            return 0;
        }
    }
}
