package io.github.dmabuf4j.lab;

import static io.github.dmabuf4j.lab.KernelEngine.refusing;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.SyncFileInfo;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.tck.Engine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sync file of the kernel as a file of the kit. */
record KernelFile(KernelSyncFile file) implements Engine.FenceFile {
    @Override
    public boolean poll(Duration timeout) throws InterruptedException {
        return timeout.isZero() ? refusing(file::poll) : refusing(file::fence).await(timeout);
    }

    @Override
    public Engine.FileInfo info() {
        SyncFileInfo info = refusing(file::info);
        List<Engine.FenceInfo> fences = info.fences().stream()
                .map(each -> new Engine.FenceInfo(
                        each.driverName(),
                        each.timelineName(),
                        number(each.status(), each.error()),
                        each.timestampNanos()))
                .toList();
        int folded = fences.stream()
                .mapToInt(Engine.FenceInfo::status)
                .filter(status -> status <= 0)
                .findFirst()
                .orElse(1);
        return new Engine.FileInfo(info.name(), folded, fences);
    }

    private static int number(FenceStatus status, @Nullable Errno error) {
        return switch (status) {
            case ACTIVE -> 0;
            case SIGNALED -> 1;
            case FAILED -> error == null ? 0 : -error.number();
        };
    }

    @Override
    public int status() {
        return refusing(file::status);
    }

    @Override
    public void setDeadline(long deadlineNanos) {
        refusing(() -> {
            file.setDeadline(deadlineNanos);
            return file;
        });
    }

    @Override
    public void close() {
        file.close();
    }
}
