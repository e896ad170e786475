// SPDX-License-Identifier: Apache-2.0
#include "core/release/verified_release.h"

#include "core/release/image_agreement.h"

#include <QCryptographicHash>

namespace core {

namespace {

tl::unexpected<Error> untrusted(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

/// The trusted keys that signed. A wrong signature in the name of a trusted key refuses the whole, even
/// beside a good one: somebody changed something.
Result<QStringList> findSigners(const SignedManifest &document, const TrustStore &store)
{
    if (document.signatures.isEmpty())
        return untrusted(Reason::SignatureInvalid, QStringLiteral("nobody signed the manifest"));
    QStringList signers;
    QStringList others;
    for (const DocumentSignature &signature : document.signatures) {
        const ReleaseKey *record = store.releaseKey(signature.keyId);
        const bool covers = record && record->covers(document.manifest.channel, document.manifest.product);
        // The signature before the coverage: a changed channel is a changed manifest, and not a foreign key.
        const bool isValid = record && signature.algorithm == QStringLiteral("ed25519")
            && record->key.verifies(document.signedBytes, signature.value);
        if (record && !isValid) {
            return untrusted(
                Reason::SignatureInvalid,
                QStringLiteral("the manifest is not what the key %1 signed").arg(signature.keyId));
        }
        if (covers)
            signers.append(signature.keyId);
        else
            others.append(
                record ? QStringLiteral("%1 (not for channel %2 of %3)")
                             .arg(signature.keyId, document.manifest.channel, document.manifest.product)
                       : signature.keyId);
    }
    if (signers.isEmpty()) {
        return untrusted(Reason::KeyUnknown,
                         QStringLiteral("the manifest was signed with keys that are not trusted: %1")
                             .arg(others.join(QStringLiteral(", "))));
    }
    return signers;
}

Result<Done> checkBootKey(const McubootImage &image, const Manifest &manifest, const TrustStore &store)
{
    if (store.bootKeys.isEmpty())
        return Done{};
    const BootKey *record = store.bootKey(image.keyHash);
    if (!record || !record->covers(manifest.product)) {
        return untrusted(Reason::KeyUnknown,
                         QStringLiteral("the image is signed with the key %1, which no %2 is known to boot")
                             .arg(QString::fromLatin1(image.keyHash.toHex()), manifest.product));
    }
    return verifyImage(image, record->key);
}

Result<VerifiedPayload> verifyPayload(const ManifestPayload &payload, const Bundle &bundle,
                                      const TrustStore &store)
{
    VerifiedPayload verified{payload, bundle.files.value(payload.file.name), {}};
    auto image = imageOf(payload, verified.file);
    if (!image)
        return passOn(image.error());
    verified.image = std::move(*image);
    if (!verified.image)
        return verified;
    const Manifest &manifest = bundle.document.manifest;
    if (auto checked = checkAgreement(manifest, *verified.image); !checked)
        return passOn(checked.error());
    if (auto checked = checkBootKey(*verified.image, manifest, store); !checked)
        return passOn(checked.error());
    return verified;
}

} // namespace

Result<VerifiedRelease> verifyBundle(const Bundle &bundle, const TrustStore &store, const QDateTime &nowUtc)
{
    const Manifest &manifest = bundle.document.manifest;
    const auto signers = findSigners(bundle.document, store);
    if (!signers)
        return passOn(signers.error(), QStringLiteral("verifying the bundle"));
    if (manifest.expires && nowUtc >= *manifest.expires) {
        return untrusted(
            Reason::ManifestExpired,
            QStringLiteral("the release expired at %1").arg(manifest.expires->toString(Qt::ISODate)));
    }
    if (auto checked = checkFiles(bundle); !checked)
        return passOn(checked.error(), QStringLiteral("verifying the bundle"));

    VerifiedRelease release;
    for (const ManifestPayload &payload : manifest.payloads) {
        auto verified = verifyPayload(payload, bundle, store);
        if (!verified)
            return passOn(verified.error(), QStringLiteral("verifying the bundle"));
        release.m_payloads.append(std::move(*verified));
    }
    release.m_manifest = manifest;
    release.m_signedBy = *signers;
    release.m_manifestDigest =
        QCryptographicHash::hash(bundle.document.signedBytes, QCryptographicHash::Sha256);
    if (manifest.releaseNotes)
        release.m_releaseNotes = bundle.files.value(manifest.releaseNotes->name);
    return release;
}

} // namespace core
