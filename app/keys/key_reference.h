// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/keys/passphrases.h"
#include "core/trust/key.h"

namespace keys {

/// Opens the private key that a reference names:
///
///   release.pem            a PEM file; encrypted, it asks for its passphrase
///   keychain:NAME          an entry of the platform's keychain
///   pkcs11:token=…;object=…?module-path=…   a key on a token (RFC 7512), which asks for its PIN
///
/// Errors as core::readPrivateKeyFile(), readFromKeychain() and openTokenKey(), and those of `passphrases`.
core::Result<core::PrivateKey> openKey(const QString &reference, Passphrases &passphrases);

/// Its public half; of a file also when that is a public key.
core::Result<core::PublicKey> openPublicKey(const QString &reference, Passphrases &passphrases);

enum class Encryption { None, Passphrase };

/// Keeps a new key in a file or the keychain, never over one that is there. InvalidFile for a token: keys are
/// made on it, by its own program.
core::Result<core::Done> keepNewKey(const QString &reference, const core::PrivateKey &key,
                                    Encryption encryption, Passphrases &passphrases);

/// Whether a reference is a PKCS#11 URI.
bool isTokenReference(const QString &reference);

} // namespace keys
