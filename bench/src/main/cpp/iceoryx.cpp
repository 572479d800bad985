// One side of a block over Eclipse iceoryx (classic, C++): the same work as the Java sides, told by the same words on the
// command line and answered by the same lines on standard output. As role COMPANION it is the daemon RouDi, with pools
// that fit the frames.
#include "iceoryx_hoofs/posix_wrapper/posix_access_rights.hpp"
#include "iceoryx_hoofs/posix_wrapper/signal_watcher.hpp"
#include "iceoryx_posh/iceoryx_posh_types.hpp"
#include "iceoryx_posh/internal/roudi/roudi.hpp"
#include "iceoryx_posh/popo/untyped_publisher.hpp"
#include "iceoryx_posh/popo/untyped_subscriber.hpp"
#include "iceoryx_posh/roudi/iceoryx_roudi_components.hpp"
#include "iceoryx_posh/runtime/posh_runtime.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <sched.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

struct Task {
    std::string role;
    std::string work;
    int cpu = -1;
    uint32_t bytes = 64;
    uint32_t slots = 1;
    uint32_t batch = 1;
};

std::string word(int count, char** words, const std::string& key) {
    for (int i = 1; i < count; i++) {
        if (std::strncmp(words[i], (key + "=").c_str(), key.size() + 1) == 0) {
            return words[i] + key.size() + 1;
        }
    }
    std::fprintf(stderr, "the command line has no %s=\n", key.c_str());
    std::exit(2);
}

int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void pin(int cpu) {
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
}

void say(const char* line) {
    std::puts(line);
    std::fflush(stdout);
}

// What the harness says: a turn and its length. The process ends with its standard input, like every side.
std::mutex turnsLock;
std::condition_variable turnsChanged;
std::deque<int64_t> turns;

void listen() {
    std::thread([] {
        char line[256];
        while (std::fgets(line, sizeof line, stdin) != nullptr) {
            long long millis = 0;
            if (std::sscanf(line, "turn %lld", &millis) == 1) {
                std::lock_guard<std::mutex> guard(turnsLock);
                turns.push_back(millis * 1000000);
                turnsChanged.notify_one();
            }
        }
        std::raise(SIGTERM);
    }).detach();
}

int64_t awaitTurn() {
    std::unique_lock<std::mutex> guard(turnsLock);
    turnsChanged.wait(guard, [] { return !turns.empty(); });
    int64_t length = turns.front();
    turns.pop_front();
    return length;
}

// The runtime's own files; it removes them only when a process ends by itself, which a side never does.
std::string socketFile;
std::string lockFile;

void removeFiles(int) {
    unlink(socketFile.c_str());
    unlink(lockFile.c_str());
    _exit(0);
}

iox::capro::ServiceDescription service(const char* direction) {
    return {"dmabuf4j", "bench", iox::capro::IdString_t(iox::cxx::TruncateToCapacity, direction)};
}

struct Outgoing {
    iox::popo::UntypedPublisher publisher;
    uint32_t bytes;

    Outgoing(const char* direction, uint32_t size)
        : publisher(service(direction), options()), bytes(size) {}

    static iox::popo::PublisherOptions options() {
        iox::popo::PublisherOptions options;
        options.subscriberTooSlowPolicy = iox::popo::ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER;
        return options;
    }

    void awaitConnected() {
        while (!publisher.hasSubscribers()) {
            std::this_thread::yield();
        }
    }

    void* claim() {
        void* place = nullptr;
        while (place == nullptr) {
            publisher.loan(bytes).and_then([&](auto& payload) { place = payload; });
        }
        return place;
    }

    void commit(void* place) {
        publisher.publish(place);
    }
};

struct Incoming {
    iox::popo::UntypedSubscriber subscriber;

    Incoming(const char* direction, uint32_t capacity) : subscriber(service(direction), options(capacity)) {}

    static iox::popo::SubscriberOptions options(uint32_t capacity) {
        iox::popo::SubscriberOptions options;
        options.queueCapacity = capacity;
        options.queueFullPolicy = iox::popo::QueueFullPolicy::BLOCK_PRODUCER;
        return options;
    }

    const void* take() {
        const void* message = nullptr;
        while (message == nullptr) {
            subscriber.take().and_then([&](const void* payload) { message = payload; });
        }
        return message;
    }

    void release(const void* message) {
        subscriber.release(message);
    }
};

double percentile(std::vector<double>& sorted, double percent) {
    auto rank = static_cast<size_t>(percent / 100 * sorted.size() + 0.999999);
    return sorted[std::min(std::max<size_t>(rank, 1), sorted.size()) - 1];
}

void roundTrip(Outgoing& there, Incoming& back, uint64_t count) {
    void* place = there.claim();
    std::memcpy(place, &count, sizeof count);
    there.commit(place);
    back.release(back.take());
}

[[noreturn]] void ask(const Task& task) {
    Incoming back("back", task.slots);
    Outgoing there("there", task.bytes);
    say("address iceoryx");
    there.awaitConnected();
    pin(task.cpu);
    uint64_t count = 0;
    for (;;) {
        int64_t length = awaitTurn();
        // Caches and predictors were somebody else's.
        for (int64_t end = now() + length / 8; now() < end;) {
            roundTrip(there, back, ++count);
        }
        std::vector<double> nanos;
        for (int64_t last = now(), end = last + length - length / 8; last < end;) {
            for (uint32_t i = 0; i < task.batch; i++) {
                roundTrip(there, back, ++count);
            }
            int64_t then = last;
            last = now();
            nanos.push_back(static_cast<double>(last - then) / task.batch);
        }
        std::sort(nanos.begin(), nanos.end());
        std::printf("result p50=%f p99=%f trips=%zu\n",
                    percentile(nanos, 50), percentile(nanos, 99), nanos.size() * task.batch);
        std::fflush(stdout);
    }
}

