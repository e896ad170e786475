// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog/rules.h"
#include "core/release/verified_release.h"
#include "core/update/install.h"

namespace core {

/// One question that is answered before anything is written.
struct PreflightCheck {
    enum class Subject {
        Product,
        Hardware,
        Bootloader,
        RollbackIndex,
        UnitState,
        SlotFree,
        SlotSize,
        InstallWindow,
        Battery,
        MainsPower,
        TriedBefore,
        Configuration, // whether the release reads the one that the unit has
        Catalog, // blocks and minimum versions that this computer keeps
    };
    enum class Answer {
        Passed,
        Failed,
        NotReported
    }; // NotReported: the unit does not say; it does not hinder

    Subject subject;
    Answer answer = Answer::Passed;
    std::optional<Reason> reason = {}; // of a failed check
    QString detail = {}; // the two values that were compared, in English
};

/// As scripts read it, for example "rollback_index".
QString subjectName(PreflightCheck::Subject subject);

/// What an update or a recovery would do to one unit, shown before it is done. A value.
struct UpdatePlan {
    InstallOrder order; // unit, image and how it is to end
    ReleaseFacts release;
    QStringList hardware; // revisions that it is for
    QString build;
    std::optional<qint64> configSchema; // the newest that the release reads, where it says so
    QStringList signedBy; // key ids
    QStringList payloadSignedBy; // key ids of those who signed the content of its image alone
    ReleaseTrust trust = ReleaseTrust::Signed;
    QStringList demoKeys; // MCUboot's public ones that its image names: unsafe
    std::optional<int> targetSlot;
    QList<PreflightCheck> checks;
    bool isAlreadyCurrent = false;
    ReleaseRules against = {}; // those rules of this computer's catalog that object to the release
};

/// The first failed check; null when the plan may run.
const PreflightCheck *firstFailure(const UpdatePlan &plan);

/// What keeps the plan from its end: the first failed check, and for a unit that runs the release already
/// only that the release is blocked. A build that was recalled is no good end, wherever it runs.
const PreflightCheck *hindrance(const UpdatePlan &plan);

} // namespace core

Q_DECLARE_METATYPE(core::UpdatePlan)
