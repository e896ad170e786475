// SPDX-License-Identifier: Apache-2.0
#include "core/update/proof.h"

namespace core {

bool runsImage(const DeviceSnapshot &unit, const QByteArray &hash)
{
    const Slot *running = runningSlot(unit);
    return running && running->hash == hash;
}

bool witnessesAgree(const DeviceSnapshot &unit)
{
    if (!unit.bootState)
        return true;
    const Slot *running = runningSlot(unit);
    if (!running)
        return !unit.bootState->runningSlot;
    return unit.bootState->runningHash == running->hash && unit.bootState->runningSlot == running->index;
}

namespace {

/// MCUboot's serial recovery writes the slot that boots, and has nothing to mark.
bool bootsFromRecovery(const DeviceSnapshot &unit, const QByteArray &hash)
{
    const bool isForeign = unit.stage == BootStage::InRecovery && !unit.bootState;
    return isForeign && !unit.slots.isEmpty() && unit.slots.constFirst().hash == hash;
}

} // namespace

bool isArmed(const DeviceSnapshot &unit, const QByteArray &hash)
{
    if (bootsFromRecovery(unit, hash))
        return true;
    const Slot *pending = pendingSlot(unit);
    const bool isListed = pending && pending->hash == hash;
    return isListed && (!unit.bootState || unit.bootState->pendingSlot == pending->index);
}

std::optional<Doubt> doubtAbout(const DeviceSnapshot &unit, const ImageClaim &claim)
{
    if (!runsImage(unit, claim.hash) || !witnessesAgree(unit))
        return Doubt{Reason::RunningImageDiffers,
                     QStringLiteral("the unit runs another image than the release's")};
    const Slot *running = runningSlot(unit);
    if (running->version != claim.version)
        return Doubt{Reason::RunningImageDiffers,
                     QStringLiteral("the unit reports version %1").arg(toText(running->version))};
    if (unit.stage != BootStage::Running || !running->isConfirmed || pendingSlot(unit))
        return Doubt{Reason::NotConfirmed, QStringLiteral("the image runs, but is not confirmed for good")};
    const std::optional<BootState> &state = unit.bootState;
    if (state && (!state->isConfirmed || state->activeSlot != running->index || state->pendingSlot))
        return Doubt{Reason::NotConfirmed, QStringLiteral("the boot record does not hold the confirmation")};
    return std::nullopt;
}

} // namespace core
