// SPDX-License-Identifier: Apache-2.0
#include "core/release/release_checks.h"

#include "core/json/json_fields.h"
#include "core/release/image_agreement.h"
#include "core/release/payload_signature.h"
#include "core/release/release_signers.h"

namespace core {

namespace {

tl::unexpected<Error> untrusted(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

Result<Done> checkUnsignedImport(const Manifest &manifest, const OrganisationPolicy &policy,
                                 const QMap<QString, QStringList> &payloadSigners)
{
    if (!policy.allowsUnsignedImport(manifest.product)) {
        return untrusted(Reason::SignatureInvalid,
                         QStringLiteral("nobody signed the manifest of this import, and no policy of the "
                                        "organisation allows unsigned imports for %1")
                             .arg(manifest.product));
    }
    for (const ManifestPayload &payload : manifest.payloads) {
        if (policy.requiresPayloadSignature && payloadSigners.value(payload.image).isEmpty())
            return untrusted(Reason::SignatureInvalid,
                             QStringLiteral("no trusted key signed the content of the payload %1, and the "
                                            "organisation's policy asks for that of unsigned imports")
                                 .arg(payload.image));
    }
    return Done{};
}

Result<QMap<QString, QStringList>> allPayloadSigners(const Manifest &manifest, const TrustStore &store,
                                                     const QDateTime &nowUtc)
{
    QMap<QString, QStringList> all;
    for (const ManifestPayload &payload : manifest.payloads) {
        const auto signers = payloadSigners(payload, manifest, store, nowUtc);
        if (!signers)
            return passOn(signers.error());
        all.insert(payload.image, *signers);
    }
    return all;
}

Result<Admission> admitByWhom(const SignedManifest &document, const TrustStore &store,
                              const QDateTime &nowUtc, const OrganisationPolicy &policy)
{
    const Manifest &manifest = document.manifest;
    const auto payloadSigners = allPayloadSigners(manifest, store, nowUtc);
    if (!payloadSigners)
        return passOn(payloadSigners.error());
    if (document.signatures.isEmpty() && manifest.imported) {
        if (auto checked = checkUnsignedImport(manifest, policy, *payloadSigners); !checked)
            return passOn(checked.error());
        return Admission{ReleaseTrust::UnsignedImport, {}, *payloadSigners};
    }
    const auto signers = checkSigners(document, store, nowUtc);
    if (!signers)
        return passOn(signers.error());
    return Admission{ReleaseTrust::Signed, *signers, *payloadSigners};
}

Result<Done> checkBootKey(const McubootImage &image, const Manifest &manifest, const TrustStore &store)
{
    const QString keyId = QString::fromLatin1(image.keyHash.toHex());
    if (const Revocation *revocation = store.bootRevocation(image.keyHash)) {
        return untrusted(Reason::KeyRevoked,
                         QStringLiteral("the image's key %1 is revoked: %2").arg(keyId, revocation->reason));
    }
    if (!store.judgesBootKeys())
        return Done{};
    const ProductKey *record = store.bootKey(image.keyHash);
    if (!record || !record->covers(manifest.product)) {
        return untrusted(Reason::KeyUnknown,
                         QStringLiteral("the image is signed with the key %1, which no %2 is known to boot")
                             .arg(keyId, manifest.product));
    }
    return verifyImage(image, record->key);
}

} // namespace

Result<Done> checkInForce(const TrustStore &store, const ReleaseTime &time)
{
    if (const auto checked = checkClock(time); !checked && store.dependsOnTime())
        return checked;
    if (store.expires && time.nowUtc >= *store.expires)
        return untrusted(Reason::RootExpired,
                         QStringLiteral("the trust root expired at %1").arg(timeText(*store.expires)));
    return Done{};
}

Result<Admission> admitManifest(const SignedManifest &document, const TrustStore &store,
                                const ReleaseTime &time, const OrganisationPolicy &policy)
{
    const Manifest &manifest = document.manifest;
    const bool dependsOnTime = manifest.expires || manifest.policy.installWindow;
    if (const auto checked = checkClock(time); !checked && dependsOnTime)
        return passOn(checked.error());
    if (const auto checked = checkInForce(store, time); !checked)
        return passOn(checked.error());
    auto admission = admitByWhom(document, store, time.nowUtc, policy);
    if (!admission)
        return passOn(admission.error());
    if (manifest.expires && time.nowUtc >= *manifest.expires) {
        return untrusted(Reason::ManifestExpired,
                         QStringLiteral("the release expired at %1").arg(timeText(*manifest.expires)));
    }
    return admission;
}

Result<VerifiedPayload> verifyPayload(const ManifestPayload &payload, const CheckedFiles &files,
                                      const Manifest &manifest, const TrustStore &store)
{
    VerifiedPayload verified{payload, files.value(payload.entry().name), {}, {}};
    auto image = imageOf(payload, verified.file);
    if (!image)
        return passOn(image.error());
    verified.image = std::move(*image);
    if (!verified.image)
        return verified;
    if (auto checked = checkAgreement(manifest, *verified.image); !checked)
        return passOn(checked.error());
    if (auto checked = checkBootKey(*verified.image, manifest, store); !checked)
        return passOn(checked.error());
    return verified;
}

} // namespace core
