// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <chrono>

namespace core {

/// A check of the unit's own that must hold within its time before a trial is confirmed.
struct HealthRequirement {
    QString check;
    std::chrono::seconds within{10};

    friend bool operator==(const HealthRequirement &, const HealthRequirement &) = default;
};

} // namespace core
