package io.github.dmabuf4j.linux.ioctl;

import java.util.List;

/** Numbers and structures of {@code linux/sync_file.h}, and of sw_sync, which has no header. */
public final class SyncUapi {
    /** Makes a file with the fences of two. */
    public static final int SYNC_IOC_MERGE = 0xC0303E03;
    /** Asks what a file holds. */
    public static final int SYNC_IOC_FILE_INFO = 0xC0383E04;
    /** Hints when a file is wanted; since Linux 6.6. */
    public static final int SYNC_IOC_SET_DEADLINE = 0x40103E05;

    /** Makes a point of a software timeline. */
    public static final int SW_SYNC_IOC_CREATE_FENCE = 0xC0285700;
    /** Moves a software timeline. */
    public static final int SW_SYNC_IOC_INC = 0x40045701;
    /** Asks for the deadline of a point. */
    public static final int SW_SYNC_GET_DEADLINE = 0xC0105702;

    /** The length of names, with their zero. */
    public static final int NAME_LENGTH = 32;

    /** What {@link #SYNC_IOC_MERGE} takes. */
    public static final CStruct MERGE_DATA = CStruct.named("sync_merge_data")
            .bytes("name", NAME_LENGTH)
            .ints("fd2", "fence", "flags", "pad")
            .build();

    /** What {@link #SYNC_IOC_FILE_INFO} takes. */
    public static final CStruct FILE_INFO = CStruct.named("sync_file_info")
            .bytes("name", NAME_LENGTH)
            .ints("status", "flags", "num_fences", "pad")
            .longs("sync_fence_info")
            .build();

    /** What a file tells of each fence. */
    public static final CStruct FENCE_INFO = CStruct.named("sync_fence_info")
            .bytes("obj_name", NAME_LENGTH)
            .bytes("driver_name", NAME_LENGTH)
            .ints("status", "flags")
            .longs("timestamp_ns")
            .build();

    /** What {@link #SYNC_IOC_SET_DEADLINE} takes. */
    public static final CStruct SET_DEADLINE =
            CStruct.named("sync_set_deadline").longs("deadline_ns", "pad").build();

    /** What {@link #SW_SYNC_IOC_CREATE_FENCE} takes. */
    public static final CStruct CREATE_FENCE_DATA = CStruct.named("sw_sync_create_fence_data")
            .ints("value")
            .bytes("name", NAME_LENGTH)
            .ints("fence")
            .build();

    /** What {@link #SW_SYNC_GET_DEADLINE} takes. */
    public static final CStruct GET_DEADLINE = CStruct.named("sw_sync_get_deadline")
            .longs("deadline_ns")
            .ints("pad", "fence_fd")
            .build();

    /** What {@link #SW_SYNC_IOC_INC} takes: a bare number. */
    public static final CStruct INCREMENT =
            CStruct.named("sw_sync_inc").ints("value").build();

    static final List<CStruct> STRUCTS = List.of(MERGE_DATA, FILE_INFO, FENCE_INFO, SET_DEADLINE);

    private SyncUapi() {}
}
