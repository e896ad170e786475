// SPDX-License-Identifier: Apache-2.0
#include "core/device/boot_forecast.h"

namespace core {

namespace {

std::optional<int> indexOf(const Slot *slot)
{
    return slot ? std::optional(slot->index) : std::nullopt;
}

/// The confirmed image that is neither running nor pending: what a failed trial goes back to.
std::optional<int> fallbackOf(const DeviceSnapshot &unit)
{
    if (unit.bootState)
        return unit.bootState->activeSlot;
    for (const Slot &slot : unit.slots)
        if (slot.holdsImage && slot.isConfirmed)
            return slot.index;
    return std::nullopt;
}

BootForecast forecastFromRecovery(const DeviceSnapshot &unit)
{
    for (const Slot &slot : unit.slots)
        if (slot.holdsImage)
            return {BootForecast::Kind::LeavesRecovery, slot.index, {}};
    return {BootForecast::Kind::StaysInRecovery, {}, {}};
}

} // namespace

BootForecast forecastBoot(const DeviceSnapshot &unit)
{
    if (const Slot *pending = pendingSlot(unit))
        return {BootForecast::Kind::TrialFirst, pending->index, fallbackOf(unit)};

    switch (unit.stage) {
    case BootStage::Silent:
    case BootStage::RomLoader:
        return {};
    case BootStage::InRecovery:
        return forecastFromRecovery(unit);
    case BootStage::OnTrial:
        return {BootForecast::Kind::RollsBack, {}, fallbackOf(unit)};
    case BootStage::Running:
        return {BootForecast::Kind::SameAgain, indexOf(runningSlot(unit)), {}};
    }
    Q_UNREACHABLE();
}

} // namespace core
