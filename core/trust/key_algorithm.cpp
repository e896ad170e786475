// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_algorithm.h"

#include <algorithm>

namespace core {

QString algorithmName(KeyAlgorithm algorithm)
{
    switch (algorithm) {
    case KeyAlgorithm::Ed25519:
        return QStringLiteral("ed25519");
    case KeyAlgorithm::EcdsaP256:
        return QStringLiteral("ecdsa-p256-sha256");
    case KeyAlgorithm::RsaPss:
        return QStringLiteral("rsa-pss-sha256");
    }
    Q_UNREACHABLE();
}

std::optional<KeyAlgorithm> algorithmNamed(const QString &name)
{
    const auto *const found =
        std::find_if(kKeyAlgorithms.begin(), kKeyAlgorithms.end(),
                     [&name](KeyAlgorithm algorithm) { return algorithmName(algorithm) == name; });
    return found == kKeyAlgorithms.end() ? std::nullopt : std::optional(*found);
}

QStringList algorithmNames()
{
    QStringList names;
    for (const KeyAlgorithm algorithm : kKeyAlgorithms)
        names.append(algorithmName(algorithm));
    return names;
}

} // namespace core
