/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "supervisor.h"

#include "flash_map.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a unit is off at a reset; it also keeps an image that crashes at once from filling a processor. */
#define RESET_MS 20
/* Bytes are let through in steps of this; at 115200 baud a step is 23 bytes. */
#define PACE_MS 2

enum source {
    FROM_SIGNAL,
    FROM_WATCHDOG,
    FROM_START,
    FROM_PACE,
    FROM_CPU,
    FROM_CLIENT,
    FROM_LISTENER,
    SOURCES
};

struct supervisor {
    struct host_machine machine;
    struct wire wire;
    int signals;
    int start_timer;
    int pace_timer;
    pid_t cpu; /* or 0 while it is off */
    enum bm_reset_reason next_reason;
    bool has_bitten;
    bool has_lost_power;
    bool is_over;
    int exit_code;
};

static void set_timer(int timer, long milliseconds, long interval)
{
    const struct itimerspec when = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
        .it_interval = {.tv_sec = interval / 1000, .tv_nsec = interval % 1000 * 1000000},
    };
    timerfd_settime(timer, 0, &when, NULL);
}

static bool has_fired(int timer)
{
    uint64_t count = 0;
    return read(timer, &count, sizeof count) == (ssize_t)sizeof count;
}

/* --- The CPU --- */

static const char *name_of(enum bm_reset_reason reason)
{
    static const char *const names[] = {"power_on", "requested", "watchdog", "crash"};
    return names[reason];
}

static void start_cpu(struct supervisor *supervisor)
{
    struct host_machine *machine = &supervisor->machine;
    wire_forget_unread(&supervisor->wire);
    machine->shared->reset_reason = (uint32_t)supervisor->next_reason;
    fprintf(stderr, "bootmend-unit reset reason=%s\n", name_of(supervisor->next_reason));
    supervisor->cpu = fork();
    if (supervisor->cpu == 0) {
        host_cpu_run(machine);
    }
    if (supervisor->cpu < 0) {
        perror("bootmend-unit: fork");
        supervisor->cpu = 0;
        supervisor->is_over = true;
        supervisor->exit_code = EXIT_FAILURE;
    }
}

