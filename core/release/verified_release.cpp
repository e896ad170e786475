// SPDX-License-Identifier: Apache-2.0
#include "core/release/verified_release.h"

#include "core/base/sha256.h"
#include "core/release/foreign/demo_keys.h"
#include "core/release/release_checks.h"

namespace core {

namespace {

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
    const auto admission = admitManifest(bundle.document, store, time, policy);
    if (!admission)
        return passOn(admission.error(), QStringLiteral("verifying the bundle"));
    const auto files = checkFiles(bundle);
    if (!files)
        return passOn(files.error(), QStringLiteral("verifying the bundle"));

    VerifiedRelease release;
    for (const ManifestPayload &payload : manifest.payloads) {
        auto verified = verifyPayload(payload, *files, manifest, store);
        if (!verified)
            return passOn(verified.error(), QStringLiteral("verifying the bundle"));
        verified->signedBy = admission->payloadSigners.value(payload.image);
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
