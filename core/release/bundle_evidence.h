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

/// The steps that verify a bundle by the openssl program alone, over the files that writeEvidence() puts into
/// `folder`. A signature whose key is not in the store has no step: a key out of the bundle would prove
/// nothing.
QList<EvidenceStep> explainVerification(const Bundle &bundle, const TrustStore &store, const QString &folder);

/// Writes the signed bytes, each signature and the trusted public keys; and the bundle's files, where trusted
/// keys signed its manifest: whoever is unknown does not fill a disk. Creates the folder; FileFailed when it
/// holds one of them already and that cannot be replaced.
Result<QList<EvidenceStep>> writeEvidence(const Bundle &bundle, const TrustStore &store,
                                          const ReleaseTime &time, const QString &folder);

} // namespace core
