/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "bytes.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_sign_ed25519.h>

/*
 * The cryptography of a port, for a host that has the vectors. A request is a letter, the length of what
 * follows (16 bits, little endian), and that:
 *   V  public key, signature, message -> "valid" or "refused"
 *   H  message -> its SHA-256 and its SHA-512, in hex
 */

#define KEY_SIZE 32u
#define SIGNATURE_SIZE 64u
#define IDLE_MS 1000u

static uint8_t request[1200];

static void read_exactly(uint8_t *to, size_t length)
{
    while (length > 0) {
        size_t count = port_line_read(to, length);
        to += count;
        length -= count;
        if (count == 0) {
            port_idle(IDLE_MS);
        }
    }
}

static void say(const char *text)
{
    port_line_write((const uint8_t *)text, text_length(text, SIZE_MAX));
}

static void say_hex(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char pair[2] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]};
        port_line_write((const uint8_t *)pair, sizeof pair);
    }
    say("\n");
}

static void answer_signature(size_t length)
{
    const uint8_t *message = request + KEY_SIZE + SIGNATURE_SIZE;
    bool is_valid = length >= KEY_SIZE + SIGNATURE_SIZE
        && crypto_sign_ed25519_verify_detached(request + KEY_SIZE, message,
                                               length - KEY_SIZE - SIGNATURE_SIZE, request)
            == 0;
    say(is_valid ? "valid\n" : "refused\n");
}

static void answer_hash(size_t length)
{
    crypto_hash_sha256_state sha256;
    crypto_hash_sha512_state sha512;
    uint8_t digest[64];
    crypto_hash_sha256_init(&sha256);
    crypto_hash_sha256_update(&sha256, request, length);
    crypto_hash_sha256_final(&sha256, digest);
    say_hex(digest, 32);
    /* In two pieces, as a signature is hashed in three. */
    crypto_hash_sha512_init(&sha512);
    crypto_hash_sha512_update(&sha512, request, length / 3);
    crypto_hash_sha512_update(&sha512, request + length / 3, length - length / 3);
    crypto_hash_sha512_final(&sha512, digest);
    say_hex(digest, 64);
}

int main(void)
{
    say("ready\n");
    for (;;) {
        uint8_t head[3];
        read_exactly(head, sizeof head);
        size_t length = (size_t)head[1] | (size_t)head[2] << 8;
        if (length > sizeof request) {
            say("too long\n");
            continue;
        }
        read_exactly(request, length);
        if (head[0] == 'V') {
            answer_signature(length);
        } else {
            answer_hash(length);
        }
    }
}
