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

/// That the store may be judged by: a trust root that has not expired (Untrusted with RootExpired), and a
/// sound clock where anything in the store depends on it.
Result<Done> checkInForce(const TrustStore &store, const ReleaseTime &time);

/// What is asked of a manifest before anybody looks at its files: the clock, the trust root's expiry, the
/// signatures, and the release's expiry. Errors as verifyBundle().
Result<Admission> admitManifest(const SignedManifest &document, const TrustStore &store,
                                const ReleaseTime &time, const OrganisationPolicy &policy);

/// What is asked of a payload whose file was checked: whether it is the image that it has to be, agrees with
/// the manifest, and is signed with a key that units of the product boot. Errors as verifyBundle().
Result<VerifiedPayload> verifyPayload(const ManifestPayload &payload, const CheckedFiles &files,
                                      const Manifest &manifest, const TrustStore &store);

} // namespace core
