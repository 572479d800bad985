/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second peer of XBP: receives the frames of a producer and prints a CRC-32C of each, in order.
 *
 *   cc -std=c11 -Wall -Wextra -Werror -pthread -I../../docs -o xbp-receive xbp-receive.c
 *   ./xbp-receive SOCKET
 *
 * It knows nothing but docs/xbp.h: buffers arrive once, as descriptors over the socket; frames arrive through the ring in the
 * producer's sync page, and go back through the ring in ours. Nothing is copied, and nobody is called unless he sleeps.
 */
#define _GNU_SOURCE
#include "xbp.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define CHECK(condition, ...) do { if (!(condition)) die(__VA_ARGS__); } while (0)
#define MAX_BUFFERS 64

/* Our page: line 0 header, 1 the ring's timeline, 2 to 9 interest in the producer's timelines, from 10 on the ring. */
enum { LINES = 74, TIMELINE = 1, INTEREST = 2, RING = 10, ENTRIES = 64 };

struct message { /* one packet and the descriptor that came with it, -1: none */
    union { struct xbp_header header; uint8_t bytes[XBP_MAX_MESSAGE]; };
    int fd;
};
struct buffer { uint64_t id, size; const uint8_t *memory; };

static int channel;
static uint8_t *own;             /* our sync page, which only we write */
static const uint8_t *peer;      /* the producer's, read-only */
static struct xbp_sync_geometry geometry; /* where things lie in it: a checked copy */
static uint32_t epoch, peer_epoch;
static struct buffer buffers[MAX_BUFFERS];
static int buffer_count, started, gone;
static uint64_t next_frame, own_sequence;
static _Atomic uint32_t wake; /* becomes 1 when something is on the socket */

static _Noreturn void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static void *line(int number) { return own + number * XBP_LINE_SIZE; }
static const void *peer_line(uint32_t number) { return peer + (size_t)number * XBP_LINE_SIZE; }
static uint64_t read64(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static uint32_t crc32c(const uint8_t *bytes, uint64_t length)
{
    static uint32_t table[256];
    for (uint32_t i = 1; !table[255] && i < 256; i++)
        for (uint32_t bit = 0, value = i; bit < 8; bit++, table[i] = value)
            value = value >> 1 ^ (value & 1 ? 0x82F63B78u : 0);
    uint32_t crc = ~0u;
    while (length--)
        crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xFF];
    return ~crc;
}

static void transmit(uint16_t type, uint16_t flags, uint32_t request, uint64_t object, const void *body, size_t length, int fd)
{
    struct xbp_header header = {.len = sizeof header + length, .type = type, .flags = flags, .request = request,
                                .epoch = epoch, .object = object};
    struct iovec parts[2] = {{&header, sizeof header}, {(void *)body, length}};
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.head = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
    }
    CHECK(sendmsg(channel, &message, MSG_NOSIGNAL) > 0, "cannot send to the producer: %s", strerror(errno));
}

/* Receives one message. Returns 0 at the end of the stream. */
static int receive(struct message *into)
{
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec part = {into->bytes, sizeof into->bytes};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    if (length <= 0)
        return 0;
    struct cmsghdr *attached = CMSG_FIRSTHDR(&message);
    into->fd = -1;
    if (attached && attached->cmsg_level == SOL_SOCKET && attached->cmsg_type == SCM_RIGHTS)
        memcpy(&into->fd, CMSG_DATA(attached), sizeof into->fd);
    CHECK(!(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)), "the producer sent too much at once");
    CHECK((size_t)length >= sizeof into->header && into->header.len == length, "the producer sent no message of XBP");
    CHECK(!peer_epoch || into->header.epoch == peer_epoch, "a message from another life of the producer");
    return 1;
}

static const void *body(const struct message *message, size_t length)
{
    CHECK(message->header.len >= sizeof message->header + length, "a message of the producer ends early");
    return message->bytes + sizeof message->header;
}

