// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/keys/passphrases.h"
#include "core/trust/key.h"

#include <QList>

namespace keys {

/// A private key on a token; its secret stays there.
struct TokenKey {
    QString label; // CKA_LABEL
    QByteArray id; // CKA_ID
    core::Result<core::PublicKey> publicKey;
};

/// The private keys that a PKCS#11 URI names, at most 64. Errors as Pkcs11Session::open().
core::Result<QList<TokenKey>> listTokenKeys(const QString &uri, Passphrases &passphrases);

/// The one that it names. FileFailed also when it names none or several; InvalidFile for a key of another
/// algorithm.
core::Result<core::PrivateKey> openTokenKey(const QString &uri, Passphrases &passphrases);

} // namespace keys
