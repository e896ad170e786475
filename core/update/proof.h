// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/device_snapshot.h"

namespace core {

/// What a verdict claims of a unit: that it runs this image.
struct ImageClaim {
    QByteArray hash;
    Version version;
};

bool runsImage(const DeviceSnapshot &unit, const QByteArray &hash);

/// The list of images and the bootloader's record are two witnesses. True when they name the same running
/// image, or when the unit keeps no record.
bool witnessesAgree(const DeviceSnapshot &unit);

/// Whether the unit, by every witness it has, will try this image at its next start.
bool isArmed(const DeviceSnapshot &unit, const QByteArray &hash);

/// A reason with the words for engineers.
struct Doubt {
    Reason reason;
    QString detail;
};

/// What keeps a unit from being proven to run this image for good: by every witness it runs the image with
/// this hash and version, confirmed, as the one that boots, with nothing pending. Nothing when it is proven.
std::optional<Doubt> doubtAbout(const DeviceSnapshot &unit, const ImageClaim &claim);

} // namespace core
