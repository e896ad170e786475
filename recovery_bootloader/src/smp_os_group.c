/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"
#include "smp_commands.h"

/* mcuboot boot/bootutil/include/bootutil/boot_status.h */
#define MODE_DIRECT_XIP_WITH_REVERT 5u
#define MODE_RAM_LOAD 6u

#define MODE_QUERY "mode"

enum smp_outcome smp_echo(struct smp_server *server, const struct cbor_value *values)
{
    cbor_put_key(&server->answer, "r");
    cbor_put_text(&server->answer, (const char *)values->data, values->length);
    return SMP_OK;
}

/* "force" is not looked at: nothing here is ever too busy for a reset. */
enum smp_outcome smp_reset(struct smp_server *server, const struct cbor_value *values)
{
    if (values->number > BM_BOOT_MODE_RECOVERY) {
        return SMP_INVALID;
    }
    server->boot_mode = (uint8_t)values->number;
    server->is_reset_asked = true;
    return SMP_OK;
}

enum smp_outcome smp_parameters(struct smp_server *server, const struct cbor_value *values)
{
    (void)values;
    cbor_put_key_uint(&server->answer, "buf_size", BM_PACKET_LIMIT);
    cbor_put_key_uint(&server->answer, "buf_count", BM_LINE_PACKETS);
    return SMP_OK;
}

enum smp_outcome smp_bootloader_info(struct smp_server *server, const struct cbor_value *query)
{
    struct bm_boot_state state;
    if (!query->is_present) {
        cbor_put_key_text(&server->answer, "bootloader", "Bootmend");
        return SMP_OK;
    }
    if (query->length != sizeof MODE_QUERY - 1 || memcmp(query->data, MODE_QUERY, query->length) != 0
        || server->services->boot_state(&state) != BM_SERVICE_OK) {
        return OS_NO_ANSWER_TO_QUERY;
    }
    cbor_put_key_uint(&server->answer, MODE_QUERY,
                      state.has_load_area ? MODE_RAM_LOAD : MODE_DIRECT_XIP_WITH_REVERT);
    return SMP_OK;
}
