/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "mem.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_sign_ed25519.h>

/*
 * Exercises each function of a port on its machine and reports "ok <name>" or "FAILED <name>" a line. Its
 * acts are separated by resets; which one comes next stands in the retained memory. "ready" asks the host for
 * the echo test, and after "done" it echoes for ever.
 */

enum act { ACT_FIRST, ACT_AFTER_REQUEST, ACT_AFTER_BITE, ACT_AFTER_CRASH, ACT_AFTER_RETURN };

struct memory {
    uint32_t act;
    uint8_t pattern[BM_RETAINED_SIZE - sizeof(uint32_t)];
};

#define BITE_AFTER_MS 200u
#define ECHO_SIZE 65536u

static void say(const char *text)
{
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    port_line_write((const uint8_t *)text, length);
}

static void check(bool holds, const char *name)
{
    say(holds ? "ok " : "FAILED ");
    say(name);
    say("\r\n");
}

static void check_signature(void)
{
    /* RFC 8032, section 7.1, test 3. */
    static const uint8_t key[32] = {0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e,
                                    0xd0, 0x02, 0x30, 0xf0, 0x58, 0x08, 0x16, 0xed, 0x13, 0xba, 0x33,
                                    0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25};
    static const uint8_t message[2] = {0xaf, 0x82};
    uint8_t signature[64] = {0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a,
                             0xbe, 0x01, 0xa3, 0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36,
                             0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2,
                             0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9,
                             0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a};
    check(crypto_sign_ed25519_verify_detached(signature, message, sizeof message, key) == 0,
          "accepts the signature of RFC 8032");
    unsigned accepted = 0;
    for (unsigned bit = 0; bit < 8 * sizeof signature; bit += 7) {
        signature[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        accepted += crypto_sign_ed25519_verify_detached(signature, message, sizeof message, key) == 0;
        signature[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    check(accepted == 0, "refuses the signature with a flipped bit");
}

static void check_hash(void)
{
    /* FIPS 180-2, appendix B.1: "abc". */
    static const uint8_t expected[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                         0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                         0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    uint8_t digest[32];
    crypto_hash_sha256(digest, (const uint8_t *)"abc", 3);
    check(memcmp(digest, expected, sizeof digest) == 0, "computes the SHA-256 of FIPS 180-2");
}

static bool holds_only(const uint8_t *memory, uint32_t length, uint8_t value)
{
    uint32_t same = 0;
    while (same < length && memory[same] == value) {
        same++;
    }
    return same == length;
}

/* From inside one program buffer through a whole one into a third, where sectors are that large. */
#define MOST_IN_A_SECTOR 2400u

static void check_flash(const struct bm_flash_map *map)
{
    const uint32_t sector = map->regions[BM_REGION_SLOT_B].offset;
    const uint32_t next = sector + map->sector_size;
    const uint8_t *const memory = port_flash_memory();
    const uint32_t half = map->sector_size / 2 < MOST_IN_A_SECTOR ? map->sector_size / 2 : MOST_IN_A_SECTOR;
    uint8_t data[2 * MOST_IN_A_SECTOR];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 31u + 7u);
    }
    check(port_flash_erase(sector) && port_flash_erase(next), "erases");
    check(holds_only(memory + sector, map->sector_size, 0xff), "reads an erased sector as 0xff");

    const uint32_t start = next - half;
    check(port_flash_program(start, data, 2 * half), "programs across buffers and sectors");
    check(memcmp(memory + start, data, 2 * half) == 0, "reads back what it programmed");
    check(holds_only(memory + start - 64, 64, 0xff), "leaves what stands before as it was");
    check(holds_only(memory + start + 2 * half, 64, 0xff), "leaves what stands behind as it was");
    check(memory[start + 1] == data[1], "reads single bytes");

    check(port_flash_erase(sector), "erases again");
    check(memcmp(memory + next, data + half, half) == 0, "erases no other sector");

    static const uint8_t zeros[BM_MAX_WRITE_SIZE];
    memset(data, 0xff, BM_MAX_WRITE_SIZE);
    check(port_flash_program(sector, zeros, map->write_size), "clears bits");
    check(!port_flash_program(sector, data, map->write_size), "refuses to set bits without an erase");
}

static void check_flash_limits(const struct bm_flash_map *map)
{
    static const uint8_t zeros[2 * BM_MAX_WRITE_SIZE];
    const uint32_t sector = map->regions[BM_REGION_SLOT_B].offset;
    check(!port_flash_erase(sector + map->write_size), "refuses to erase from within a sector");
    check(!port_flash_program(sector + 1, zeros, map->write_size), "refuses an unaligned program");
    check(!port_flash_program(sector, zeros, map->write_size + 1), "refuses a program of an odd length");
    check(!port_flash_erase(UINT32_MAX - map->sector_size + 1), "refuses to erase outside");
    check(!port_flash_program(UINT32_MAX - 15, zeros, 16), "refuses to program outside");
}

static void check_flash_map(const struct bm_flash_map *map)
{
    bool holds = map->write_size <= BM_MAX_WRITE_SIZE && (map->sector_size & (map->sector_size - 1)) == 0;
    uint32_t end = 0;
    for (int region = 0; region < BM_REGION_COUNT; region++) {
        holds = holds && map->regions[region].offset % map->sector_size == 0
            && map->regions[region].size % map->sector_size == 0 && map->regions[region].size > 0
            && map->regions[region].offset >= end;
        end = map->regions[region].offset + map->regions[region].size;
    }
    check(holds && port_flash_erase(end - map->sector_size)
              && !port_flash_erase(UINT32_MAX & ~(map->sector_size - 1)),
          "has a flash map without overlaps");
}

static void check_clock(void)
{
    const uint32_t before = port_now_ms();
    port_idle(30);
    const uint32_t passed = port_now_ms() - before;
    check(passed >= 29 && passed < 2000, "idles for the time that it was told");
}

static uint8_t buffer[512];

static uint32_t echo_once(uint32_t limit)
{
    port_idle(10000);
    const size_t count = port_line_read(buffer, limit < sizeof buffer ? limit : sizeof buffer);
    port_line_write(buffer, count);
    return (uint32_t)count;
}

static void echo(void)
{
    say("ready\r\n");
    uint32_t left = ECHO_SIZE;
    while (left > 0) {
        left -= echo_once(left);
    }
}

/* Time in which the line is read, as its input would end each idling at once. */
static void rest(uint32_t duration_ms)
{
    const uint32_t start = port_now_ms();
    while (port_now_ms() - start < duration_ms) {
        port_line_read(buffer, sizeof buffer);
        port_idle(duration_ms - (port_now_ms() - start));
    }
}

static void set_act(enum act act)
{
    struct memory *const memory = port_retained();
    memory->act = act;
    for (size_t i = 0; i < sizeof memory->pattern; i++) {
        memory->pattern[i] = (uint8_t)(i * 5u + act);
    }
}

static bool has_act(enum act act)
{
    const struct memory *const memory = port_retained();
    bool holds = memory->act == (uint32_t)act;
    for (size_t i = 0; i < sizeof memory->pattern; i++) {
        holds = holds && memory->pattern[i] == (uint8_t)(i * 5u + act);
    }
    return holds;
}

static _Noreturn void first_act(void)
{
    const struct bm_flash_map *const map = port_flash_map();
    check_flash_map(map);
    check_flash(map);
    check_flash_limits(map);
    check_hash();
    check_signature();
    check_clock();
    check(!port_recovery_is_requested(), "sees no recovery button where there is none");
    echo();
    set_act(ACT_AFTER_REQUEST);
    port_reset();
}

static _Noreturn void act_after_request(void)
{
    check(has_act(ACT_AFTER_REQUEST), "retains memory over a requested reset");
    check(port_watchdog_start(BITE_AFTER_MS), "starts the watchdog");
    for (unsigned kick = 0; kick < 6; kick++) {
        rest(BITE_AFTER_MS / 2);
        port_watchdog_kick();
    }
    check(true, "lives while it kicks the watchdog");
    set_act(ACT_AFTER_BITE);
    rest(10 * BITE_AFTER_MS);
    check(false, "is bitten by the watchdog");
    port_reset();
}

static _Noreturn void act_after_bite(void)
{
    check(has_act(ACT_AFTER_BITE), "retains memory over the watchdog's bite");
    rest(2 * BITE_AFTER_MS);
    check(true, "finds the watchdog at rest after its bite");
    set_act(ACT_AFTER_CRASH);
    __builtin_trap();
}

/* An application that leaves its entry at once. */
#ifdef __riscv
static const uint8_t *payload_that_returns(uint8_t *load_area)
{
    static const uint8_t ret[2] = {0x82, 0x80};
    memcpy(load_area, ret, sizeof ret);
    return load_area;
}
#else
extern uint32_t _stack_top[];

static void return_at_once(void) { }

static const uint8_t *payload_that_returns(uint8_t *load_area)
{
    static const struct {
        const uint32_t *stack;
        void (*entry)(void);
    } head = {_stack_top, return_at_once};
    (void)load_area;
    return (const uint8_t *)&head;
}
#endif

static _Noreturn void act_after_crash(void)
{
    check(has_act(ACT_AFTER_CRASH), "retains memory over a crash");
    set_act(ACT_AFTER_RETURN);
    uint32_t capacity = 0;
    uint8_t *const area = port_load_area(&capacity);
    const struct bm_flash_map *const map = port_flash_map();
    check(area == NULL ? capacity == 0 : capacity >= map->regions[BM_REGION_SLOT_A].size,
          "loads what fits into a slot, or nothing");
    port_start_payload(payload_that_returns(area), sizeof(void *), NULL);
}

int main(void)
{
    const struct memory *const memory = port_retained();
    switch (port_reset_reason()) {
    case BM_RESET_POWER_ON:
        check(true, "tells power-on");
        first_act();
    case BM_RESET_REQUESTED:
        check(true, "tells a requested reset");
        if (memory->act == ACT_AFTER_BITE) {
            act_after_bite(); /* the watchdog did not bite, which was told */
        }
        act_after_request();
    case BM_RESET_WATCHDOG:
        check(true, "tells the watchdog's bite");
        act_after_bite();
    case BM_RESET_CRASH:
        if (memory->act == ACT_AFTER_CRASH) {
            check(true, "tells a crash");
            act_after_crash();
        }
        check(has_act(ACT_AFTER_RETURN), "takes a payload that returns for a crash");
        say("done\r\n");
    }
    for (;;) {
        echo_once(UINT32_MAX);
    }
}
