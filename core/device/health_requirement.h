// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include <chrono>

namespace core {

/// A check of the unit's own that must hold within its time before a trial is confirmed.
struct HealthRequirement {
    QString check;
    std::chrono::seconds within{10};

    friend bool operator==(const HealthRequirement &, const HealthRequirement &) = default;
};

/// What has to hold of a trial.
struct HealthDemand {
    /// Checks that the unit offers and nobody named: within the default time, or not asked.
    enum class Others { Required, Ignored };

    QList<HealthRequirement> named = {};
    Others others = Others::Required;
};

} // namespace core
