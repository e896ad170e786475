// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>

struct evp_pkey_st;

/// The signatures themselves, by OpenSSL, with every parameter set: nothing is left to its defaults, which
/// take any length of salt, for one.
namespace core::openssl {

enum class DigestScheme {
    Ecdsa, // DER, one encoding only
    RsaPss, // SHA-256, MGF1 of SHA-256, 32 bytes of salt
    RsaPkcs1, // v1.5, SHA-256
};

/// `digest` is 32 bytes of SHA-256.
bool verifiesDigest(evp_pkey_st *key, DigestScheme scheme, const QByteArray &digest,
                    const QByteArray &signature);
Result<QByteArray> signDigest(evp_pkey_st *key, DigestScheme scheme, const QByteArray &digest);

/// Ed25519 of the whole message.
bool verifiesMessage(evp_pkey_st *key, const QByteArray &message, const QByteArray &signature);
Result<QByteArray> signMessage(evp_pkey_st *key, const QByteArray &message);

} // namespace core::openssl
