// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"

namespace core {

/// One thing that anyone can check without this program.
struct EvidenceStep {
    QString claim; // in English: what the command shows
    QString command; // for a POSIX shell; needs nothing but the openssl program
    QString expected; // what it prints when the claim holds
};

/// Writes what verifies a bundle by the openssl program alone, and gives the steps: the signed bytes, each
/// signature with the trusted public key, and the bundle's files where trusted keys signed its manifest, as
/// whoever is unknown does not fill a disk. A signature whose key is not in the store has no step: a key out
/// of the bundle would prove nothing. Creates the folder; FileFailed when it holds one of the files already
/// and that cannot be replaced.
Result<QList<EvidenceStep>> writeEvidence(const Bundle &bundle, const TrustStore &store,
                                          const ReleaseTime &time, const QString &folder);

} // namespace core
