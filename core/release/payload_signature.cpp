// SPDX-License-Identifier: Apache-2.0
#include "core/release/payload_signature.h"

#include "core/release/release_signers.h"

namespace core {

namespace {

constexpr QLatin1String kRsaPkcs1("rsa-pkcs1-sha256");

/// Empty when it is no signature of that.
QString schemeOf(const PublicKey &signer, const QByteArray &digest, const QByteArray &signature)
{
    if (signer.verifiesDigest(digest, signature))
        return algorithmName(signer.algorithm());
    return signer.verifiesPkcs1Digest(digest, signature) ? kRsaPkcs1 : QString();
}

} // namespace

QStringList payloadAlgorithms()
{
    return {algorithmName(KeyAlgorithm::EcdsaP256), algorithmName(KeyAlgorithm::RsaPss), kRsaPkcs1};
}

Result<DocumentSignature> identifyPayloadSignature(const PublicKey &signer, const QByteArray &digest,
                                                   const QByteArray &signature)
{
    if (signer.algorithm() == KeyAlgorithm::Ed25519) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("an Ed25519 key signs whole files and no digest of them; signatures of "
                                   "content are taken from RSA and ECDSA keys"));
    }
    if (!signer.maySignDocuments()) {
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("an RSA key of %1 bits; content is signed with 3072 or more").arg(signer.bits()));
    }
    const QString scheme = schemeOf(signer, digest, signature);
    if (scheme.isEmpty()) {
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                    QStringLiteral("it is not a signature by the key %1 of the content with the SHA-256 %2")
                        .arg(signer.keyId(), QString::fromLatin1(digest.toHex())));
    }
    return DocumentSignature{scheme, signer.keyId(), signature};
}

Result<QStringList> payloadSigners(const ManifestPayload &payload, const Manifest &manifest,
                                   const TrustStore &store, const QDateTime &nowUtc)
{
    QStringList signers;
    for (const DocumentSignature &signature : payload.signatures) {
        const ReleaseKey *record = store.releaseKey(signature.keyId);
        if (!record)
            continue;
        const auto identified = identifyPayloadSignature(record->key, payload.file.sha256, signature.value);
        if (!identified || identified->algorithm != signature.algorithm) {
            return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                        QStringLiteral("the content of the payload %1 is not what the key %2 signed")
                            .arg(payload.image, signature.keyId));
        }
        if (!objectionToKey(signature.keyId, {manifest.channel, manifest.product}, store, nowUtc))
            signers.append(signature.keyId);
    }
    return signers;
}

} // namespace core
