// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json/canonical_json.h"
#include "core/trust/key.h"

#include <QList>
#include <QStringList>

namespace core {

class JsonFields;

constexpr qsizetype kLargestSignedDocument = 256 * 1024; // bytes; a manifest is a quarter of it at most

/// One entry of "signatures".
struct DocumentSignature {
    QString algorithm; // algorithmName()
    QString keyId;
    QByteArray value;
};

/// What was signed, and by whom: manifests, trust roots and lists of blocked releases are JSON objects whose
/// member "signatures" is about the canonical form (RFC 8785) of all the others. A value.
struct SignedBytes {
    QByteArray signedBytes;
    QList<DocumentSignature> signatures; // each key once; empty when nobody signed yet
};

/// Takes the member "signatures" out of an object's fields; what is wrong in it, the object refuses.
QList<DocumentSignature> readSignatures(JsonFields &fields, const QStringList &algorithms = algorithmNames());

/// As it stands in "signatures".
Json::Array toArray(const QList<DocumentSignature> &signatures);

/// The canonical form of the document without "signatures". InvalidFile for what is no object.
Result<QByteArray> bytesWithoutSignatures(const Json &document);

/// The whole document in its canonical form. InvalidFile when the signed bytes are not an object's.
Result<QByteArray> toBytes(const SignedBytes &document);

/// Signs with one more key. InvalidFile for a key that signed already, and for one that is too short.
Result<Done> addSignature(SignedBytes &document, const PrivateKey &key);

/// The same with each of several keys.
Result<Done> addSignatures(SignedBytes &document, const QList<PrivateKey> &keys);

/// Adds the signature of the signed bytes that `signer` made elsewhere. Untrusted with SignatureInvalid when
/// it is not that; otherwise as addSignature().
Result<Done> addSignature(SignedBytes &document, const PublicKey &signer, const QByteArray &signature);

/// Those of `keys` that signed, by key id. Signatures by other keys are nothing to it.
///
/// Untrusted with SignatureInvalid when a signature in the name of one of these keys is not its: somebody
/// changed something, and no other good signature makes up for that.
Result<QStringList> signersAmong(const QList<PublicKey> &keys, const SignedBytes &document);

} // namespace core
