// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfuse_plan.h"

#include <algorithm>

namespace dfu {

using core::addressText;
using core::Done;
using core::ErrorKind;
using core::FirmwareSegment;
using core::Reason;
using core::Result;

namespace {

/// The sectors under a stretch of memory, each with the right.
Result<QList<Sector>> sectorsUnder(const MemoryLayout &layout, qint64 address, qint64 end, Right right)
{
    QList<Sector> sectors;
    while (address < end) {
        const std::optional<Sector> sector = layout.sectorAt(address);
        if (!sector || !sector->rights.testFlag(right)) {
            return core::fail(
                ErrorKind::NotAllowedNow, Reason::OutsideMemory,
                QStringLiteral("%1 of \"%2\": no such right").arg(addressText(address), layout.name));
        }
        sectors.append(*sector);
        address = sector->end();
    }
    return sectors;
}

} // namespace

Result<WritePlan> planWrite(const MemoryLayout &layout, const core::FirmwareSegments &segments,
                            Consent consent)
{
    if (layout.kind() != MemoryKind::Storage && consent == Consent::NotGiven) {
        return core::fail(ErrorKind::NotAllowedNow, Reason::NeedsConsent,
                          QStringLiteral("\"%1\" changes the chip itself").arg(layout.name));
    }
    WritePlan plan;
    qint64 erasedBytes = 0;
    qint64 keptBytes = 0; // of the firmware, in sectors that are erased
    for (const FirmwareSegment &segment : segments) {
        const auto sectors = sectorsUnder(layout, segment.address, segment.end(), Right::Write);
        if (!sectors)
            return core::passOn(sectors.error());
        plan.bytes += segment.bytes.size();
        for (const Sector &sector : *sectors) {
            if (!sector.rights.testFlag(Right::Erase))
                continue;
            keptBytes +=
                std::min(segment.end(), sector.end()) - std::max<qint64>(segment.address, sector.address);
            if (!plan.erased.isEmpty() && plan.erased.constLast().address >= sector.address)
                continue; // The segment before it had a byte in it.
            plan.erased.append(sector);
            erasedBytes += sector.size;
        }
    }
    plan.lost = erasedBytes - keptBytes;
    return plan;
}

Result<Done> checkReadable(const MemoryLayout &layout, qint64 address, qint64 size)
{
    const auto sectors = sectorsUnder(layout, address, address + size, Right::Read);
    if (!sectors)
        return core::fail(ErrorKind::Unsupported, sectors.error().detail);
    return Done{};
}

} // namespace dfu