static enum bm_reset_reason reason_of_end(const struct supervisor *supervisor, int status)
{
    if (supervisor->has_lost_power) {
        return BM_RESET_POWER_ON;
    }
    if (supervisor->has_bitten) {
        return BM_RESET_WATCHDOG;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == HOST_EXIT_RESET ? BM_RESET_REQUESTED : BM_RESET_CRASH;
}

static void cpu_has_ended(struct supervisor *supervisor, int status)
{
    supervisor->cpu = 0;
    supervisor->next_reason = reason_of_end(supervisor, status);
    if (supervisor->has_lost_power) {
        memset(supervisor->machine.shared->retained, 0xa5, BM_RETAINED_SIZE);
    }
    supervisor->has_bitten = false;
    supervisor->has_lost_power = false;
    set_timer(supervisor->machine.watchdog, 0, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == HOST_EXIT_RULE_VIOLATED) {
        supervisor->is_over = true;
        supervisor->exit_code = HOST_EXIT_RULE_VIOLATED;
        return;
    }
    set_timer(supervisor->start_timer, RESET_MS, 0);
}

static void reap(struct supervisor *supervisor)
{
    int status = 0;
    if (supervisor->cpu != 0 && waitpid(supervisor->cpu, &status, WNOHANG) == supervisor->cpu) {
        cpu_has_ended(supervisor, status);
    }
}

static void stop_cpu(struct supervisor *supervisor)
{
    if (supervisor->cpu != 0) {
        kill(supervisor->cpu, SIGKILL);
    }
}

/* --- Events --- */

static void on_signal(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;
    if (read(supervisor->signals, &info, sizeof info) != (ssize_t)sizeof info) {
        return;
    }
    if (info.ssi_signo == SIGCHLD) {
        reap(supervisor);
    } else if (info.ssi_signo == SIGUSR1) {
        supervisor->has_lost_power = supervisor->cpu != 0;
        stop_cpu(supervisor);
    } else {
        supervisor->is_over = true;
    }
}

static void on_event(struct supervisor *supervisor, enum source source)
{
    switch (source) {
    case FROM_SIGNAL:
        on_signal(supervisor);
        break;
    case FROM_WATCHDOG:
        if (has_fired(supervisor->machine.watchdog) && supervisor->cpu != 0) {
            supervisor->has_bitten = true;
            stop_cpu(supervisor);
        }
        break;
    case FROM_START:
        if (has_fired(supervisor->start_timer)) {
            start_cpu(supervisor);
        }
        break;
    case FROM_PACE:
        has_fired(supervisor->pace_timer);
        break;
    case FROM_CPU:
        wire_read_cpu(&supervisor->wire);
        break;
    case FROM_CLIENT:
        wire_read_client(&supervisor->wire);
        break;
    default:
        wire_accept(&supervisor->wire);
        break;
    }
}

static void describe_sources(const struct supervisor *supervisor, struct pollfd *sources)
{
    const struct wire *wire = &supervisor->wire;
    bool may_take = byte_queue_room(&wire->to_cpu) > 0;
    const int descriptors[SOURCES] = {
        [FROM_SIGNAL] = supervisor->signals,
        [FROM_WATCHDOG] = supervisor->machine.watchdog,
        [FROM_START] = supervisor->start_timer,
        [FROM_PACE] = supervisor->pace_timer,
        [FROM_CPU] = wire->cpu,
        [FROM_CLIENT] = may_take ? wire->client : -1,
        [FROM_LISTENER] = wire->listener,
    };
    for (size_t i = 0; i < SOURCES; i++) {
        sources[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    }
}

static void run_until_over(struct supervisor *supervisor)
{
    struct pollfd sources[SOURCES];
    bool is_pacing = false;
    while (!supervisor->is_over) {
        describe_sources(supervisor, sources);
        if (poll(sources, SOURCES, -1) < 0 && errno != EINTR) {
            supervisor->exit_code = EXIT_FAILURE;
            return;
        }
        for (size_t i = 0; i < SOURCES; i++) {
            if (sources[i].revents != 0) {
                on_event(supervisor, (enum source)i);
            }
        }
        bool has_waiting = wire_move(&supervisor->wire);
        if (has_waiting != is_pacing) {
            set_timer(supervisor->pace_timer, has_waiting ? PACE_MS : 0, has_waiting ? PACE_MS : 0);
            is_pacing = has_waiting;
        }
    }
}

/* --- Power on and off --- */

static bool open_machine(struct supervisor *supervisor)
{
    struct host_machine *machine = &supervisor->machine;
    machine->flash = (struct flash_file){
        .size = BM_HOST_FLASH_SIZE, .sector_size = BM_HOST_SECTOR_SIZE, .write_size = BM_HOST_WRITE_SIZE};
    if (!flash_file_open(&machine->flash, machine->options.flash_path)) {
        fprintf(stderr, "bootmend-unit: cannot use the flash %s: %s\n", machine->options.flash_path,
                strerror(errno));
        return false;
    }
    machine->shared =
        mmap(NULL, sizeof *machine->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    machine->watchdog = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    machine->supervisor = getpid();
    supervisor->start_timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    supervisor->pace_timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (machine->shared == MAP_FAILED || machine->watchdog < 0 || supervisor->start_timer < 0
        || supervisor->pace_timer < 0) {
        perror("bootmend-unit");
        return false;
    }
    return true;
}

static bool take_signals(struct supervisor *supervisor)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    supervisor->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return supervisor->signals >= 0;
}

int supervisor_run(const struct host_options *options)
{
    static struct supervisor supervisor;
    supervisor.machine.options = *options;
    supervisor.next_reason = BM_RESET_POWER_ON;
    if (!take_signals(&supervisor) || !open_machine(&supervisor)) {
        return EXIT_FAILURE;
    }
    if (!wire_open(&supervisor.wire, options->line, options->baud)) {
        wire_close(&supervisor.wire);
        return EXIT_FAILURE;
    }
    supervisor.machine.line = supervisor.wire.cpu_end;
    fprintf(stderr, "bootmend-unit ready line=%s pid=%ld\n", options->line, (long)getpid());
    start_cpu(&supervisor);
    run_until_over(&supervisor);
    stop_cpu(&supervisor);
    if (supervisor.cpu != 0) {
        waitpid(supervisor.cpu, NULL, 0);
    }
    wire_close(&supervisor.wire);
    flash_file_close(&supervisor.machine.flash);
    return supervisor.exit_code;
}
