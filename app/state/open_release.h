// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"

namespace state {

/// Which keys a release is judged by.
struct TrustInUse {
    QString file;
    bool isOwn = false; // of this computer: a newer root that came with a release is kept
};

/// Opens a bundle and verifies it, now, by the trust file. Where that holds a trust root, the roots that came
/// with the bundle are followed first. The policy is the organisation's; without one, nothing is allowed that
/// nobody signed.
///
/// As core::openBundle(), core::readTrustFile(), core::followChain() and core::verifyBundle().
core::Result<core::VerifiedRelease> openRelease(const TrustInUse &trust, const QString &bundlePath,
                                                const core::OrganisationPolicy &policy = {});

} // namespace state
