// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/key.h"

namespace core {

/// FileFailed when the file cannot be read; otherwise as PublicKey::fromPem() and PrivateKey::fromPem().
Result<PublicKey> readPublicKeyFile(const QString &path);
Result<PrivateKey> readPrivateKeyFile(const QString &path, const PassphraseSource &passphrase = {});

/// Writes the private key so that only its owner can read it, and never over a file that exists: a release
/// key that is overwritten is lost for ever.
Result<Done> writeNewPrivateKeyFile(const QString &path, const PrivateKey &key,
                                    const QByteArray &passphrase = {});

Result<Done> writePublicKeyFile(const QString &path, const PublicKey &key);

} // namespace core
