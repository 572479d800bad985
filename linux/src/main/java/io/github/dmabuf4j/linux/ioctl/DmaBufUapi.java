package io.github.dmabuf4j.linux.ioctl;

import java.util.List;

/** Numbers and structures of {@code linux/dma-buf.h}, {@code linux/dma-heap.h} and {@code linux/udmabuf.h}. */
public final class DmaBufUapi {
    /** Begins or ends CPU access. */
    public static final int DMA_BUF_IOCTL_SYNC = 0x40086200;
    /** Names a buffer; the argument is the text itself. */
    public static final int DMA_BUF_SET_NAME_B = 0x40086201;
    /** Makes a sync file of the implicit fences; since Linux 6.0. */
    public static final int DMA_BUF_IOCTL_EXPORT_SYNC_FILE = 0xC0086202;
    /** Adds a sync file to the implicit fences; since Linux 6.0. */
    public static final int DMA_BUF_IOCTL_IMPORT_SYNC_FILE = 0x40086203;
    /** The CPU reads. */
    public static final int DMA_BUF_SYNC_READ = 0x1;
    /** The CPU writes. */
    public static final int DMA_BUF_SYNC_WRITE = 0x2;
    /** Access begins. */
    public static final int DMA_BUF_SYNC_START = 0x0;
    /** Access ends. */
    public static final int DMA_BUF_SYNC_END = 0x4;
    /** The longest name, with its zero. */
    public static final int DMA_BUF_NAME_LEN = 32;

    /** Allocates from a heap. */
    public static final int DMA_HEAP_IOCTL_ALLOC = 0xC0184800;
    /** Makes a buffer of one range of a memory file. */
    public static final int UDMABUF_CREATE = 0x40187542;
    /** Makes a buffer of several ranges. */
    public static final int UDMABUF_CREATE_LIST = 0x40087543;
    /** The descriptor is closed on exec. */
    public static final int UDMABUF_FLAGS_CLOEXEC = 0x1;

    /** What {@link #DMA_BUF_IOCTL_SYNC} takes. */
    public static final CStruct SYNC =
            CStruct.named("dma_buf_sync").longs("flags").build();

    /** What {@link #DMA_BUF_IOCTL_EXPORT_SYNC_FILE} takes. */
    public static final CStruct EXPORT_SYNC_FILE =
            CStruct.named("dma_buf_export_sync_file").ints("flags", "fd").build();

    /** What {@link #DMA_BUF_IOCTL_IMPORT_SYNC_FILE} takes. */
    public static final CStruct IMPORT_SYNC_FILE =
            CStruct.named("dma_buf_import_sync_file").ints("flags", "fd").build();

    /** What {@link #DMA_HEAP_IOCTL_ALLOC} takes. */
    public static final CStruct HEAP_ALLOCATION = CStruct.named("dma_heap_allocation_data")
            .longs("len")
            .ints("fd", "fd_flags")
            .longs("heap_flags")
            .build();

    /** What {@link #UDMABUF_CREATE} takes. */
    public static final CStruct UDMABUF = CStruct.named("udmabuf_create")
            .ints("memfd", "flags")
            .longs("offset", "size")
            .build();

    /** One range of {@link #UDMABUF_CREATE_LIST}. */
    public static final CStruct UDMABUF_ITEM = CStruct.named("udmabuf_create_item")
            .ints("memfd", "__pad")
            .longs("offset", "size")
            .build();

    /** What {@link #UDMABUF_CREATE_LIST} takes; the ranges follow. */
    public static final CStruct UDMABUF_LIST =
            CStruct.named("udmabuf_create_list").ints("flags", "count").build();

    static final List<CStruct> STRUCTS =
            List.of(SYNC, EXPORT_SYNC_FILE, IMPORT_SYNC_FILE, HEAP_ALLOCATION, UDMABUF, UDMABUF_ITEM, UDMABUF_LIST);

    private DmaBufUapi() {}
}
