// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/policy/organisation_policy.h"
#include "core/release/bundle.h"
#include "core/release/mcuboot_image.h"
#include "core/trust/release_time.h"
#include "core/trust/trust_store.h"

namespace core {

/// One payload of a release that was verified.
struct VerifiedPayload {
    ManifestPayload description;
    QByteArray file; // of an image; a payload of another kind was checked, and stays in the bundle
    std::optional<McubootImage> image; // nothing for a payload of another kind
    QStringList signedBy; // key ids of trusted keys that signed its content alone: payload_signature.h
};

/// What a release may be installed by.
enum class ReleaseTrust {
    Signed, // enough trusted keys signed its manifest
    UnsignedImport, // nobody signed it; it was imported, and the organisation's policy allows that
};

/// "signed by trusted keys", "unsigned import allowed by policy": as plans and results have it.
QString releaseTrustName(ReleaseTrust trust);

/// A release whose manifest a trusted key signed, or which the policy allows all the same, whose files are
/// those that the manifest names, and whose images agree with it. Only verifyBundle() makes one, so nothing
/// that was not verified can be installed. A value.
class VerifiedRelease
{
public:
    const Manifest &manifest() const { return m_manifest; }
    const QList<VerifiedPayload> &payloads() const { return m_payloads; }
    const QStringList &signedBy() const { return m_signedBy; } // key ids of the trusted keys
    ReleaseTrust trust() const { return m_trust; }
    const QStringList &demoKeys() const { return m_demoKeys; } // MCUboot's public ones that images name
    const QByteArray &manifestDigest() const { return m_manifestDigest; } // SHA-256 of the signed bytes
    const QByteArray &releaseNotes() const { return m_releaseNotes; } // empty when there are none

private:
    friend Result<VerifiedRelease> verifyBundle(const Bundle &, const TrustStore &, const ReleaseTime &,
                                                const OrganisationPolicy &);
    VerifiedRelease() = default;

    Manifest m_manifest;
    QList<VerifiedPayload> m_payloads;
    QStringList m_signedBy;
    ReleaseTrust m_trust = ReleaseTrust::Signed;
    QStringList m_demoKeys;
    QByteArray m_manifestDigest;
    QByteArray m_releaseNotes;
};

/// The clock and the trust root's expiry, then the signatures, the release's expiry, its files, and the
/// images in them. When the store has keys that devices boot images of, an image has to be signed with one of
/// those for this product. An import that nobody signed is taken where the policy allows it for its product;
/// everything else is asked of it as of any other.
///
/// NotAllowedNow with ClockWrong. Untrusted with RootExpired, SignatureInvalid (also: not signed), KeyUnknown
/// (also: not for this channel or product), KeyRevoked, KeyExpired, ThresholdNotMet, ManifestExpired,
/// PayloadMissing, HashMismatch, IncompatibleProduct or IncompatibleHardware; ManifestMalformed when the
/// manifest and its image disagree.
Result<VerifiedRelease> verifyBundle(const Bundle &bundle, const TrustStore &store, const ReleaseTime &time,
                                     const OrganisationPolicy &policy = {});

} // namespace core
