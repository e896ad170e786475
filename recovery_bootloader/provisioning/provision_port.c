/* SPDX-License-Identifier: Apache-2.0 */
#include "provision.h"

#include "host/flash_map.h"
#include "microbit/flash_map.h"
#include "qemu_mps2_an385/flash_map.h"
#include "qemu_riscv_virt/flash_map.h"
#include "rp2040/flash_map.h"

#include <string.h>

/* As much of a port as the stores and the image check need: a flash, and a machine that nothing happens to.
 */
static const struct flash_file *flash;
static const struct flash_geometry *used;

const struct flash_geometry flash_geometries[] = {
    {"host", BM_HOST_FLASH_SIZE, BM_HOST_FLASH_MAP},
    {"qemu_riscv_virt", BM_QEMU_FLASH_SIZE, BM_QEMU_FLASH_MAP},
    {"qemu_mps2_an385", BM_MPS2_FLASH_SIZE, BM_MPS2_FLASH_MAP},
    {"microbit", BM_MICROBIT_FLASH_SIZE, BM_MICROBIT_FLASH_MAP},
    {"rp2040", BM_RP2040_FLASH_SIZE, BM_RP2040_FLASH_MAP},
};
const size_t flash_geometry_count = sizeof flash_geometries / sizeof flash_geometries[0];

const struct flash_geometry *flash_geometry_find(const char *name)
{
    for (size_t i = 0; i < flash_geometry_count; i++) {
        if (strcmp(flash_geometries[i].name, name) == 0) {
            return &flash_geometries[i];
        }
    }
    return NULL;
}

void provision_port_attach(const struct flash_file *file, const struct flash_geometry *geometry)
{
    flash = file;
    used = geometry;
}

const struct bm_flash_map *port_flash_map(void)
{
    return &used->map;
}

const uint8_t *port_flash_memory(void)
{
    return flash->memory;
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    return flash_file_program(flash, offset, data, length, SIZE_MAX) == FLASH_OK;
}

bool port_flash_erase(uint32_t offset)
{
    return flash_file_erase(flash, offset, SIZE_MAX) == FLASH_OK;
}

void port_watchdog_kick(void) { }

uint32_t port_now_ms(void)
{
    return 0;
}

const struct bm_timing *port_timing(void)
{
    static const struct bm_timing timing = {.trials = 1};
    return &timing;
}

enum bm_reset_reason port_reset_reason(void)
{
    return BM_RESET_POWER_ON;
}

void *port_retained(void)
{
    static uint32_t retained[BM_RETAINED_SIZE / sizeof(uint32_t)];
    return retained;
}
