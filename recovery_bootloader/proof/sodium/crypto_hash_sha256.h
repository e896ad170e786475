/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_PROOF_CRYPTO_HASH_SHA256_H
#define BOOTMEND_PROOF_CRYPTO_HASH_SHA256_H

#include <stdint.h>

/* libsodium's SHA-256 as the prover sees it: what it needs; its hashes are any. */

typedef struct crypto_hash_sha256_state {
    uint32_t state[8];
    uint64_t count;
    uint8_t buf[64];
} crypto_hash_sha256_state;

/*@ requires \valid(state);
    assigns \result, *state \from \nothing;
    ensures \initialized(state); */
int crypto_hash_sha256_init(crypto_hash_sha256_state *state);

/*@ requires \valid(state) && \initialized(state);
    requires \valid_read(in + (0 .. inlen - 1));
    requires \initialized(in + (0 .. inlen - 1));
    assigns \result, *state \from *state, in[0 .. inlen - 1];
    ensures \initialized(state); */
int crypto_hash_sha256_update(crypto_hash_sha256_state *state, const unsigned char *in,
                              unsigned long long inlen);

/*@ requires \valid(state) && \initialized(state);
    requires \valid(out + (0 .. 31));
    assigns \result, *state, out[0 .. 31] \from *state;
    ensures \initialized(out + (0 .. 31)); */
int crypto_hash_sha256_final(crypto_hash_sha256_state *state, unsigned char *out);

#endif
