package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * The tests that the kernel brings along: those of fences, chains, unwrapping and reservations, which KUnit runs when it is asked to
 * by debugfs, and those of its deadlock-avoiding mutexes. They pass here on the kernel that the kit is put to: where kit and kernel
 * disagree, it is not the kernel that is ill.
 */
@Timeout(300)
class SelfTestSuite {
    private static final Path KUNIT = Path.of("/sys/kernel/debug/kunit");
    private static final Path MUTEXES = Path.of("/sys/kernel/test_ww_mutex/run_tests");
    /** A case; the suite has no spaces before it, and the parameters of a case have more. */
    private static final Pattern RESULT = Pattern.compile(" {4}(not )?ok [0-9]+ (\\S+)(.*)");

    static boolean isAvailable() {
        return Files.isDirectory(KUNIT);
    }

    @TestFactory
    List<DynamicTest> kernel() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(KUNIT)) {
            for (Path folder : folders) {
                Files.writeString(folder.resolve("run"), "1");
                String results = Files.readString(folder.resolve("results"));
                results.lines().map(RESULT::matcher).filter(Matcher::matches).forEach(result -> {
                    boolean good = result.group(1) == null && !result.group(3).contains("SKIP");
                    tests.add(dynamicTest(
                            folder.getFileName() + "." + result.group(2),
                            () -> assertThat(good).as(results).isTrue()));
                });
            }
        }
        return tests;
    }

    @Test
    void deadlockAvoidingMutexes() throws Exception {
        String verdict = "All ww mutex selftests passed";
        int before = count(kernelLog(), verdict);
        Files.writeString(MUTEXES, "1");
        String log = kernelLog();
        assertThat(count(log, verdict)).as(log).isEqualTo(before + 1);
    }

    private static int count(String text, String words) {
        return text.split(Pattern.quote(words), -1).length - 1;
    }

    private static String kernelLog() throws IOException, InterruptedException {
        Process dmesg = new ProcessBuilder("dmesg").redirectErrorStream(true).start();
        String log = new String(dmesg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(dmesg.waitFor()).as(log).isZero();
        return log;
    }
}
