package io.github.dmabuf4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code dmabuf4j} command. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "dmabuf4j",
        description = "Moves video frames between processes without copying them, with fences.",
        mixinStandardHelpOptions = true,
        version = "dmabuf4j " + Main.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."},
        subcommands = {
            DemoCommand.class,
            SendCommand.class,
            CaptureCommand.class,
            ReceiveCommand.class,
            PresentCommand.class,
            LitmusCommand.class,
            BufsCommand.class,
            DoctorCommand.class,
            DemoConsumerCommand.class,
            WarmUpCommand.class
        })
public final class Main implements Runnable {
    static final String VERSION = "0.1.0";

    @Spec
    private CommandSpec spec;

    /** Made by the parser. */
    @SuppressWarnings("NullAway.Init") // the parser sets the field
    Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments the words behind {@code dmabuf4j}
     */
    public static void main(String[] arguments) {
        int status = run(arguments);
        System.out.flush();
        if (System.out.checkError() && status == 0) {
            status = 1;
        }
        System.exit(status);
    }

    /**
     * Runs a command.
     *
     * @param arguments the words behind {@code dmabuf4j}
     * @return the exit code
     */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::explainUsage)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> explainFailure(failure, command.getErr()::println))
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    /** Without a command: which there are. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: demo, send, capture, receive, present, litmus, bufs or doctor");
    }

    private static int explainUsage(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        command.getErr()
                .println("dmabuf4j: " + wrong.getMessage() + " (see "
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return 2;
    }

    /** One line for what went wrong; the whole story with {@code -Ddmabuf4j.debug=true}. */
    static int explainFailure(Throwable failure, java.util.function.Consumer<String> line) {
        line.accept("dmabuf4j: " + sentence(failure));
        if (Boolean.getBoolean("dmabuf4j.debug")) {
            failure.printStackTrace(new PrintStream(System.err, true));
        }
        return 1;
    }

    static String sentence(Throwable failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case InterruptedException _ -> "interrupted";
            case OutOfMemoryError _ -> "out of memory: " + message;
            case FileSystemException file
            when file.getReason() == null ->
                "cannot use " + file.getFile() + ": " + readable(file.getClass().getSimpleName());
            case FileSystemException file -> "cannot use " + file.getFile() + ": " + file.getReason();
            case IOException _ when message != null -> message;
            default -> message != null ? message : readable(failure.getClass().getSimpleName());
        };
    }

    /** {@code AccessDeniedException} as words. */
    private static String readable(String name) {
        return name.replaceAll("Exception$|Error$", "")
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(java.util.Locale.ROOT);
    }
}
