// SPDX-License-Identifier: Apache-2.0
#include "app/keys/key_reference.h"

#include "app/keys/keychain.h"
#include "app/keys/pkcs11_key.h"
#include "core/trust/key_file.h"
#include "core/trust/wipe.h"

namespace keys {

namespace {

std::optional<QString> keychainName(const QString &reference)
{
    const QString prefix = QStringLiteral("keychain:");
    return reference.startsWith(prefix) ? std::optional(reference.sliced(prefix.size())) : std::nullopt;
}

core::Result<core::PrivateKey> openFile(const QString &path, Passphrases &passphrases)
{
    std::optional<core::Error> problem; // what the one who was asked could not do
    auto key = core::readPrivateKeyFile(path, [&]() -> QByteArray {
        auto answer = passphrases.ask(path);
        if (!answer) {
            problem = answer.error();
            return {};
        }
        return *std::move(answer);
    });
    if (problem)
        return core::passOn(*problem);
    return key;
}

} // namespace

bool isTokenReference(const QString &reference)
{
    return reference.startsWith(QStringLiteral("pkcs11:"));
}

core::Result<core::PrivateKey> openKey(const QString &reference, Passphrases &passphrases)
{
    if (isTokenReference(reference))
        return openTokenKey(reference, passphrases);
    if (const auto name = keychainName(reference))
        return readFromKeychain(*name);
    return openFile(reference, passphrases);
}

core::Result<core::PublicKey> openPublicKey(const QString &reference, Passphrases &passphrases)
{
    if (!isTokenReference(reference) && !keychainName(reference)) {
        if (auto key = core::readPublicKeyFile(reference))
            return key;
    }
    const auto key = openKey(reference, passphrases);
    return key ? core::Result<core::PublicKey>(key->publicKey()) : core::passOn(key.error());
}

core::Result<core::Done> keepNewKey(const QString &reference, const core::PrivateKey &key,
                                    Encryption encryption, Passphrases &passphrases)
{
    if (isTokenReference(reference))
        return core::fail(
            core::ErrorKind::InvalidFile,
            QStringLiteral("make a token's key with the token's own program, such as pkcs11-tool: "
                           "then its secret was never elsewhere"));
    if (const auto name = keychainName(reference))
        return writeNewToKeychain(*name, key);
    QByteArray passphrase;
    if (encryption == Encryption::Passphrase) {
        auto answer = passphrases.askForNew(reference);
        if (!answer)
            return core::passOn(answer.error());
        passphrase = *std::move(answer);
    }
    auto written = core::writeNewPrivateKeyFile(reference, key, passphrase);
    core::wipe(passphrase);
    return written;
}

} // namespace keys
