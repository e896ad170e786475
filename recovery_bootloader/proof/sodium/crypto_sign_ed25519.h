/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_PROOF_CRYPTO_SIGN_ED25519_H
#define BOOTMEND_PROOF_CRYPTO_SIGN_ED25519_H

/* libsodium's Ed25519 as the prover sees it: what it needs; any signature is right, or wrong. */

/*@ requires \valid_read(sig + (0 .. 63)) && \initialized(sig + (0 .. 63));
    requires \valid_read(m + (0 .. mlen - 1)) && \initialized(m + (0 .. mlen - 1));
    requires \valid_read(pk + (0 .. 31)) && \initialized(pk + (0 .. 31));
    assigns \result \from sig[0 .. 63], m[0 .. mlen - 1], pk[0 .. 31];
    ensures -1 <= \result <= 0; */
int crypto_sign_ed25519_verify_detached(const unsigned char *sig, const unsigned char *m,
                                        unsigned long long mlen, const unsigned char *pk);

#endif
