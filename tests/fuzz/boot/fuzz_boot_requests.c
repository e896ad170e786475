/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"
#include "fuzzed_unit.h"
#include "promise.h"

#include <string.h>

/*
 * The command handlers of the SMP server, with the bootloader and its flash behind them. The first byte of
 * the input says what the unit is like, and whether the rest is bytes on the line, or packets: length (two
 * bytes), operation and version, group, command, payload.
 */

#define HEADER_SIZE 8u
#define SCRIPT_HEAD_SIZE 5u
#define LARGEST_PAYLOAD (BM_PACKET_SIZE - HEADER_SIZE)

static struct smp_server server;

static size_t take_packet(const uint8_t *script, size_t size)
{
    static const uint8_t groups[] = {0, 1, BM_SMP_GROUP, BM_SMP_GROUP};
    size_t length = (size_t)script[0] | (size_t)(script[1] & 1u) << 8;
    length = length < size - SCRIPT_HEAD_SIZE ? length : size - SCRIPT_HEAD_SIZE;
    length = length < LARGEST_PAYLOAD ? length : LARGEST_PAYLOAD;
    /* Of exactly the size that it needs: a byte read behind it is found. */
    uint8_t *packet = malloc(HEADER_SIZE + length);
    const uint8_t header[HEADER_SIZE] = {
        script[2], 0, (uint8_t)(length >> 8), (uint8_t)length, 0, groups[script[3] & 3u], 42, script[4] % 12};
    memcpy(packet, header, HEADER_SIZE);
    memcpy(packet + HEADER_SIZE, script + SCRIPT_HEAD_SIZE, length);
    smp_server_handle(&server, packet, HEADER_SIZE + length);
    free(packet);
    return SCRIPT_HEAD_SIZE + length;
}

static void take_script(const uint8_t *script, size_t size)
{
    while (size >= SCRIPT_HEAD_SIZE) {
        size_t taken = take_packet(script, size);
        script += taken;
        size -= taken;
    }
}

static void take_line(const uint8_t *data, size_t size)
{
    unit_receive(data, size);
    smp_server_poll(&server);
}

/* --- What must hold afterwards --- */

#define BIT(region) (1u << (region))
#define SLOTS (BIT(BM_REGION_SLOT_A) | BIT(BM_REGION_SLOT_B))

/* State and evidence change in all situations. */
static const uint32_t may_change[SITUATION_COUNT] = {
    [RUNNING] = BIT(BM_REGION_SLOT_B),
    [ON_TRIAL] = 0,
    [IN_RECOVERY] = BIT(BM_REGION_SLOT_B),
    [UNLOCKED] = SLOTS | BIT(BM_REGION_CONFIG_A) | BIT(BM_REGION_CONFIG_B),
    [UNPROVISIONED] = SLOTS | BIT(BM_REGION_IDENTITY),
    [EMPTY] = SLOTS,
};

static bool has_changed(enum situation situation, uint32_t region)
{
    const struct bm_flash_region *place = &unit_flash_map.regions[region];
    return memcmp(unit.flash + place->offset, unit_flash_at_start(situation) + place->offset, place->size)
        != 0;
}

static void check_regions(enum situation situation)
{
    uint32_t allowed = may_change[situation] | BIT(BM_REGION_STATE) | BIT(BM_REGION_EVIDENCE);
    if (situation == ON_TRIAL && boot.record.active_slot == BM_SLOT_B) {
        allowed |= BIT(BM_REGION_SLOT_A); /* the trial was confirmed */
    }
    for (uint32_t region = 0; region < BM_REGION_COUNT; region++) {
        PROMISE((allowed & BIT(region)) != 0 || !has_changed(situation, region),
                "nothing but the permitted regions changes");
    }
}

static const uint8_t echo[] = {0x0a, 0,   0,    10,  0,   0,   7,   0,   0xa1,
                               0x61, 'd', 0x66, 's', 't', 'i', 'l', 'l', '?'};

static void receive_line(const uint8_t *line, size_t length)
{
    unit_receive(line, length);
    smp_server_poll(&server);
}

static void check_echo(void)
{
    static struct smp_decoder answers;
    uint8_t stream[SMP_STREAM_SIZE(sizeof echo)];
    bool is_answered = false;
    memcpy(stream + SMP_STREAM_HEAD, echo, sizeof echo);
    smp_frame_send(stream, sizeof echo, receive_line);
    smp_decoder_init(&answers);
    struct sent sent = unit_sent();
    for (size_t i = 0; i < sent.length; i++) {
        if (smp_decoder_take(&answers, sent.data[i])) {
            is_answered = answers.packet[0] % 8 == 3 && answers.packet[6] == echo[6];
        }
    }
    PROMISE(is_answered, "the server keeps answering");
}

/* What is to be protected is found, and what is not genuine does not run. */
static void check_next_boot(enum situation situation)
{
    if (!has_changed(situation, BM_REGION_STATE) && !has_changed(situation, BM_REGION_SLOT_A)
        && !has_changed(situation, BM_REGION_SLOT_B)) {
        return;
    }
    uint8_t slot = unit_restart();
    PROMISE(slot == BM_SLOT_NONE || unit_slot_is_genuine(slot), "what runs is genuine");
    PROMISE(slot != BM_SLOT_NONE || situation > IN_RECOVERY, "the last good image is found");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    enum situation situation = (enum situation)((data[0] >> 1) % SITUATION_COUNT);
    unit_begin(situation, &server);
    if (data[0] % 2 == 0) {
        take_line(data + 1, size - 1);
    } else {
        take_script(data + 1, size - 1);
    }
    check_regions(situation);
    check_echo();
    check_next_boot(situation);
    return 0;
}
