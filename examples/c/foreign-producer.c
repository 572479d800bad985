/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A native producer that knows nothing of this library: it draws pictures into its own buffers and lends them to one consumer over
 * a Unix socket, as a camera service or a compositor's client would.
 *
 *   cc -std=c11 -Wall -Wextra -Werror -o foreign-producer foreign-producer.c
 *   ./foreign-producer SOCKET MEMORY FRAMES [hold | forget]
 *
 * MEMORY is memfd, udmabuf, dma-heap or vgem. The messages are described in README.md. For each frame it prints a CRC-32 of
 * what it drew. With hold (vgem only) a frame is handed over before it is drawn, behind a fence of the kernel on its buffer, and each
 * line on standard input lets the next one be drawn and its fence be signalled. With forget the line comes to nothing: by then the
 * kernel must have signalled the fence, and what it says to our signal is printed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CHECK(condition, ...) do { if (!(condition)) die(__VA_ARGS__); } while (0)

/* 160x96 in YUV 4:2:0, the rows aligned to 256 bytes as devices like it, and the planes behind each other in one buffer. */
enum { WIDTH = 160, HEIGHT = 96, STRIDE = 256, PLANES = 3, PICTURES = 3, SIZE = STRIDE * HEIGHT * 2, FOURCC = 0x32315559 };

/* The messages, each one packet; all little-endian. */
struct plane { uint32_t offset, stride; };
struct picture { uint32_t type, id, width, height, fourcc, planes; uint64_t modifier; struct plane plane[4]; }; /* and an fd for each plane */
struct frame { uint32_t type, id; uint64_t number; };                                                            /* the picture is yours */
struct done { uint32_t type, id; uint64_t number; int32_t error; uint32_t pad; };                                /* the picture is mine */
enum { PICTURE = 1, FRAME = 2, DONE = 3, END = 4 };

/* What vgem needs of <drm/drm.h> and <drm/vgem_drm.h>, which are not installed everywhere. */
struct dumb { uint32_t height, width, bpp, flags, handle, pitch; uint64_t size; };
struct prime { uint32_t handle, flags; int32_t fd; };
struct fence { uint32_t handle, flags, out_fence, pad; };
struct signal { uint32_t fence, flags; };
struct version { int numbers[3]; size_t name_length; char *name; size_t date_length; char *date; size_t text_length; char *text; };
#define VERSION _IOWR('d', 0x00, struct version)
#define CREATE_DUMB _IOWR('d', 0xB2, struct dumb)
#define HANDLE_TO_FD _IOWR('d', 0x2D, struct prime)
#define FENCE_ATTACH _IOWR('d', 0x41, struct fence)
#define FENCE_SIGNAL _IOW('d', 0x42, struct signal)

struct buffer { int fd; uint8_t *memory; uint32_t handle, fence; uint64_t lent; };

static struct buffer buffers[PICTURES];
static int channel, card = -1, is_dma_buf;

static _Noreturn void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint32_t crc32(const uint8_t *bytes, size_t length)
{
    uint32_t crc = ~0u;
    while (length--) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* A memory file that cannot shrink: nobody would map it otherwise. */
static int memory_file(void)
{
    int fd = memfd_create("foreign-producer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(fd >= 0 && ftruncate(fd, SIZE) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0, "no memory file: %s", strerror(errno));
    return fd;
}

static int udmabuf(void)
{
    int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), file = memory_file();
    CHECK(device >= 0, "cannot open /dev/udmabuf: %s", strerror(errno));
    struct udmabuf_create create = {.memfd = (uint32_t)file, .flags = UDMABUF_FLAGS_CLOEXEC, .size = SIZE};
    int fd = ioctl(device, UDMABUF_CREATE, &create);
    CHECK(fd >= 0, "no udmabuf: %s", strerror(errno));
    close(file);
    close(device);
    return fd;
}

static int dma_heap(void)
{
    int device = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
    struct dma_heap_allocation_data data = {.len = SIZE, .fd_flags = O_RDWR | O_CLOEXEC};
    CHECK(device >= 0 && ioctl(device, DMA_HEAP_IOCTL_ALLOC, &data) == 0, "no buffer of /dev/dma_heap/system: %s", strerror(errno));
    close(device);
    return (int)data.fd;
}

static int vgem(uint32_t *handle)
{
    for (int node = 0; card < 0 && node < 16; node++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/dri/card%d", node);
        int fd = open(path, O_RDWR | O_CLOEXEC);
        char name[8] = "";
        struct version version = {.name = name, .name_length = sizeof name - 1};
        if (fd >= 0 && ioctl(fd, VERSION, &version) == 0 && strcmp(name, "vgem") == 0)
            card = fd;
        else if (fd >= 0)
            close(fd);
    }
    CHECK(card >= 0, "no graphics device of the driver vgem");
    struct dumb dumb = {.width = STRIDE, .height = HEIGHT * 2, .bpp = 8};
    CHECK(ioctl(card, CREATE_DUMB, &dumb) == 0 && dumb.size >= SIZE, "no dumb buffer: %s", strerror(errno));
    struct prime prime = {.handle = dumb.handle, .flags = O_CLOEXEC | O_RDWR};
    CHECK(ioctl(card, HANDLE_TO_FD, &prime) == 0, "a dumb buffer cannot be exported: %s", strerror(errno));
    *handle = dumb.handle;
    return prime.fd;
}

static void make(struct buffer *buffer, const char *memory)
{
    is_dma_buf = strcmp(memory, "memfd") != 0;
    buffer->fd = !is_dma_buf                      ? memory_file()
                 : strcmp(memory, "udmabuf") == 0  ? udmabuf()
                 : strcmp(memory, "dma-heap") == 0 ? dma_heap()
                                                   : vgem(&buffer->handle);
    buffer->memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->fd, 0);
    CHECK(buffer->memory != MAP_FAILED, "cannot map a buffer: %s", strerror(errno));
}

