// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/foreign_firmware.h"
#include "core/release/foreign/image_judgement.h"

#include <QJsonObject>

namespace events {

/// What an image says of itself (docs/formats/json_events.md).
QJsonObject imageJson(const core::McubootImage &image);

/// What a file of another tool holds, and what its images are worth by these keys.
QJsonObject foreignJson(const core::ForeignFirmware &firmware, const core::TrustStore &trust);

} // namespace events