[[noreturn]] void answer(const Task& task) {
    Incoming there("there", task.slots);
    Outgoing back("back", task.bytes);
    back.awaitConnected();
    pin(task.cpu);
    for (;;) {
        const void* message = there.take();
        void* place = back.claim();
        std::memcpy(place, message, 8);
        back.commit(place);
        there.release(message);
    }
}

// Runs move() for a while and looks at the clock about once in a millisecond.
template <typename Move> uint64_t phase(int64_t duration, uint64_t& batch, Move move) {
    uint64_t messages = 0;
    for (int64_t start = now(), last = start; last - start < duration;) {
        for (uint64_t i = 0; i < batch; i++) {
            move();
        }
        messages += batch;
        int64_t then = last;
        last = now();
        if (last - then < 1000000 && batch < 65536) {
            batch *= 2;
        }
    }
    return messages;
}

[[noreturn]] void send(const Task& task) {
    Outgoing there("there", task.bytes);
    say("address iceoryx");
    there.awaitConnected();
    pin(task.cpu);
    uint64_t number = 0;
    bool all = task.work == "TOUCH_ALL";
    auto move = [&] {
        char* place = static_cast<char*>(there.claim());
        if (all) {
            std::memset(place, static_cast<int>(number & 0xff), task.bytes);
        } else {
            std::memcpy(place, &number, 8);
            std::memcpy(place + task.bytes - 8, &number, 8);
        }
        there.commit(place);
        number++;
    };
    uint64_t batch = 1;
    for (;;) {
        int64_t length = awaitTurn();
        for (int i = 0; i < 16; i++) { // fills what is kept between the ends
            move();
        }
        int64_t start = now();
        uint64_t messages = phase(length, batch, move);
        std::printf("result rate=%f messages=%llu\n", messages * 1e9 / (now() - start),
                    static_cast<unsigned long long>(messages));
        std::fflush(stdout);
    }
}

[[noreturn]] void receive(const Task& task) {
    Incoming there("there", task.slots);
    pin(task.cpu);
    uint64_t number = 0;
    bool all = task.work == "TOUCH_ALL";
    auto move = [&] {
        const void* message = there.take();
        const char* bytes = static_cast<const char*>(message);
        uint64_t read = 0;
        uint64_t expected = 0;
        if (all) {
            for (uint32_t at = 0; at < task.bytes; at += 8) {
                uint64_t part;
                std::memcpy(&part, bytes + at, 8);
                read += part;
            }
            expected = (number & 0xff) * 0x0101010101010101ULL * (task.bytes / 8);
        } else {
            uint64_t last;
            std::memcpy(&read, bytes, 8);
            std::memcpy(&last, bytes + task.bytes - 8, 8);
            read += last;
            expected = 2 * number;
        }
        there.release(message);
        if (read != expected) {
            std::fprintf(stderr, "message %llu came over with wrong bytes\n", static_cast<unsigned long long>(number));
            std::exit(1);
        }
        number++;
    };
    for (;;) {
        move();
    }
}

int roudi() {
    iox::RouDiConfig_t config;
    iox::mepoo::MePooConfig pools;
    for (uint32_t size : {1U << 10, 1U << 20, 12U << 20}) {
        pools.addMemPool({size, 16});
    }
    auto group = iox::posix::PosixGroup::getGroupOfCurrentProcess().getName();
    config.m_sharedMemorySegments.push_back({group, group, pools});
    iox::roudi::IceOryxRouDiComponents components(config);
    iox::roudi::RouDi roudi(components.rouDiMemoryManager,
                            components.portManager,
                            iox::roudi::RouDi::RoudiStartupParameters{iox::roudi::MonitoringMode::OFF, false});
    say("ready");
    iox::posix::waitForTerminationRequest();
    return 0;
}

} // namespace

int main(int count, char** words) {
    Task task;
    task.role = word(count, words, "role");
    listen();
    iox::log::LogManager::GetLogManager().SetDefaultLogLevel(iox::log::LogLevel::kError,
                                                             iox::log::LogLevelOutput::kHideLogLevel);
    if (task.role == "COMPANION") {
        return roudi();
    }
    task.work = word(count, words, "work");
    task.cpu = std::atoi(word(count, words, "cpu").c_str());
    task.bytes = static_cast<uint32_t>(std::atol(word(count, words, "bytes").c_str()));
    task.slots = static_cast<uint32_t>(std::atoi(word(count, words, "slots").c_str()));
    task.batch = static_cast<uint32_t>(std::atoi(word(count, words, "batch").c_str()));

    bool leader = task.role == "LEADER";
    std::string name = "dmabuf4j-bench-" + std::to_string(getpid());
    socketFile = "/tmp/" + name;
    lockFile = socketFile + ".lock";
    std::signal(SIGTERM, removeFiles);
    iox::runtime::PoshRuntime::initRuntime(iox::RuntimeName_t(iox::cxx::TruncateToCapacity, name.c_str()));
    if (task.work == "ROUND_TRIP") {
        leader ? ask(task) : answer(task);
    }
    leader ? send(task) : receive(task);
}
