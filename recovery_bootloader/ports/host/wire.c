/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE 4096u
#define BITS_A_BYTE 10u /* a start bit, eight bits, a stop bit */

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool fail(const char *what, const char *path)
{
    fprintf(stderr, "bootmend-unit: %s %s: %s\n", what, path, strerror(errno));
    return false;
}

/* A socket that nobody listens at is left over from a unit that was killed. */
static bool remove_stale_socket(const struct sockaddr_un *address)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_in_use = connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;
    bool is_stale = !is_in_use && errno == ECONNREFUSED;
    close(probe);
    if (is_stale) {
        unlink(address->sun_path);
    }
    if (is_in_use) {
        errno = EADDRINUSE;
    }
    return !is_in_use;
}

static bool open_socket(struct wire *wire, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail("cannot listen at", path);
    }
    strcpy(address.sun_path, path);
    wire->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!remove_stale_socket(&address)
        || bind(wire->listener, (const struct sockaddr *)&address, sizeof address) != 0
        || listen(wire->listener, 4) != 0) {
        return fail("cannot listen at", path);
    }
    wire->path = path;
    return true;
}

static bool link_pty(struct wire *wire, const char *path)
{
    struct termios settings;
    const char *slave = ptsname(wire->client);
    wire->pty_slave = slave != NULL ? open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (wire->pty_slave < 0 || tcgetattr(wire->pty_slave, &settings) != 0) {
        return false;
    }
    cfmakeraw(&settings);
    if (tcsetattr(wire->pty_slave, TCSANOW, &settings) != 0 || (unlink(path) != 0 && errno != ENOENT)) {
        return false;
    }
    return symlink(slave, path) == 0;
}

static bool open_pty(struct wire *wire, const char *path)
{
    wire->client = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (wire->client < 0 || grantpt(wire->client) != 0 || unlockpt(wire->client) != 0
        || !link_pty(wire, path)) {
        return fail("cannot open a pty at", path);
    }
    wire->path = path;
    return true;
}

static bool open_outside(struct wire *wire, const char *line)
{
    if (strncmp(line, "unix:", 5) == 0) {
        return open_socket(wire, line + 5);
    }
    if (strncmp(line, "pty:", 4) == 0) {
        return open_pty(wire, line + 4);
    }
    errno = EINVAL;
    return fail("the line is unix:PATH or pty:PATH, not", line);
}

bool wire_open(struct wire *wire, const char *line, uint32_t baud)
{
    int ends[2];
    memset(wire, 0, sizeof *wire);
    wire->listener = wire->client = wire->pty_slave = wire->cpu = wire->cpu_end = -1;
    wire->to_cpu.rate = wire->to_client.rate = baud / BITS_A_BYTE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail("cannot make", "the line");
    }
    wire->cpu = ends[0];
    wire->cpu_end = ends[1];
    return open_outside(wire, line);
}

void wire_close(struct wire *wire)
{
    const int descriptors[] = {wire->listener, wire->client, wire->pty_slave, wire->cpu, wire->cpu_end};
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    if (wire->path != NULL) {
        unlink(wire->path);
    }
}

static void forget_client(struct wire *wire)
{
    if (wire->listener < 0) {
        return;
    }
    close(wire->client);
    wire->client = -1;
    byte_queue_drop(&wire->to_client, wire->to_client.length, now_ns());
}

/* A client that is gone is not noticed before the bytes that it left behind have been read. */
static bool has_left(const struct wire *wire)
{
    struct pollfd client = {.fd = wire->client, .events = POLLRDHUP};
    return poll(&client, 1, 0) > 0 && (client.revents & (POLLHUP | POLLRDHUP)) != 0;
}

/* One line has one user; the second one sees its connection closed at once. */
void wire_accept(struct wire *wire)
{
    int client = accept4(wire->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client >= 0 && wire->client >= 0 && has_left(wire)) {
        forget_client(wire);
    }
    if (client >= 0 && wire->client >= 0) {
        close(client);
    } else if (client >= 0) {
        wire->client = client;
    }
}

static bool is_gone(ssize_t count)
{
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

void wire_read_client(struct wire *wire)
{
    uint8_t bytes[READ_SIZE];
    size_t room = byte_queue_room(&wire->to_cpu);
    ssize_t count = read(wire->client, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (count > 0) {
        byte_queue_put(&wire->to_cpu, bytes, (size_t)count, now_ns());
    } else if (is_gone(count)) {
        forget_client(wire);
    }
}

void wire_read_cpu(struct wire *wire)
{
    uint8_t bytes[READ_SIZE];
    ssize_t count = recv(wire->cpu, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count > 0 && wire->client >= 0) {
        byte_queue_put(&wire->to_client, bytes, (size_t)count, now_ns());
    }
}

static void move_to_cpu(struct wire *wire)
{
    const uint8_t *data;
    size_t ready = byte_queue_ready(&wire->to_cpu, now_ns(), &data);
    ssize_t count = ready > 0 ? send(wire->cpu, data, ready, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
    if (count > 0) {
        byte_queue_drop(&wire->to_cpu, (size_t)count, now_ns());
    }
}

static void move_to_client(struct wire *wire)
{
    const uint8_t *data;
    size_t ready = wire->client >= 0 ? byte_queue_ready(&wire->to_client, now_ns(), &data) : 0;
    ssize_t count = ready > 0 ? write(wire->client, data, ready) : 0;
    if (count > 0) {
        byte_queue_drop(&wire->to_client, (size_t)count, now_ns());
    } else if (count < 0 && is_gone(count)) {
        forget_client(wire);
    } else if (count < 0 && wire->listener < 0) {
        /* Nobody reads the pty: an UART would have lost these bytes, too. */
        byte_queue_drop(&wire->to_client, wire->to_client.length, now_ns());
    }
}

bool wire_move(struct wire *wire)
{
    move_to_cpu(wire);
    move_to_client(wire);
    return wire->to_cpu.length > 0 || wire->to_client.length > 0;
}

void wire_forget_unread(struct wire *wire)
{
    uint8_t bytes[READ_SIZE];
    while (recv(wire->cpu_end, bytes, sizeof bytes, MSG_DONTWAIT) > 0) { }
}
