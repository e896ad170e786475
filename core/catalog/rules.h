// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/base/version.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace core {

class VerifiedRelease;

/// What rules are about.
struct ReleaseFacts {
    QString product;
    QString channel;
    Version version;
    QByteArray manifestDigest; // 32 bytes
};

ReleaseFacts factsOf(const VerifiedRelease &release);

/// Who decided.
enum class RuleOrigin { Local, RolledBackHere, SignedList };

/// Releases that are not to be installed: those of which everything that is said here is true.
struct ReleaseBlock {
    QString product; // empty: any
    QString channel = QStringLiteral("*"); // "*": any
    std::optional<Version> version = {};
    QByteArray manifestDigest = {};
    QString reason = {};
    RuleOrigin origin = RuleOrigin::Local;
    QString unit = {}; // that rolled it back
    QDateTime since = {}; // UTC

    bool covers(const ReleaseFacts &release) const;
};

/// Releases of this product and channel ("*": any) that are older are not to be installed.
struct MinimumVersion {
    QString product;
    QString channel = QStringLiteral("*");
    Version version;
    RuleOrigin origin = RuleOrigin::Local;
};

struct ReleaseObjection {
    Reason reason; // BuildBlocked or BelowMinimumVersion
    QString detail;
    RuleOrigin origin = RuleOrigin::Local;
};

/// What this computer has against releases. A value.
struct ReleaseRules {
    QList<ReleaseBlock> blocks;
    QList<MinimumVersion> minimums;

    /// The weightiest objection, of a signed list before all others; nothing when it may be installed. What
    /// `forgivenUnit` itself rolled back is passed over.
    std::optional<ReleaseObjection> objectionTo(const ReleaseFacts &release,
                                                const QString &forgivenUnit = {}) const;
};

} // namespace core
