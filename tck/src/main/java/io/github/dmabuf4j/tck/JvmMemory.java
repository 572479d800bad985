package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AccessScope;
import io.github.dmabuf4j.buffer.BufferClosedException;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.RawView;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.SyncFile;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A handle of this library as a descriptor. */
final class JvmMemory implements BufferEngine.Memory {
    private final DmaBuf handle;
    private final Queue<AutoCloseable> opened;
    /** Brackets that are open, by what they were begun for. */
    private final Map<BufferEngine.Access, ArrayDeque<CpuAccess>> brackets = new EnumMap<>(BufferEngine.Access.class);

    private JvmMemory(DmaBuf handle, Queue<AutoCloseable> opened) {
        this.handle = handle;
        this.opened = opened;
        opened.add(handle);
    }

    /** The first descriptor of a buffer; what is opened on it is noted, to be closed by the engine. */
    static JvmMemory of(DmaBuf handle, Queue<AutoCloseable> opened) {
        return new JvmMemory(handle, opened);
    }

    static Queue<AutoCloseable> nothingOpened() {
        return new ConcurrentLinkedQueue<>();
    }

    private static <T> T refusing(Supplier<T> call) {
        try {
            return call.get();
        } catch (BufferClosedException closed) {
            throw new RefusedException(Errno.EBADF, closed);
        } catch (IllegalArgumentException refused) {
            throw new RefusedException(Errno.EINVAL, refused);
        }
    }

    private static AccessMode mode(BufferEngine.Access access) {
        return switch (access) {
            case READ -> AccessMode.READ;
            case WRITE -> AccessMode.WRITE;
            case READ_WRITE -> AccessMode.READ_WRITE;
        };
    }

    @Override
    public long id() {
        return handle.id();
    }

    @Override
    public long size() {
        return handle.size();
    }

    @Override
    public String name() {
        return refusing(handle::name);
    }

    @Override
    public void name(String name) {
        refusing(() -> {
            handle.name(name);
            return name;
        });
    }

    @Override
    public JvmMemory dup() {
        return new JvmMemory(refusing(handle::dup), opened);
    }

    @Override
    public void begin(BufferEngine.Access access) {
        CpuAccess bracket = refusing(() -> handle.beginCpuAccess(mode(access), AccessScope.ANY_THREAD));
        opened.add(bracket);
        synchronized (brackets) {
            brackets.computeIfAbsent(access, _ -> new ArrayDeque<>()).push(bracket);
        }
    }

    @Override
    public void end(BufferEngine.Access access) {
        synchronized (brackets) {
            brackets.getOrDefault(access, new ArrayDeque<>()).pop().close();
        }
    }

    @Override
    public BufferEngine.View map(boolean writable, long offset, long length) {
        AccessMode mode = writable ? AccessMode.READ_WRITE : AccessMode.READ;
        RawView view = refusing(() -> handle.rawView(mode, offset, length));
        opened.add(view);
        return new JvmView(view);
    }

    @Override
    public void importFile(Engine.FenceFile file, boolean write) {
        SyncFile sync = SyncFile.of(JvmEngine.fence(file));
        refusing(() -> {
            handle.implicitSync().importSyncFile(sync, write ? AccessMode.WRITE : AccessMode.READ);
            return file;
        });
    }

    @Override
    public Engine.FenceFile exportFile(boolean write) {
        AccessMode mode = write ? AccessMode.WRITE : AccessMode.READ;
        return JvmEngine.file(
                refusing(() -> handle.implicitSync().exportSyncFile(mode)).fence());
    }

    @Override
    public boolean readable() {
        return refusing(handle::implicitSync).isReadable();
    }

    @Override
    public boolean writable() {
        return refusing(handle::implicitSync).isWritable();
    }

    @Override
    public void close() {
        handle.close();
    }

    private record JvmView(RawView view) implements BufferEngine.View {
        @Override
        public byte get(long at) {
            return view.segment().get(ValueLayout.JAVA_BYTE, at);
        }

        @Override
        public void put(long at, byte value) {
            view.segment().set(ValueLayout.JAVA_BYTE, at, value);
        }

        @Override
        public void close() {
            view.close();
        }
    }
}
