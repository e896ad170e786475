// SPDX-License-Identifier: Apache-2.0
#include "core/update/restart_estimate.h"

#include <algorithm>

namespace core {

namespace {

// A reset, the verification of an image and the start of an application.
constexpr Milliseconds kBoot{4'000};
// MCUboot moves every sector of both slots: 512 KiB take 16 s in a chip's own flash, up to a minute in a slow
// one outside.
constexpr qint64 kSwappedPerSecond = 32 * 1024;

/// A unit with the Bootmend bootloader runs the image where it was written.
bool movesImages(const DeviceSnapshot &unit)
{
    return !unit.bootState.has_value();
}

Milliseconds timeToMove(const DeviceSnapshot &unit, qint64 bytes)
{
    return movesImages(unit) ? Milliseconds(bytes * 1000 / kSwappedPerSecond) : Milliseconds(0);
}

} // namespace

Milliseconds estimateRestart(const DeviceSnapshot &unit, qint64 imageBytes,
                             const std::optional<RestartTime> &before)
{
    if (!before || before->took.count() <= 0)
        return kBoot + timeToMove(unit, imageBytes);
    if (!movesImages(unit) || before->imageBytes <= 0)
        return before->took;
    // The boot itself does not grow with the image.
    const Milliseconds boot = std::min(kBoot, before->took);
    const double moved =
        double((before->took - boot).count()) * double(imageBytes) / double(before->imageBytes);
    return boot + Milliseconds(qint64(moved));
}

} // namespace core
