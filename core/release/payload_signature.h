// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/manifest.h"
#include "core/trust/trust_store.h"

/// Signatures of a payload's content alone, as `openssl dgst -sha256 -sign` makes them of a file. They say
/// who made the content, and nothing of the product, the version or the channel that a manifest claims for
/// it: so they take no manifest's place, and a policy may ask for them where nobody signed one.
namespace core {

/// What "alg" may be: ecdsa-p256-sha256, rsa-pss-sha256, or rsa-pkcs1-sha256 (RFC 8017, RSASSA-PKCS1-v1_5),
/// which is what openssl makes with an RSA key unless told.
QStringList payloadAlgorithms();

/// The signature under the name of what it is. `digest` is the SHA-256 of the content.
///
/// InvalidFile for an Ed25519 key, which does not sign digests, and for an RSA key of less than 3072 bits.
/// Untrusted with SignatureInvalid when it is not a signature of this content by the key.
Result<DocumentSignature> identifyPayloadSignature(const PublicKey &signer, const QByteArray &digest,
                                                   const QByteArray &signature);

/// Those of the payload's signatures that count, by key id: of release keys for the manifest's channel and
/// product that are in force and not revoked. The others are nothing to it.
///
/// Untrusted with SignatureInvalid when one in the name of a release key is not its.
Result<QStringList> payloadSigners(const ManifestPayload &payload, const Manifest &manifest,
                                   const TrustStore &store, const QDateTime &nowUtc);

} // namespace core
