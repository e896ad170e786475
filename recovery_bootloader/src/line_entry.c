/* SPDX-License-Identifier: Apache-2.0 */
#include "line_entry.h"

#include "bootmend/port.h"

/* A receiver that wakes up in the middle of a character may deliver a wrong one first. */
#define EARLY_SIZE 8u

static uint8_t early[EARLY_SIZE];
static uint8_t early_count;
static uint8_t early_given; /* so many of them were read again */

bool line_entry_is_asked_for(void)
{
    uint32_t window_ms = port_timing()->entry_window_ms;
    uint32_t started_ms = port_now_ms();
    uint32_t in_a_row = 0;
    early_count = 0;
    early_given = 0;
    while (early_count < EARLY_SIZE) {
        if (port_line_read(&early[early_count], 1) > 0) {
            in_a_row = early[early_count++] == BM_ENTRY_CHARACTER ? in_a_row + 1 : 0;
            if (in_a_row == BM_ENTRY_COUNT) {
                early_count = 0;
                return true;
            }
            continue;
        }
        uint32_t passed_ms = port_now_ms() - started_ms;
        if (passed_ms >= window_ms) {
            break;
        }
        port_idle(window_ms - passed_ms);
    }
    return false;
}

size_t line_entry_read(uint8_t *to, size_t capacity)
{
    if (early_given == early_count) {
        return port_line_read(to, capacity);
    }
    size_t count = 0;
    while (count < capacity && early_given < early_count) {
        to[count++] = early[early_given++];
    }
    return count;
}
