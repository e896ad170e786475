// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/trust/key_algorithm.h"

#include <QByteArray>

struct evp_pkey_st;

namespace core {

/// Which keys there are, decided in one place: docs/decisions/0051. InvalidFile for a key that nobody should
/// trust: an Ed25519 point of small order, a P-256 point in another encoding than the uncompressed one (one
/// key would have two ids), an RSA modulus of less than 2048 or more than 8192 bits, or an exponent that is
/// even or below 65537; and for every other algorithm.
///
/// `spki` is the DER SubjectPublicKeyInfo of the key.
Result<KeyAlgorithm> checkKey(evp_pkey_st *key, const QByteArray &spki);

} // namespace core
