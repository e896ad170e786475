// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "app/state/own_trust.h"
#include "core/release/verified_release.h"

namespace gui {

/// Which releases are at hand, whom this computer trusts, and what it has against releases. A value: copies
/// go to worker threads, where files are read.
struct ReleaseShelf {
    core::Result<state::TrustInUse> trust; // or why there is none
    QString catalogFolder;
    QString folder; // of a bench; may be empty
    QStringList addedFiles; // chosen or dropped by the operator
};

/// The files on the shelf, by name.
QStringList filesOn(const ReleaseShelf &shelf);

/// Opens a file and verifies it against the trust file. Blocks; for worker threads.
core::Result<core::VerifiedRelease> openRelease(const ReleaseShelf &shelf, const QString &file);

/// What can be said of the files on the shelf: each release, what is against it, or why it is refused. A
/// catalog that cannot be read has nothing against them here; no plan is made then. Blocks; for worker
/// threads.
QList<ReleaseOffer> offersOn(const ReleaseShelf &shelf);

} // namespace gui
