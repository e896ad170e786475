// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/device_profile.h"

namespace core {

/// Where a unit is attached to this computer, and what is known of such units. A value.
struct Attachment {
    Port port;
    std::optional<DeviceProfile> profile = {}; // none: nothing is known of what is behind the port
    QString usedBy = {}; // the program that has the port open, "minicom (pid 812)"; empty: none, or not known
};

} // namespace core
