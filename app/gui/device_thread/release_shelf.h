// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "core/release/verified_release.h"

namespace gui {

/// Which releases are at hand, and whom this computer trusts. A value: copies go to worker threads, where
/// files are read.
struct ReleaseShelf {
    QString trustFile;
    QString folder; // of a bench; may be empty
    QStringList addedFiles; // chosen or dropped by the operator
};

/// The files on the shelf, by name.
QStringList filesOn(const ReleaseShelf &shelf);

/// Opens a file and verifies it against the trust file. Blocks; for worker threads.
core::Result<core::VerifiedRelease> openRelease(const ReleaseShelf &shelf, const QString &file);

/// What can be said of a file in a list: the release, or why it is refused. Blocks; for worker threads.
ReleaseOffer offerOf(const ReleaseShelf &shelf, const QString &file);

} // namespace gui
