package io.github.dmabuf4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says to whoever calls it, in this process: help, results, and everything that is refused. */
@Timeout(60)
class CommandLineTest {
    @TempDir
    Path temporary;

    private Path folder = Path.of("");
    private int status;
    private String out = "";
    private String err = "";

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("a folder"));
    }

    @Test
    void helpNamesTheCommandsAndTheExitCodes() {
        run("--help");
        assertThat(status).isZero();
        assertThat(out)
                .contains(
                        "demo",
                        "send",
                        "capture",
                        "receive",
                        "litmus",
                        "doctor",
                        "Exit codes: 0 done, 1 failed, 2 wrong usage");
        assertThat(out).doesNotContain("warm-up", "demo-consumer");
        assertThat(err).isEmpty();
        run("--version");
        assertThat(status).isZero();
        assertThat(out).matches("dmabuf4j \\d+\\.\\d+\\.\\d+\\R");
    }

    @ParameterizedTest
    @CsvSource({
        "demo, --input --frames --json --sheet",
        "send, --input --frames --listen --patience",
        "capture, DEVICE --listen --list --size --format --rate --heap --frames",
        "receive, SOCKET --output --raw",
        "present, NODE SOCKET --input --connector --mode --frames --json",
        "litmus, EXPERIMENT --heap --seeds --json --trace --svg uncached-allocation system-contig",
        "doctor, --json"
    })
    void everyCommandHasHelp(String command, String options) {
        run(command, "--help");
        assertThat(status).isZero();
        assertThat(out).contains(options.split(" "));
        assertThat(err).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "--fly",
                "send",
                "send --listen",
                "send --listen s --frames x",
                "send --listen s --frames 0",
                "send --listen s --patience soon",
                "send --listen s --patience 0s",
                "receive",
                "receive a b",
                "present",
                "present n s t",
                "present n s --input f",
                "present n --frames 0",
                "present n --mode large",
                "present n --mode 0x0",
                "demo --frames -1",
                "demo --buffers 1",
                "demo --heap heap",
                "demo --heap device",
                "demo --input clip.y4m --size 640x480",
                "send --listen s --format YUYV",
                "send --listen s --input /dev/video99 --heap memfd",
                "capture",
                "capture /dev/video99",
                "capture /dev/video99 --listen s --size 640",
                "capture /dev/video99 --listen s --size 0x480",
                "capture /dev/video99 --listen s --format YUYVY",
                "capture /dev/video99 --listen s --rate 0",
                "capture /dev/video99 --listen s --heap memfd",
                "capture /dev/video99 --listen s --frames 0",
                "receive s --raw",
                "doctor extra",
                "litmus fly",
                "litmus --heap fly",
                "litmus missing-begin --heap protected",
                "litmus --seeds",
                "litmus --seeds 2..1",
                "litmus --seeds -1..1",
                "litmus --seeds a..b",
                "litmus --seeds 1..9999999",
            })
    void wrongUsageEndsWithTwoAndALine(String words) {
        run(words.isEmpty() ? new String[0] : words.split(" "));
        assertThat(status).as(err).isEqualTo(2);
        assertThat(err).startsWith("dmabuf4j: ").contains("--help)").hasLineCount(1);
        assertThat(out).isEmpty();
    }

    @Test
    void whatIsNoDisplayIsRefusedInALine() throws IOException {
        run("present", "/dev/null");
        assertThat(status).isOne();
        assertThat(err).contains("/dev/null is no graphics device").hasLineCount(1);
        run("present", folder.resolve("card").toString(), "--json");
        assertThat(status).isOne();
        assertThat(err).contains("there is no such device").hasLineCount(1);
        run("present", "/dev/null", folder.resolve("nobody").toString());
        assertThat(status).isOne();
        assertThat(err).contains("nobody").hasLineCount(1);
        run("present", "/dev/null", "--input", folder.resolve("none.y4m").toString());
        assertThat(status).isOne();
        assertThat(err).contains("none.y4m").hasLineCount(1);
        assertThat(out).isEmpty();
    }

    @Test
    void theDoctorLooksAtTheMachine() {
        run("doctor");
        assertThat(out)
                .contains("JDK", "native access", "memfd", "seals", "futex_waitv", "udmabuf", "dma-heap", "DRM")
                .contains("/dev/shm", "open files", "locked memory", "sync files", "buffer list", "sw_sync", "video");
        assertThat(out.lines().filter(line -> line.contains("found"))).hasSizeGreaterThan(12);
        assertThat(status).isZero();
        run("doctor", "--json");
        assertThat(out).startsWith("{").contains("\"name\": \"memfd\"").endsWith("}\n");
        assertThat(status).isZero();
    }

    @Test
    void anExperimentIsJudgedTracedAndDrawn() throws IOException {
        run("litmus", "old-data", "write-combined", "--seeds", "1..20");
        assertThat(status).isZero();
        assertThat(out)
                .contains("old-data", "write-combined", "of 20", "0 of 20", "cached + maintenance", "is cheaper below")
                .doesNotContain("uncached-allocation");
        run("litmus", "old-data", "--seeds", "7", "--json");
        assertThat(status).isZero();
        assertThat(out)
                .startsWith("{")
                .contains("\"holds\": true", "\"experiment\": \"old-data\"", "\"seeds\": 1", "\"crossovers\"")
                .endsWith("}\n");
        run("litmus", "old-data", "--trace");
        assertThat(status).isZero();
        assertThat(out).contains("stores", "loads uncached", "and should be 00");
        run(
                "litmus",
                "pool-reuse",
                "missing-begin",
                "--heap",
                "protected",
                "--heap",
                "chunk",
                "--seeds",
                "5",
                "--json");
        assertThat(out)
                .contains("\"heap\": \"chunk\"", "\"heap\": \"protected\"", "\"notTried\"", "never mapped by the CPU")
                .doesNotContain("\"heap\": \"system\"");
        run("litmus", "missing-end", "wrong-direction", "--heap", "carveout", "--seeds", "3", "--trace");
        assertThat(status).isZero();
        assertThat(out)
                .startsWith("missing-end on heap carveout, seed 3\n")
                .contains("\nwrong-direction on heap carveout, seed 3\n");
        Path picture = folder.resolve("line.svg");
        run("litmus", "old-data", "--svg", picture.toString());
        assertThat(status).isZero();
        assertThat(out).isEmpty();
        assertThat(picture).content().startsWith("<svg").endsWith("</svg>\n");
        run("litmus", "missing-begin", "missing-end", "--heap", "cma", "--svg", picture.toString());
        assertThat(picture).content().containsSubsequence("missing-begin --heap cma", "missing-end --heap cma");
        run("litmus", "--svg", folder.resolve("no/folder.svg").toString());
        refused("there is no folder");
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/video9999, there is no such device",
        "/dev/null, is no video device",
        "missing, there is no such device",
    })
    void whatIsNoCameraIsRefusedInALine(String device, String words) throws IOException {
        Path socket = folder.resolve("socket");
        run("capture", device, "--listen", socket.toString());
        refused(words);
        run("capture", device, "--list");
        refused(words);
        assertThat(socket).doesNotExist();
        if (device.startsWith("/dev/video")) {
            run("send", "--input", device, "--listen", socket.toString());
            refused(words);
            run(
                    "demo",
                    "--input",
                    device,
                    "--sheet",
                    folder.resolve("sheet.png").toString());
            refused(words);
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void inputsThatCannotBeReadAreRefusedInALine() throws IOException {
        Path header = Files.writeString(folder.resolve("huge.y4m"), "YUV4MPEG2 W100000 H100000\n");
        Path nothing = Files.writeString(folder.resolve("nothing.y4m"), "YUV4MPEG2 W0 H0\n");
        Path deep = Files.writeString(folder.resolve("deep.y4m"), "YUV4MPEG2 W16 H16 C420p10\n");
        Path text = Files.writeString(folder.resolve("text.y4m"), "Dear reader,\n");
        Path noFrame = Files.writeString(folder.resolve("no frame.y4m"), "YUV4MPEG2 W16 H16\n");
        List<String> before = names();
        for (String[] input : new String[][] {
            {folder.resolve("missing.y4m").toString(), "there is no file"},
            {folder.resolve("missing.mp4").toString(), "there is no file"},
            {folder.toString(), "is a folder"},
            {header.toString(), "100000x100000 pixels is too large"},
            {nothing.toString(), "0x0 pixels has nothing in it"},
            {deep.toString(), "'420p10' is not supported"},
            {text.toString(), "not a y4m stream"},
        }) {
            run("send", "--input", input[0], "--listen", folder.resolve("s").toString());
            refused(input[1]);
            run(
                    "demo",
                    "--input",
                    input[0],
                    "--sheet",
                    folder.resolve("sheet.png").toString());
            refused(input[1]);
        }
        run(
                "demo",
                "--input",
                noFrame.toString(),
                "--sheet",
                folder.resolve("sheet.png").toString());
        refused("no frame");
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void socketsThatCannotBeUsedAreRefusedInALine() throws IOException {
        Path file = Files.writeString(folder.resolve("a file"), "precious");
        String tooLong = folder.resolve("x".repeat(120)).toString();
        for (String[] socket : new String[][] {
            {folder.resolve("none").toString(), ""},
            {tooLong, ""},
            {file.toString(), ""},
            {folder.toString(), ""},
        }) {
            run("receive", socket[0]);
            refused(socket[0]);
        }
        for (String socket : List.of(tooLong, file.toString(), folder.toString(), folder + "/no/folder/s")) {
            run("send", "--frames", "1", "--listen", socket);
            refused(socket);
        }
        assertThat(file).hasContent("precious");
        assertThat(names()).containsExactly("a file");
    }

    @Test
    void outputsThatCannotBeWrittenAreRefusedInALine() throws IOException {
        run("demo", "--sheet", folder.toString());
        refused("is a folder");
        run("demo", "--sheet", folder.resolve("no/folder/sheet.png").toString());
        refused("there is no folder");
        assertThat(names()).isEmpty();
    }

    @Test
    void aFolderWithoutPermissionIsRefusedInALine() throws IOException {
        boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
        if (root) {
            System.out.println("skipped: root may write everywhere");
        }
        assumeFalse(root, "root may write everywhere");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        run("send", "--listen", folder.resolve("s").toString());
        refused("permission");
        run("demo", "--sheet", folder.resolve("sheet.png").toString());
        refused("permission");
    }

    private void refused(String reason) {
        assertThat(status).as(err).isEqualTo(1);
        assertThat(err).startsWith("dmabuf4j: ").contains(reason).hasLineCount(1);
        assertThat(out).isEmpty();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void run(String... arguments) {
        PrintStream standardOut = System.out;
        PrintStream standardErr = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            status = Main.run(arguments);
        } finally {
            System.setOut(standardOut);
            System.setErr(standardErr);
        }
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
    }
}