/* Waits for who reads or writes the buffer by the fences of the kernel, and does what caches need. */
static void access_buffer(const struct buffer *buffer, uint64_t what)
{
    struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_WRITE | what};
    int answer = 0;
    while (is_dma_buf && (answer = ioctl(buffer->fd, DMA_BUF_IOCTL_SYNC, &sync)) < 0 && (errno == EINTR || errno == EAGAIN)) {
    }
    CHECK(answer == 0, "a buffer refuses access: %s", strerror(errno));
}

static void draw(const struct buffer *buffer, uint64_t number)
{
    uint32_t noise = (uint32_t)number * 2654435761u | 1;
    for (int i = 0; i < SIZE; i++) {
        noise ^= noise << 13, noise ^= noise >> 17, noise ^= noise << 5;
        buffer->memory[i] = (uint8_t)noise;
    }
}

static void transmit(const void *bytes, size_t length, int fd, int copies)
{
    struct iovec part = {(void *)bytes, length};
    union { struct cmsghdr head; char room[CMSG_SPACE(PLANES * sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (copies) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(copies * sizeof(int));
        control.head = (struct cmsghdr){CMSG_LEN(copies * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        for (int i = 0; i < copies; i++)
            memcpy(CMSG_DATA(&control.head) + i * sizeof fd, &fd, sizeof fd);
    }
    CHECK(sendmsg(channel, &message, MSG_NOSIGNAL) == (ssize_t)length, "the consumer is gone: %s", strerror(errno));
}

/* Tells of a picture, with a descriptor for each plane: three of the same buffer, as many interfaces want it. */
static void introduce(uint32_t id)
{
    struct picture picture = {.type = PICTURE, .id = id, .width = WIDTH, .height = HEIGHT, .fourcc = FOURCC, .planes = PLANES,
                              .plane = {{0, STRIDE}, {STRIDE * HEIGHT, STRIDE}, {STRIDE * HEIGHT * 3 / 2, STRIDE}}};
    transmit(&picture, sizeof picture, buffers[id].fd, PLANES);
}

static void await_done(void)
{
    struct done done;
    ssize_t length = recv(channel, &done, sizeof done, 0);
    CHECK(length == sizeof done && done.type == DONE && done.id < PICTURES && buffers[done.id].lent == done.number && done.number,
          "the consumer left before it gave all pictures back");
    CHECK(done.error == 0, "the consumer failed: %s", strerror(done.error));
    buffers[done.id].lent = 0;
}

static void await_line(void)
{
    char line[16];
    CHECK(fgets(line, sizeof line, stdin), "standard input has ended");
}

static void hand_over(uint32_t id, uint64_t number)
{
    buffers[id].lent = number;
    struct frame frame = {.type = FRAME, .id = id, .number = number};
    transmit(&frame, sizeof frame, -1, 0);
}

static void produce(uint32_t id, uint64_t number, const char *mode)
{
    struct buffer *buffer = &buffers[id];
    access_buffer(buffer, DMA_BUF_SYNC_START);
    if (mode) {
        struct fence fence = {.handle = buffer->handle, .flags = 1 /* it stands for a writer */};
        CHECK(ioctl(card, FENCE_ATTACH, &fence) == 0, "no fence: %s", strerror(errno));
        buffer->fence = fence.out_fence;
        hand_over(id, number);
        await_line();
    }
    draw(buffer, number);
    access_buffer(buffer, DMA_BUF_SYNC_END);
    printf("%llu %08x\n", (unsigned long long)number, crc32(buffer->memory, SIZE));
    if (mode) {
        struct signal signal = {.fence = buffer->fence};
        int answer = ioctl(card, FENCE_SIGNAL, &signal) < 0 ? errno : 0;
        CHECK(answer == 0 || strcmp(mode, "forget") == 0, "cannot signal: %s", strerror(answer));
        printf("signal %d\n", answer);
    } else {
        hand_over(id, number);
    }
    fflush(stdout);
}

int main(int count, char **words)
{
    CHECK(count == 4 || count == 5, "usage: foreign-producer SOCKET memfd|udmabuf|dma-heap|vgem FRAMES [hold|forget]");
    const char *mode = count == 5 ? words[4] : NULL;
    CHECK(!mode || strcmp(words[2], "vgem") == 0, "only vgem has fences that a program can put on a buffer");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(strlen(words[1]) < sizeof address.sun_path, "the socket's path is too long");
    strcpy(address.sun_path, words[1]);
    for (int i = 0; i < PICTURES; i++)
        make(&buffers[i], words[2]);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    umask(0177);
    CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0,
          "cannot listen at %s: %s", words[1], strerror(errno));
    puts("listening");
    fflush(stdout);
    channel = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    CHECK(channel >= 0, "nobody came: %s", strerror(errno));
    close(listener);
    unlink(words[1]);
    for (uint32_t id = 0; id < PICTURES; id++)
        introduce(id);
    uint64_t frames = strtoull(words[3], NULL, 10);
    for (uint64_t number = 1; number <= frames; number++) {
        uint32_t id = number % PICTURES;
        while (buffers[id].lent)
            await_done();
        produce(id, number, mode);
    }
    for (uint32_t id = 0; id < PICTURES; id++)
        while (buffers[id].lent)
            await_done();
    struct frame end = {.type = END};
    transmit(&end, sizeof end, -1, 0);
    puts("end");
    return 0;
}
