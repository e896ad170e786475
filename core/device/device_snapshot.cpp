// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_snapshot.h"

#include <algorithm>

namespace core {

namespace {

template<class Predicate>
const Slot *firstSlot(const DeviceSnapshot &unit, Predicate isWanted)
{
    const auto found = std::find_if(unit.slots.cbegin(), unit.slots.cend(), isWanted);
    return found == unit.slots.cend() ? nullptr : &*found;
}

bool isLastGood(const DeviceSnapshot &unit, const Slot &slot)
{
    if (unit.bootState && unit.bootState->activeSlot == slot.index)
        return slot.holdsImage;
    return slot.holdsImage && slot.isConfirmed;
}

} // namespace

bool isSameUnit(const DeviceIdentity &one, const DeviceIdentity &other)
{
    if (one.serialNumber.isEmpty() && one.hardwareId.isEmpty())
        return false;
    return one == other;
}

const Slot *runningSlot(const DeviceSnapshot &unit)
{
    return firstSlot(unit, [](const Slot &slot) { return slot.isRunning; });
}

const Slot *pendingSlot(const DeviceSnapshot &unit)
{
    return firstSlot(unit, [](const Slot &slot) { return slot.isPending; });
}

const Slot *slotWithImage(const DeviceSnapshot &unit, const QByteArray &hash)
{
    return firstSlot(unit, [&hash](const Slot &slot) { return slot.holdsImage && slot.hash == hash; });
}

const Slot *writableSlot(const DeviceSnapshot &unit)
{
    return firstSlot(unit, [&unit](const Slot &slot) { return !slot.isRunning && !isLastGood(unit, slot); });
}

QString slotName(int index)
{
    return QString(QChar(u'A' + index));
}

} // namespace core