/* Maps a file of the producer, after making sure that it can not shrink under us. */
static const void *map(int fd, uint64_t offset, uint64_t length, int seals)
{
    struct stat status;
    CHECK(fd >= 0 && fstat(fd, &status) == 0, "the producer sent no descriptor");
    CHECK((fcntl(fd, F_GET_SEALS) & seals) == seals, "the producer sent a file that is not sealed");
    CHECK(length && offset <= (uint64_t)status.st_size && length <= status.st_size - offset, "the producer sent a short file");
    void *memory = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, offset);
    CHECK(memory != MAP_FAILED, "cannot map what the producer sent: %s", strerror(errno));
    close(fd);
    return memory;
}

static void say_hello(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (LINES * XBP_LINE_SIZE + page - 1) / page * page;
    int fd = memfd_create("xbp-receive", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(fd >= 0 && ftruncate(fd, (off_t)size) == 0, "no memory for the sync page: %s", strerror(errno));
    own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(own != MAP_FAILED, "cannot map the sync page: %s", strerror(errno));
    /* From here on nobody can get a writable mapping, and ours stays what it is. */
    CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0, "cannot seal");
    epoch = (uint32_t)getpid() | 0x80000000u;
    *(struct xbp_sync_header *)line(0) =
        (struct xbp_sync_header){.magic = XBP_SYNC_MAGIC, .version = XBP_SYNC_VERSION, .lines = LINES, .epoch = epoch};
    struct xbp_hello hello = {
        .magic = XBP_MAGIC, .version_min = XBP_VERSION, .version_max = XBP_VERSION,
        .features_offered = XBP_FEATURE_FD_PASSING | XBP_FEATURE_TIMELINE_PAGE | XBP_FEATURE_HANDOVER_RING | XBP_FEATURE_SHARED_READ,
        .features_required = XBP_FEATURE_FD_PASSING | XBP_FEATURE_TIMELINE_PAGE | XBP_FEATURE_HANDOVER_RING,
        .max_message = XBP_MAX_MESSAGE, .max_buffers = MAX_BUFFERS, .max_timelines = XBP_MAX_TIMELINES,
        .page_size = (uint32_t)page, .max_buffer_bytes = 1ull << 40, .roles = XBP_ROLE_IMPORTER,
        .sync = {.lines = LINES, .first_timeline = TIMELINE, .timelines = 1, .ring_line = RING, .ring_entries = ENTRIES,
                 .interest_line = INTEREST, .interest_lines = XBP_MAX_TIMELINES}};
    transmit(XBP_HELLO, 0, 1, 0, &hello, sizeof hello, fd);
    close(fd);
}

static int inside(uint32_t first, uint32_t count) { return first && first < geometry.lines && count <= geometry.lines - first; }

static void hello(const struct message *message)
{
    const struct xbp_hello *theirs = body(message, sizeof *theirs);
    CHECK(theirs->magic == XBP_MAGIC && theirs->version_min <= XBP_VERSION && theirs->version_max >= XBP_VERSION,
          "the producer speaks another version");
    geometry = theirs->sync;
    uint32_t entries = geometry.ring_entries;
    CHECK(geometry.lines <= XBP_MAX_LINES && geometry.timelines <= XBP_MAX_TIMELINES && entries && !(entries & (entries - 1)) &&
              geometry.ring_timeline < geometry.timelines && inside(geometry.first_timeline, geometry.timelines) &&
              inside(geometry.ring_line, entries) && inside(geometry.interest_line, 1) && !peer, "the producer's geometry is wrong");
    peer_epoch = message->header.epoch;
    peer = map(message->fd, 0, (uint64_t)geometry.lines * XBP_LINE_SIZE, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE);
}

