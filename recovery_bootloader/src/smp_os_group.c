/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"
#include "smp_request.h"

/* Zephyr: doc/services/device_mgmt/smp_groups/smp_group_0.rst. */
enum os_command { OS_ECHO = 0, OS_RESET = 5, OS_PARAMETERS = 6, OS_BOOTLOADER = 8 };

#define OS_ERR_NO_ANSWER_TO_QUERY 3u
#define MODE_RAM_LOAD 6u /* mcuboot boot/bootutil/include/bootutil/boot_status.h */

static struct smp_outcome echo(const struct smp_request *request, struct cbor_writer *answer)
{
    struct cbor_value text = {.is_present = false};
    const struct cbor_field fields[] = {{"d", CBOR_FIELD_TEXT, &text}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1) || !text.is_present) {
        return smp_failed(SMP_RC_INVALID);
    }
    cbor_put_key(answer, "r");
    cbor_put_text(answer, (const char *)text.data, text.length);
    return smp_done();
}

/* "force" is not looked at: nothing here is ever too busy for a reset. */
static struct smp_outcome ask_for_reset(struct smp_server *server, const struct smp_request *request)
{
    struct cbor_value mode = {.is_present = false};
    const struct cbor_field fields[] = {{"boot_mode", CBOR_FIELD_UINT, &mode}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1)
        || mode.number > BM_BOOT_MODE_RECOVERY) {
        return smp_failed(SMP_RC_INVALID);
    }
    server->boot_mode = (enum bm_boot_mode)mode.number;
    server->is_reset_asked = true;
    return smp_done();
}

static struct smp_outcome parameters(struct cbor_writer *answer)
{
    cbor_put_key_uint(answer, "buf_size", SMP_PACKET_SIZE);
    cbor_put_key_uint(answer, "buf_count", BM_LINE_PACKETS);
    return smp_done();
}

static bool is_text(const struct cbor_value *value, const char *text)
{
    return value->length == text_length(text, SIZE_MAX) && memcmp(value->data, text, value->length) == 0;
}

static struct smp_outcome bootloader(const struct smp_request *request, struct cbor_writer *answer)
{
    struct cbor_value query = {.is_present = false};
    const struct cbor_field fields[] = {{"query", CBOR_FIELD_TEXT, &query}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1)) {
        return smp_failed(SMP_RC_INVALID);
    }
    if (!query.is_present) {
        cbor_put_key_text(answer, "bootloader", "Bootmend");
        return smp_done();
    }
    if (!is_text(&query, "mode")) {
        return smp_group_failed(SMP_GROUP_OS, OS_ERR_NO_ANSWER_TO_QUERY, SMP_RC_NOT_FOUND);
    }
    cbor_put_key_uint(answer, "mode", MODE_RAM_LOAD);
    return smp_done();
}

struct smp_outcome smp_os_handle(struct smp_server *server, const struct smp_request *request,
                                 struct cbor_writer *answer)
{
    bool is_write = request->operation == SMP_OPERATION_WRITE;
    if (request->command == OS_ECHO) {
        return echo(request, answer);
    }
    if (request->command == OS_RESET && is_write) {
        return ask_for_reset(server, request);
    }
    if (request->command == OS_PARAMETERS && !is_write) {
        return parameters(answer);
    }
    if (request->command == OS_BOOTLOADER && !is_write) {
        return bootloader(request, answer);
    }
    return smp_failed(SMP_RC_NOT_SUPPORTED);
}
