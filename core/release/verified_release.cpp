// SPDX-License-Identifier: Apache-2.0
#include "core/release/verified_release.h"

#include "core/base/sha256.h"
#include "core/release/foreign/demo_keys.h"
#include "core/release/image_agreement.h"
#include "core/release/release_signers.h"
#include "core/trust/json_fields.h"

namespace core {

namespace {

tl::unexpected<Error> untrusted(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

/// Expiry is judged by this computer's clock, so a clock that is certainly wrong judges nothing.
Result<Done> checkTimes(const Manifest &manifest, const TrustStore &store, const ReleaseTime &time)
{
    const bool dependsOnTime = manifest.expires || store.dependsOnTime();
    if (dependsOnTime && time.nowUtc < time.earliestUtc) {
        return fail(ErrorKind::NotAllowedNow, Reason::ClockWrong,
                    QStringLiteral("this computer's clock says %1, and this program was made after %2")
                        .arg(timeText(time.nowUtc), timeText(time.earliestUtc)));
    }
    if (store.expires && time.nowUtc >= *store.expires) {
        return untrusted(Reason::RootExpired,
                         QStringLiteral("the trust root expired at %1").arg(timeText(*store.expires)));
    }
    return Done{};
}

/// By whom, or by what, a manifest is allowed.
struct Admission {
    ReleaseTrust trust = ReleaseTrust::Signed;
    QStringList signers;
};

Result<Admission> admit(const SignedManifest &document, const TrustStore &store, const QDateTime &nowUtc,
                        const OrganisationPolicy &policy)
{
    const Manifest &manifest = document.manifest;
    const bool isUnsignedImport = document.signatures.isEmpty() && manifest.imported;
    if (isUnsignedImport && policy.allowsUnsignedImport(manifest.product))
        return Admission{ReleaseTrust::UnsignedImport, {}};
    if (isUnsignedImport) {
        return untrusted(Reason::SignatureInvalid,
                         QStringLiteral("nobody signed the manifest of this import, and no policy of the "
                                        "organisation allows unsigned imports for %1")
                             .arg(manifest.product));
    }
    const auto signers = checkSigners(document, store, nowUtc);
    if (!signers)
        return passOn(signers.error());
    return Admission{ReleaseTrust::Signed, *signers};
}

QStringList demoKeysOf(const QList<VerifiedPayload> &payloads)
{
    QStringList names;
    for (const VerifiedPayload &payload : payloads) {
        const QString name = payload.image ? publicDemoKeyOf(*payload.image) : QString();
        if (!name.isEmpty() && !names.contains(name))
            names.append(name);
    }
    return names;
}

Result<Done> checkBootKey(const McubootImage &image, const Manifest &manifest, const TrustStore &store)
{
    const QString keyId = QString::fromLatin1(image.keyHash.toHex());
    if (const Revocation *revocation = store.revocation(keyId)) {
        return untrusted(Reason::KeyRevoked,
                         QStringLiteral("the image's key %1 is revoked: %2").arg(keyId, revocation->reason));
    }
    if (store.bootKeys.isEmpty())
        return Done{};
    const ProductKey *record = store.bootKey(image.keyHash);
    if (!record || !record->covers(manifest.product)) {
        return untrusted(Reason::KeyUnknown,
                         QStringLiteral("the image is signed with the key %1, which no %2 is known to boot")
                             .arg(keyId, manifest.product));
    }
    return verifyImage(image, record->key);
}

Result<VerifiedPayload> verifyPayload(const ManifestPayload &payload, const CheckedFiles &files,
                                      const Manifest &manifest, const TrustStore &store)
{
    VerifiedPayload verified{payload, files.value(payload.file.name), {}};
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

} // namespace

QString releaseTrustName(ReleaseTrust trust)
{
    switch (trust) {
    case ReleaseTrust::Signed:
        return QStringLiteral("signed by trusted keys");
    case ReleaseTrust::UnsignedImport:
        return QStringLiteral("unsigned import allowed by policy");
    }
    Q_UNREACHABLE();
}

Result<VerifiedRelease> verifyBundle(const Bundle &bundle, const TrustStore &store, const ReleaseTime &time,
                                     const OrganisationPolicy &policy)
{
    const Manifest &manifest = bundle.document.manifest;
    if (auto checked = checkTimes(manifest, store, time); !checked)
        return passOn(checked.error(), QStringLiteral("verifying the bundle"));
    const auto admission = admit(bundle.document, store, time.nowUtc, policy);
    if (!admission)
        return passOn(admission.error(), QStringLiteral("verifying the bundle"));
    if (manifest.expires && time.nowUtc >= *manifest.expires) {
        return untrusted(Reason::ManifestExpired,
                         QStringLiteral("the release expired at %1").arg(timeText(*manifest.expires)));
    }
    const auto files = checkFiles(bundle);
    if (!files)
        return passOn(files.error(), QStringLiteral("verifying the bundle"));

    VerifiedRelease release;
    for (const ManifestPayload &payload : manifest.payloads) {
        auto verified = verifyPayload(payload, *files, manifest, store);
        if (!verified)
            return passOn(verified.error(), QStringLiteral("verifying the bundle"));
        release.m_payloads.append(std::move(*verified));
    }
    release.m_manifest = manifest;
    release.m_signedBy = admission->signers;
    release.m_trust = admission->trust;
    release.m_demoKeys = demoKeysOf(release.m_payloads);
    release.m_manifestDigest = Sha256::of(bundle.document.signedBytes);
    if (manifest.releaseNotes)
        release.m_releaseNotes = files->value(manifest.releaseNotes->name);
    return release;
}

} // namespace core
