/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_WIRE_H
#define BOOTMEND_HOST_WIRE_H

#include "byte_queue.h"

/*
 * The serial line, seen from the hardware: on one side the CPU, which comes and goes with each reset, on the
 * other a client of a Unix socket, which comes and goes as it likes, or a pty. What the unit sends while
 * nobody listens is lost.
 */
struct wire {
    const char *path; /* of the socket, or of the link to the pty */
    int listener; /* or -1 with a pty */
    int client; /* the connected client, or the pty's master; or -1 */
    int pty_slave; /* kept open, so that the master never hangs up; or -1 */
    int cpu; /* the hardware's end of the line to the CPU */
    int cpu_end; /* the CPU's end, kept so that it survives a reset */
    struct byte_queue to_cpu;
    struct byte_queue to_client;
};

/* `line` is unix:PATH or pty:PATH. False after a message on standard error. */
bool wire_open(struct wire *wire, const char *line, uint32_t baud);
void wire_close(struct wire *wire);

void wire_accept(struct wire *wire);
void wire_read_client(struct wire *wire);
void wire_read_cpu(struct wire *wire);
/* Moves what is due; true when bytes are left that only time or a reader can move. */
bool wire_move(struct wire *wire);
/* What reached the CPU while it was off is lost. */
void wire_forget_unread(struct wire *wire);

#endif
