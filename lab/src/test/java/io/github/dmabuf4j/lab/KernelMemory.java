package io.github.dmabuf4j.lab;

import static io.github.dmabuf4j.lab.KernelEngine.refusing;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.tck.BufferEngine;
import io.github.dmabuf4j.tck.BufferEngine.Access;
import io.github.dmabuf4j.tck.BufferEngine.View;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.RefusedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A dma-buf of the kernel as a buffer of the kit. */
record KernelMemory(KernelEngine engine, KernelDmaBuf buffer) implements BufferEngine.Memory {
    @Override
    public long id() {
        return buffer.inode();
    }

    @Override
    public long size() {
        return buffer.size();
    }

    @Override
    public String name() {
        String name = refusing(() -> {
            String told = buffer.name();
            return told == null ? "" : told;
        });
        return name;
    }

    @Override
    public void name(String name) {
        refusing(() -> {
            buffer.setName(name);
            return buffer;
        });
    }

    @Override
    public BufferEngine.Memory dup() {
        return new KernelMemory(engine, engine.opened(refusing(buffer::dup)));
    }

    private static AccessMode mode(Access access) {
        return switch (access) {
            case READ -> AccessMode.READ;
            case WRITE -> AccessMode.WRITE;
            case READ_WRITE -> AccessMode.READ_WRITE;
        };
    }

    @Override
    public void begin(Access access) {
        refusing(() -> {
            buffer.beginCpuAccess(mode(access));
            return buffer;
        });
    }

    @Override
    public void end(Access access) {
        refusing(() -> {
            buffer.endCpuAccess(mode(access));
            return buffer;
        });
    }

    @Override
    public View map(boolean writable, long offset, long length) {
        long address = refusing(() -> buffer.fd().use(number -> Mappings.map(number, offset, length, writable)));
        if (address < 0) {
            throw new RefusedException(new Errno((int) -address), new IllegalArgumentException("mmap"));
        }
        return new Mapping(address, length, writable);
    }

    @Override
    public void importFile(FenceFile file, boolean write) {
        refusing(() -> {
            buffer.importSyncFile(((KernelFile) file).file(), write ? AccessMode.WRITE : AccessMode.READ);
            return buffer;
        });
    }

    @Override
    public FenceFile exportFile(boolean write) {
        return engine.file(refusing(() -> buffer.exportSyncFile(write ? AccessMode.WRITE : AccessMode.READ)));
    }

    @Override
    public boolean readable() {
        return refusing(buffer::isReadable);
    }

    @Override
    public boolean writable() {
        return refusing(buffer::isWritable);
    }

    @Override
    public void close() {
        buffer.close();
    }

    private record Mapping(MemorySegment memory) implements View {
        Mapping(long address, long length, boolean writable) {
            this(
                    writable
                            ? Mappings.lease(address, length, Arena.global())
                            : Mappings.lease(address, length, Arena.global()).asReadOnly());
        }

        @Override
        public byte get(long at) {
            return memory.get(ValueLayout.JAVA_BYTE, at);
        }

        @Override
        public void put(long at, byte value) {
            memory.set(ValueLayout.JAVA_BYTE, at, value);
        }

        @Override
        public void close() {
            Mappings.unmap(memory.address(), memory.byteSize());
        }
    }
}
