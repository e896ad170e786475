// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_file.h"

#include "core/base/file_access.h"
#include "core/trust/wipe.h"

namespace core {

namespace {

constexpr qint64 kLargestKeyFile = 16 * 1024;

} // namespace

Result<PublicKey> readPublicKeyFile(const QString &path)
{
    const auto pem = readWholeFile(path, kLargestKeyFile);
    if (!pem)
        return passOn(pem.error());
    auto key = PublicKey::fromPem(*pem);
    if (!key)
        return passOn(key.error(), QStringLiteral("reading the public key %1").arg(path));
    return key;
}

Result<PrivateKey> readPrivateKeyFile(const QString &path, const PassphraseSource &passphrase)
{
    auto pem = readWholeFile(path, kLargestKeyFile);
    if (!pem)
        return passOn(pem.error());
    auto key = PrivateKey::fromPem(*pem, passphrase);
    wipe(*pem);
    if (!key)
        return passOn(key.error(), QStringLiteral("reading the private key %1").arg(path));
    return key;
}

Result<Done> writeNewPrivateKeyFile(const QString &path, const PrivateKey &key, const QByteArray &passphrase)
{
    auto pem = key.toPem(passphrase);
    if (!pem)
        return passOn(pem.error());
    auto written = createSecretFile(path, *pem);
    wipe(*pem);
    return written;
}

Result<Done> writePublicKeyFile(const QString &path, const PublicKey &key)
{
    return replaceFile(path, key.toPem());
}

} // namespace core
