/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_LINE_LIMITS_H
#define BOOTMEND_HOST_LINE_LIMITS_H

#include <stdint.h>

/* What the recovery mode announces is an option of the host port, so that clients can be tried with all
 * sizes. */
#define BM_PACKET_SIZE 4096u
#define BM_PACKET_LIMIT host_packet_limit
#define BM_LINE_PACKETS host_line_packets

extern uint32_t host_packet_limit;
extern uint32_t host_line_packets;

#endif
