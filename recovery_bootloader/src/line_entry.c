/* SPDX-License-Identifier: Apache-2.0 */
#include "line_entry.h"

#include "bootmend/port.h"
#include "mem.h"

static uint8_t early[BM_ENTRY_COUNT];
static uint8_t early_count;

bool line_entry_is_asked_for(void)
{
    uint32_t window_ms = port_timing()->entry_window_ms;
    uint32_t started_ms = port_now_ms();
    early_count = 0;
    while (early_count < BM_ENTRY_COUNT) {
        if (port_line_read(&early[early_count], 1) > 0) {
            if (early[early_count++] != BM_ENTRY_CHARACTER) {
                return false;
            }
            continue;
        }
        uint32_t passed_ms = port_now_ms() - started_ms;
        if (passed_ms >= window_ms) {
            return false;
        }
        port_idle(window_ms - passed_ms);
    }
    early_count = 0;
    return true;
}

size_t line_entry_read(uint8_t *to, size_t capacity)
{
    size_t count = early_count;
    if (count == 0 || count > capacity) {
        return port_line_read(to, capacity);
    }
    memcpy(to, early, count);
    early_count = 0;
    return count;
}
