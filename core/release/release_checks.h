// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"

namespace core {

/// By whom, or by what, a manifest is allowed.
struct Admission {
    ReleaseTrust trust = ReleaseTrust::Signed;
    QStringList signers; // key ids of the trusted keys
    QMap<QString, QStringList> payloadSigners = {}; // the same for the content of each payload, by its image
};

/// Whether there is anything to judge by: a trust root that has not expired, and, where the store or the
/// expiry of a document depends on it, a clock that is not certainly wrong. NotAllowedNow with ClockWrong,
/// Untrusted with RootExpired.
Result<Done> checkClockAndRoot(const TrustStore &store, const ReleaseTime &time,
                               const std::optional<QDateTime> &expiryOfDocument = {});

/// What is asked of a manifest before anybody looks at its files: the clock, the trust root's expiry, the
/// signatures, and the release's expiry. Errors as verifyBundle().
Result<Admission> admitManifest(const SignedManifest &document, const TrustStore &store,
                                const ReleaseTime &time, const OrganisationPolicy &policy);

/// What is asked of a payload whose file was checked: whether it is the image that it has to be, agrees with
/// the manifest, and is signed with a key that units of the product boot. Errors as verifyBundle().
Result<VerifiedPayload> verifyPayload(const ManifestPayload &payload, const CheckedFiles &files,
                                      const Manifest &manifest, const TrustStore &store);

} // namespace core
