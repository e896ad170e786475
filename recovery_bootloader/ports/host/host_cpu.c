/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "host_machine.h"

#include "bootmend/boot_services.h"
#include "bootmend/bootloader.h"
#include "flash_map.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* What the port's functions, which have no context, work on. */
static const struct host_machine *machine;
static struct timespec started;
static uint32_t watchdog_timeout_ms;
static uint8_t load_area[BM_HOST_SLOT_SIZE];

/* The UART's receive buffer: the server asks for a few bytes at a time, and a system call costs more than
 * they do. */
static struct {
    uint8_t bytes[4096];
    size_t start;
    size_t end;
} received;

uint32_t host_packet_limit;
uint32_t host_line_packets;

_Noreturn void host_cpu_run(const struct host_machine *used)
{
    const struct rlimit no_core_file = {0, 0};
    sigset_t none;
    machine = used;
    host_packet_limit = machine->options.packet_limit;
    host_line_packets = machine->options.line_packets;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != machine->supervisor) {
        _exit(EXIT_FAILURE);
    }
    setrlimit(RLIMIT_CORE, &no_core_file);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    clock_gettime(CLOCK_MONOTONIC, &started);
    bootloader_run();
}

/* --- Flash --- */

const struct bm_flash_map *port_flash_map(void)
{
    static const struct bm_flash_map map = BM_HOST_FLASH_MAP;
    return &map;
}

static bool is_done(enum flash_result result)
{
    if (result == FLASH_RULE_VIOLATED) {
        fprintf(stderr, "bootmend-unit: a program would set bits that are not erased\n");
        _exit(HOST_EXIT_RULE_VIOLATED);
    }
    return result == FLASH_OK;
}

/* How many bytes of the next write still reach the flash. */
static size_t bytes_until_power_cut(void)
{
    bool is_cut = ++machine->shared->flash_writes == machine->options.power_cut_at_write;
    return is_cut ? machine->options.power_cut_after_bytes : SIZE_MAX;
}

static void lose_power_when_cut(void)
{
    if (machine->shared->flash_writes == machine->options.power_cut_at_write) {
        kill(machine->supervisor, SIGKILL);
        raise(SIGKILL);
    }
}

const uint8_t *port_flash_memory(void)
{
    return machine->flash.memory;
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    bool result = is_done(flash_file_program(&machine->flash, offset, data, length, bytes_until_power_cut()));
    lose_power_when_cut();
    return result;
}

bool port_flash_erase(uint32_t offset)
{
    bool result = is_done(flash_file_erase(&machine->flash, offset, bytes_until_power_cut()));
    lose_power_when_cut();
    return result;
}

/* --- The line --- */

size_t port_line_read(uint8_t *to, size_t capacity)
{
    if (received.start == received.end) {
        ssize_t count = recv(machine->line, received.bytes, sizeof received.bytes, MSG_DONTWAIT);
        received.start = 0;
        received.end = count > 0 ? (size_t)count : 0;
    }
    size_t left = received.end - received.start;
    size_t count = left < capacity ? left : capacity;
    memcpy(to, received.bytes + received.start, count);
    received.start += count;
    return count;
}

void port_line_write(const uint8_t *data, size_t length)
{
    while (length > 0) {
        ssize_t count = write(machine->line, data, length);
        if (count < 0 && errno != EINTR) {
            return;
        }
        if (count > 0) {
            data += count;
            length -= (size_t)count;
        }
    }
}

/* --- Time, watchdog, reset --- */

uint32_t port_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t seconds = now.tv_sec - started.tv_sec;
    return (uint32_t)(seconds * 1000 + (now.tv_nsec - started.tv_nsec) / 1000000);
}

void port_idle(uint32_t timeout_ms)
{
    struct pollfd line = {.fd = machine->line, .events = POLLIN};
    if (received.start < received.end) {
        return;
    }
    poll(&line, 1, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms);
}

const struct bm_timing *port_timing(void)
{
    return &machine->options.timing;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    watchdog_timeout_ms = timeout_ms;
    port_watchdog_kick();
    return true;
}

void port_watchdog_kick(void)
{
    const struct itimerspec timeout = {.it_value = {.tv_sec = watchdog_timeout_ms / 1000,
                                                    .tv_nsec = (long)(watchdog_timeout_ms % 1000) * 1000000}};
    if (watchdog_timeout_ms != 0) {
        timerfd_settime(machine->watchdog, 0, &timeout, NULL);
    }
}

BM_NORETURN void port_reset(void)
{
    _exit(HOST_EXIT_RESET);
}

enum bm_reset_reason port_reset_reason(void)
{
    return (enum bm_reset_reason)machine->shared->reset_reason;
}

void *port_retained(void)
{
    return machine->shared->retained;
}

bool port_recovery_is_requested(void)
{
    return machine->options.hold_recovery_button;
}

/* --- Starting an image --- */

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = sizeof load_area;
    return load_area;
}

/* What stands for a CPU exception: the supervisor takes every end that is no reset for a crash. */
static _Noreturn void crash(const char *why)
{
    fprintf(stderr, "bootmend-unit: %s\n", why);
    abort();
}

BM_NORETURN void port_start_payload(const uint8_t *payload, uint32_t length,
                                    const struct boot_services *services)
{
    char path[32];
    int file = memfd_create("payload", MFD_CLOEXEC);
    if (file < 0 || write(file, payload, length) != (ssize_t)length) {
        crash("the payload does not fit into memory");
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library != NULL ? dlsym(library, BM_APPLICATION_ENTRY) : NULL;
    void (*entry)(const struct boot_services *) = NULL;
    if (symbol == NULL) {
        crash("the payload is no application of this machine");
    }
    /* ISO C has no conversion from an object's pointer to a function's; POSIX promises that they are alike.
     */
    memcpy(&entry, &symbol, sizeof entry);
    entry(services);
    crash("the application returned");
}
