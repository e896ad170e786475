// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include <array>
#include <optional>

namespace core {

/// The signature algorithms that documents can be signed with. A key has one of them and no other.
enum class KeyAlgorithm {
    Ed25519, // RFC 8032; 64 bytes
    EcdsaP256, // FIPS 186-4 with SHA-256; a DER ECDSA-Sig-Value (RFC 3279, section 2.2.3), at most 72 bytes
    RsaPss, // RFC 8017, RSASSA-PSS with SHA-256, MGF1 of SHA-256 and 32 bytes of salt; as long as the modulus
};

inline constexpr std::array kKeyAlgorithms{KeyAlgorithm::Ed25519, KeyAlgorithm::EcdsaP256,
                                           KeyAlgorithm::RsaPss};

/// As documents have it in "alg": ed25519, ecdsa-p256-sha256 or rsa-pss-sha256.
QString algorithmName(KeyAlgorithm algorithm);
std::optional<KeyAlgorithm> algorithmNamed(const QString &name);

QStringList algorithmNames();

} // namespace core