static void offer(const struct message *message)
{
    const struct xbp_offer *offer = body(message, sizeof *offer + sizeof(struct xbp_fd_reference));
    const struct xbp_fd_reference *piece = (const void *)(offer + 1);
    CHECK(offer->reference_kind == XBP_REFERENCE_FD && offer->reference_count == 1 && piece->length >= offer->size &&
              buffer_count < MAX_BUFFERS, "this example takes buffers of one file each, and %d of them", MAX_BUFFERS);
    buffers[buffer_count++] = (struct buffer){message->header.object, offer->size,
                                              map(message->fd, piece->offset + offer->offset, offer->size, F_SEAL_SHRINK)};
    transmit(XBP_OFFER, XBP_FLAG_REPLY, message->header.request, message->header.object, NULL, 0, -1);
    transmit(XBP_MAPPED, 0, 0, message->header.object, offer->token, sizeof offer->token, -1);
}

static struct buffer *find(uint64_t id)
{
    for (int i = 0; i < buffer_count; i++)
        if (buffers[i].id == id && buffers[i].memory)
            return &buffers[i];
    die("the producer speaks of a buffer that it never offered");
}

static void retire(const struct message *message)
{
    struct buffer *buffer = find(message->header.object);
    munmap((void *)buffer->memory, buffer->size);
    buffer->memory = NULL;
    transmit(XBP_UNMAPPED, 0, 0, buffer->id, NULL, 0, -1);
    transmit(XBP_RETIRE, XBP_FLAG_REPLY, message->header.request, buffer->id, NULL, 0, -1);
}

/* Handles one message. Returns 0 when the producer has gone. */
static int control(void)
{
    static struct message message;
    if (!receive(&message))
        return 0;
    CHECK(!(message.header.flags & XBP_FLAG_ERROR), "the producer refused us: error %d", (int)message.header.status);
    CHECK(message.header.type == XBP_HELLO || peer || message.header.type == XBP_GOODBYE, "the producer did not say HELLO");
    const struct xbp_event *event;
    switch (message.header.type) {
    case XBP_HELLO: hello(&message); break;
    case XBP_OFFER: offer(&message); break;
    case XBP_RETIRE: retire(&message); break;
    case XBP_GOODBYE: return 0;
    case XBP_EVENT:
        event = body(&message, sizeof *event);
        if (event->event == XBP_EVENT_STREAM_START) {
            started = 1;
            next_frame = event->value;
        }
        break;
    default: CHECK(message.header.type >= XBP_EXTENSION_TYPES, "the producer sent a message that may not be skipped");
    }
    return 1;
}

/* Ends a sleep in await() when a message comes or the producer dies, and sleeps itself until the message was read. */
static _Noreturn void *watch_socket(void *unused)
{
    struct pollfd readable = {.fd = channel, .events = POLLIN};
    (void)unused;
    for (;;) {
        poll(&readable, 1, -1);
        atomic_store(&wake, 1);
        syscall(SYS_futex, &wake, FUTEX_WAKE, 1, NULL, NULL, 0);
        while (atomic_load(&wake))
            syscall(SYS_futex, &wake, FUTEX_WAIT, 1, NULL, NULL, 0);
    }
}

/* Waits for a point of one of the producer's timelines. Returns 0 if the socket wants to be read and the point is not there. */
static int await(uint32_t timeline, uint64_t point)
{
    const struct xbp_timeline *theirs = peer_line(geometry.first_timeline + timeline);
    struct xbp_interest *interest = line(INTEREST + timeline);
    uint64_t value = read64(&theirs->value);
    if (value < point) {
        interest->lowest = point;
        __atomic_store_n(&interest->waiters, 1, __ATOMIC_RELAXED);
        atomic_thread_fence(memory_order_seq_cst); /* the producer sees our interest, or we see its value */
        while ((value = read64(&theirs->value)) < point && !atomic_load(&wake)) {
            struct futex_waitv words[2] = {{(uint32_t)value, (uintptr_t)&theirs->value, FUTEX_32, 0},
                                           {0, (uintptr_t)&wake, FUTEX_32, 0}};
            if (syscall(SYS_futex_waitv, words, 2, 0, NULL, 0) < 0 && errno == ENOSYS)
                die("this example needs Linux 5.16 or newer");
        }
        __atomic_store_n(&interest->waiters, 0, __ATOMIC_RELAXED);
    }
    uint64_t failed = read64(&theirs->first_failed);
    CHECK(!failed || point < failed, "the work on a frame failed in the producer: errno %d", theirs->error);
    return value >= point;
}

