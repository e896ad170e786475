// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/trust_file.h"

namespace state {

/// Which keys a release is judged by.
struct TrustInUse {
    QString file;
    bool isOwn = false; // of this computer: a newer root that came with a release is kept
};

/// Where a program may look for them.
struct TrustPlaces {
    QString toldFile; // may be empty
    QString bench; // its folder; may be empty
    QString stateFolder;
};

/// The file that was told, or else that of the bench, or else this computer's own. As ownTrustFile().
core::Result<TrustInUse> trustInUse(const TrustPlaces &places);

/// The trust file that this computer keeps, `trust.json` in its state folder.
///
/// It begins with the root that the organisation put at organisationFiles("trust.json"), or else with the one
/// that came with the program (share/bootmend/trust.json), and follows newer versions of these: whoever may
/// write there may decide whom this computer trusts. A local trust file at such a place is used as it is.
///
/// Untrusted with KeyUnknown when there is none at all, RootForked when they contradict each other; otherwise
/// as core::readTrustFile().
core::Result<QString> ownTrustFile(const QString &stateDirectory);

/// The same with the places to look at, the first of them counts.
core::Result<QString> ownTrustFile(const QString &stateDirectory, const QStringList &origins);

} // namespace state
