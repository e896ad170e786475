// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/state/own_trust.h"
#include "core/release/verified_release.h"

namespace state {

/// By this computer's clock, which is wrong when it is behind the build of this program.
core::ReleaseTime releaseTimeNow();

/// A bundle, and what it is judged by. A value.
struct OpenedBundle {
    core::Bundle bundle;
    core::TrustStore store;
    core::ReleaseTime time;

    core::Result<core::VerifiedRelease> verify(const core::OrganisationPolicy &policy = {}) const
    {
        return core::verifyBundle(bundle, store, time, policy);
    }
};

/// Opens a bundle, and judges nothing but the trust roots that came with it: where the trust file holds a
/// root, they are followed. As core::openBundle(), core::readTrustFile() and core::followChain().
core::Result<OpenedBundle> openBundle(const TrustInUse &trust, const QString &bundlePath);

/// Opens a bundle and verifies it, now, by the trust file; nothing is allowed that nobody signed. As
/// openBundle() and core::verifyBundle().
core::Result<core::VerifiedRelease> openRelease(const TrustInUse &trust, const QString &bundlePath);

} // namespace state