/* Waits for a point and handles messages meanwhile. After the end of the producer it looks once more: what is there counts. */
static int reached(uint32_t timeline, uint64_t point)
{
    while (!await(timeline, point)) {
        if (gone)
            return 0;
        gone = !control();
        atomic_store(&wake, gone);
        syscall(SYS_futex, &wake, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    return 1;
}

static void give_back(const struct xbp_handover *frame)
{
    struct xbp_timeline *timeline = line(TIMELINE);
    uint64_t n = ++own_sequence;
    struct xbp_handover *entry = line(RING + (int)((n - 1) % ENTRIES));
    *entry = (struct xbp_handover){.buffer = frame->buffer, .timeline = 0, .value = n,
                                   .presentation_time = frame->presentation_time, .frame = frame->sequence};
    __atomic_store_n(&entry->sequence, n, __ATOMIC_RELEASE); /* last: a reader that is awake watches it */
    __atomic_store_n(&timeline->value, n, __ATOMIC_RELEASE);
    atomic_thread_fence(memory_order_seq_cst);
    const struct xbp_interest *theirs = peer_line(geometry.interest_line);
    if (__atomic_load_n(&theirs->waiters, __ATOMIC_RELAXED) && read64(&theirs->lowest) <= n)
        syscall(SYS_futex, &timeline->value, FUTEX_WAKE, 0x7FFFFFFF, NULL, NULL, 0);
    uint64_t dispatcher = read64(&theirs->dispatcher);
    if (dispatcher && dispatcher <= n) {
        uint32_t *doorbell = &((struct xbp_sync_header *)line(0))->doorbell;
        __atomic_store_n(doorbell, *doorbell + 1, __ATOMIC_RELEASE);
        syscall(SYS_futex, doorbell, FUTEX_WAKE, 0x7FFFFFFF, NULL, NULL, 0);
    }
}

int main(int count, char **arguments)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(count == 2 && strlen(arguments[1]) < sizeof address.sun_path, "usage: xbp-receive SOCKET");
    strcpy(address.sun_path, arguments[1]);
    channel = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CHECK(connect(channel, (struct sockaddr *)&address, sizeof address) == 0, "cannot connect to %s: %s", arguments[1],
          strerror(errno));
    say_hello();
    while (!started)
        CHECK(control(), "the producer has gone before the stream began");
    pthread_t watcher;
    CHECK(pthread_create(&watcher, NULL, watch_socket, NULL) == 0, "cannot start a thread");

    int finished = 0;
    while (!finished && reached(geometry.ring_timeline, next_frame)) {
        struct xbp_handover frame; /* copied once, then checked, then used */
        memcpy(&frame, peer_line(geometry.ring_line + (uint32_t)((next_frame - 1) % geometry.ring_entries)), sizeof frame);
        CHECK(frame.sequence == next_frame, "the producer overwrote frame %llu", (unsigned long long)next_frame);
        next_frame++;
        finished = frame.flags & XBP_HANDOVER_END_OF_STREAM;
        if (finished)
            break;
        const struct buffer *buffer = find(frame.buffer);
        CHECK(frame.timeline < geometry.timelines && reached(frame.timeline, frame.value), "the producer has gone");
        printf("%llu %lld %08x\n", (unsigned long long)frame.sequence, (long long)frame.presentation_time,
               crc32c(buffer->memory, buffer->size));
        fflush(stdout);
        give_back(&frame);
    }
    while (!gone && control()) /* the buffers go back, until the producer leaves */
        ;
    CHECK(finished, "the producer has gone before the end of the stream");
    return 0;
}
