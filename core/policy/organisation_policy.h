// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace core {

/// What the organisation that runs this computer allows beyond what is safe everywhere, and what it narrows;
/// without a policy, neither. A value. Described in docs/formats/policy.md.
struct OrganisationPolicy {
    QStringList unsignedImports; // products, with "*" at the end or alone; empty: none
    bool requiresPayloadSignature = false; // of unsigned imports: a release key signed the content
    std::optional<QStringList> downloadHosts = {}; // isHostAmong(); nothing: any

    /// Whether firmware of other tools may be installed without a manifest that a release key signed.
    bool allowsUnsignedImport(const QString &product) const;
};

/// InvalidFile for what is no policy: also for an unknown member, so that a misspelled one allows nothing.
Result<OrganisationPolicy> parsePolicy(const QByteArray &bytes);

/// The policy in the first of the files that exists, at most 64 KiB; the one that allows nothing when there
/// is none of them. InvalidFile or FileFailed when that file cannot be used: the next one does not count
/// then.
Result<OrganisationPolicy> loadPolicy(const QStringList &paths);

} // namespace core
