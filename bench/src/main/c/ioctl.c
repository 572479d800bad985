/* SPDX-License-Identifier: Apache-2.0 */
/* The loop that ioctls from Java are compared with: the same two requests to a memory file, errno and all. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1 << 16 };
static double samples[MOST];
static volatile long sink;

static long word(int count, char **words, const char *key)
{
    for (int i = 1; i < count; i++)
        if (!strncmp(words[i], key, strlen(key)) && words[i][strlen(key)] == '=')
            return atol(words[i] + strlen(key) + 1);
    fprintf(stderr, "the command line has no %s=\n", key);
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int ask(int fd, unsigned long request, void *argument)
{
    int answer = ioctl(fd, request, argument);
    return answer < 0 ? -errno : answer;
}

/* With a structure that is made, filled by the kernel, and read. */
static int ask_for_bytes(int fd, unsigned long request, void *unused)
{
    struct { int bytes; } argument = {0};
    int answer = ask(fd, request, &argument);
    (void)unused;
    return answer < 0 ? answer : argument.bytes;
}

static int by_size(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

/* The median of the batches' means, in nanoseconds. */
static double measure(int (*call)(int, unsigned long, void *), int fd, unsigned long request, void *argument, long batch, int64_t nanos)
{
    int count = 0;
    long sum = 0;
    for (int64_t end = now() + nanos, begin; count < MOST && (begin = now()) < end; count++) {
        for (long i = 0; i < batch; i++)
            sum += call(fd, request, argument);
        samples[count] = (double)(now() - begin) / (double)batch;
    }
    sink = sum;
    qsort(samples, (size_t)count, sizeof *samples, by_size);
    return samples[count / 2];
}

/* A JVM has many threads. In a process with one the kernel does not count who uses a descriptor, which saves a fifth of the call. */
static void *sleeper(void *nothing)
{
    pause();
    return nothing;
}

int main(int count, char **words)
{
    long cpu = word(count, words, "cpu"), batch = word(count, words, "batch");
    int64_t warm_up = word(count, words, "warmUp") * INT64_C(1000000), measured = word(count, words, "measured") * INT64_C(1000000);
    union { uint64_t flags; int bytes; } argument = {.flags = 1};
    int fd = memfd_create("ioctl", MFD_CLOEXEC);
    pthread_t second;
    if (word(count, words, "threads") > 1 && pthread_create(&second, NULL, sleeper, NULL)) {
        fputs("no second thread\n", stderr);
        return 1;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (cpu >= 0 && sched_setaffinity(0, sizeof set, &set)) {
        perror("cannot pin");
        return 1;
    }
    unsigned long refused = 0x40086200 /* DMA_BUF_IOCTL_SYNC */;
    if (fd < 0 || ftruncate(fd, 4096) || ask(fd, FIONREAD, &argument) || argument.bytes != 4096 || ask(fd, refused, &argument) != -ENOTTY) {
        fputs("the kernel answers otherwise than expected\n", stderr);
        return 1;
    }
    measure(ask, fd, FIONREAD, &argument, batch, warm_up);
    double granted_nanos = measure(ask, fd, FIONREAD, &argument, batch, measured);
    measure(ask, fd, refused, &argument, batch, warm_up);
    double refused_nanos = measure(ask, fd, refused, &argument, batch, measured);
    measure(ask_for_bytes, fd, FIONREAD, NULL, batch, warm_up);
    double typed_nanos = measure(ask_for_bytes, fd, FIONREAD, NULL, batch, measured);
    printf("address none\nresult granted=%.3f refused=%.3f typed=%.3f\n", granted_nanos, refused_nanos, typed_nanos);
    fflush(stdout);
    return 0;
}
