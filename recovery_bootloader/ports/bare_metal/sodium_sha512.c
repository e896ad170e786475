/* SPDX-License-Identifier: Apache-2.0 */
#include <bearssl_hash.h>
#include <sodium/crypto_hash_sha512.h>

/*
 * libsodium's SHA-512 by BearSSL's, which keeps its rounds in a loop: a signature hashes one or two blocks,
 * so the 5 KB of libsodium's unrolled rounds buy nothing. Its verification touches the state by these
 * functions alone, so that BearSSL's context can live in it.
 */
_Static_assert(sizeof(br_sha512_context) <= sizeof(crypto_hash_sha512_state),
               "BearSSL's context lives in libsodium's state");
_Static_assert(_Alignof(br_sha512_context) <= _Alignof(crypto_hash_sha512_state),
               "BearSSL's context lives in libsodium's state");

int crypto_hash_sha512_init(crypto_hash_sha512_state *state)
{
    br_sha512_init((br_sha512_context *)state);
    return 0;
}

int crypto_hash_sha512_update(crypto_hash_sha512_state *state, const unsigned char *data,
                              unsigned long long length)
{
    br_sha512_update((br_sha512_context *)state, data, (size_t)length);
    return 0;
}

int crypto_hash_sha512_final(crypto_hash_sha512_state *state, unsigned char *digest)
{
    br_sha512_out((br_sha512_context *)state, digest);
    return 0;
}
