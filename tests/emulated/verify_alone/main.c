/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_sign_ed25519.h>

/*
 * What the cost of a boot is compared with: SHA-256 over an image and the check of its signature, by the code
 * of the bootloader and by nothing else. Says "valid" or "refused", and the instructions that it took. At the
 * start of the writable flash lie: offset and length of what is signed, the key, and the signature.
 */
struct job {
    uint32_t offset;
    uint32_t length;
    uint8_t key[32];
    uint8_t signature[64];
};

static uint32_t instructions(void)
{
    uint32_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count));
    return count;
}

static void say_number(uint32_t number)
{
    uint8_t digits[11];
    size_t first = sizeof digits;
    digits[--first] = '\n';
    do {
        digits[--first] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    port_line_write(digits + first, sizeof digits - first);
}

int main(void)
{
    const uint8_t *flash = port_flash_memory();
    const struct job *job = (const struct job *)flash;
    crypto_hash_sha256_state state;
    uint8_t digest[32];
    uint32_t before = instructions();
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, flash + job->offset, job->length);
    crypto_hash_sha256_final(&state, digest);
    int result = crypto_sign_ed25519_verify_detached(job->signature, digest, sizeof digest, job->key);
    uint32_t after = instructions();
    port_line_write((const uint8_t *)(result == 0 ? "valid   " : "refused "), 8);
    say_number(after - before);
    for (;;) {
        port_idle(1000);
    }
}
