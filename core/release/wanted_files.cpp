// SPDX-License-Identifier: Apache-2.0
#include "core/release/wanted_files.h"

#include "core/release/release_checks.h"

namespace core {

namespace {

Result<Done> verifyWhatIsThere(const Bundle &bundle, const QList<ManifestPayload> &missing,
                               const TrustStore &store)
{
    const auto files = checkFiles(bundle, Extent::WithoutFilesToFetch);
    if (!files)
        return passOn(files.error());
    const Manifest &manifest = bundle.document.manifest;
    for (const ManifestPayload &payload : manifest.payloads) {
        const bool isMissing =
            std::any_of(missing.cbegin(), missing.cend(),
                        [&payload](const ManifestPayload &other) { return other.image == payload.image; });
        if (isMissing)
            continue;
        if (auto verified = verifyPayload(payload, *files, manifest, store); !verified)
            return passOn(verified.error());
    }
    return Done{};
}

} // namespace

Result<WantedFiles> wantedFiles(const Bundle &bundle, const TrustStore &store, const ReleaseTime &time)
{
    const auto admission = admitManifest(bundle.document, store, time, {});
    if (!admission)
        return passOn(admission.error(), QStringLiteral("verifying the bundle"));
    const QList<ManifestPayload> missing = payloadsToFetch(bundle);
    if (auto verified = verifyWhatIsThere(bundle, missing, store); !verified)
        return passOn(verified.error(), QStringLiteral("verifying the bundle"));
    WantedFiles wanted{admission->signers, admission->payloadSigners, {}};
    for (const ManifestPayload &payload : missing) {
        WantedFile file;
        file.m_url = payload.url;
        file.m_size = payload.file.size.value_or(0);
        file.m_sha256 = payload.file.sha256;
        wanted.files.append(file);
    }
    return wanted;
}

} // namespace core
