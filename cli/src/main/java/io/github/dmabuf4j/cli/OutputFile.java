package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.video.VideoException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears when it is complete, and not before: it is written beside its place under another name, which goes
 * away when the run fails or is interrupted. Pipes and devices, and standard output, are written as they are.
 */
final class OutputFile implements AutoCloseable {
    private final FileChannel channel;
    private final @Nullable Path part;
    private final @Nullable Path place;
    private final @Nullable Thread cleaner;

    private OutputFile(FileChannel channel, @Nullable Path part, @Nullable Path place) {
        this.channel = channel;
        this.part = part;
        this.place = place;
        if (part == null) {
            cleaner = null;
        } else {
            cleaner = new Thread(() -> delete(part), "dmabuf4j goodbye");
            Runtime.getRuntime().addShutdownHook(cleaner);
        }
    }

    /**
     * Opens an output.
     *
     * @param name a path, or {@code -} for standard output
     * @return the output
     * @throws IOException if it cannot be written; one sentence
     */
    static OutputFile open(String name) throws IOException {
        if (name.equals("-")) {
            return new OutputFile(new FileOutputStream(FileDescriptor.out).getChannel(), null, null);
        }
        Path place;
        try {
            place = Path.of(name);
        } catch (InvalidPathException unsound) {
            throw new VideoException("this is no path for an output", unsound);
        }
        checkPlace(place);
        try {
            if (Files.exists(place) && !Files.isRegularFile(place)) {
                return new OutputFile(FileChannel.open(place, StandardOpenOption.WRITE), null, null);
            }
            Path part = place.resolveSibling(
                    "." + place.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            return new OutputFile(channel, part, place);
        } catch (NoSuchFileException missing) {
            throw new VideoException("there is no folder to write " + place + " into", missing);
        } catch (AccessDeniedException denied) {
            throw new VideoException("no permission to write " + place, denied);
        }
    }

    /**
     * Complains early about a place where no file can be written.
     *
     * @param place where a file is to appear
     * @throws VideoException if that is a folder, or there is no folder for it
     */
    static void checkPlace(Path place) throws VideoException {
        if (place.getFileName() == null || Files.isDirectory(place)) {
            throw new VideoException(place + " is a folder: name a file for the output");
        }
        Path folder = place.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new VideoException("there is no folder to write " + place + " into");
        }
        if (folder != null && !Files.isWritable(Files.exists(place) ? place : folder)) {
            throw new VideoException("no permission to write " + place);
        }
    }

    /**
     * Where to write.
     *
     * @return the channel; this object closes it
     */
    FileChannel channel() {
        return channel;
    }

    /**
     * Puts the file in its place.
     *
     * @throws IOException if that fails; nothing stays behind
     */
    void complete() throws IOException {
        channel.close();
        if (part != null && place != null) {
            Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Closes the file; one that is not complete goes away. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (part != null) {
                delete(part);
            }
        }
        if (cleaner != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(cleaner);
            } catch (IllegalStateException ending) {
                // The process is ending already: the hook does what it is for.
            }
        }
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException gone) {
            System.err.println("dmabuf4j: could not remove " + part);
        }
    }
}
