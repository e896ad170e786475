/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

void port_idle(uint32_t timeout_ms)
{
    const uint32_t start = port_now_ms();
    bool is_awake = false;
    while (!is_awake) {
        /* Masked from the look at the line until WFI: a byte in between ends WFI instead of being missed. */
        mask_interrupts();
        const uint32_t passed = port_now_ms() - start;
        is_awake = line_has_received() || passed >= timeout_ms;
        if (!is_awake) {
            clock_sleep(timeout_ms - passed);
        }
        unmask_interrupts();
    }
}
