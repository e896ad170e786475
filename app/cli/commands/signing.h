// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "core/trust/signed_document.h"

namespace cli {

/// How a document gets signatures: by keys that this program can reach, or by a signature that was made
/// elsewhere, over bytes that were written before.
struct SigningOptions {
    std::vector<std::string> keys; // --key
    std::string signature; // --signature
    std::string signer; // --public
    std::string bytes; // --bytes

    bool isOnlyToBeWritten() const { return !bytes.empty(); }
};

/// Adds the options, of which one way has to be chosen.
void addSigningOptions(CLI::App &command, SigningOptions &options);

/// What a document is signed with: keys, or a signature that one of them made elsewhere. Whoever had to be
/// asked has answered. A value.
struct ReadySignature {
    QList<core::PrivateKey> keys;
    std::optional<core::PublicKey> signer; // of `signature`
    QByteArray signature;
    QString path; // of its file
};

/// Opens the keys, or reads the signature. Errors as Session::privateKey() and core::readPublicKeyFile().
core::Result<ReadySignature> readSignature(const SigningOptions &options, Session &session);

/// Signs, or adds the signature. Errors as core::addSignature().
core::Result<core::Done> addSignatures(core::SignedBytes &document, const ReadySignature &signature);

/// Both in one.
core::Result<core::Done> addSignatures(core::SignedBytes &document, const SigningOptions &options,
                                       Session &session);

/// The signature in a file, as openssl writes it.
core::Result<QByteArray> readSignatureFile(const QString &path);

/// Writes the bytes to be signed, and says how the openssl program signs them. The exit code.
int tellBytesToSign(const QString &command, const core::SignedBytes &document, const SigningOptions &options,
                    Output &output);

} // namespace cli
