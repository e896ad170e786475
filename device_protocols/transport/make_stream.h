// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/device/device_address.h"
#include "device_protocols/transport/byte_stream.h"

#include <memory>

namespace transport {

/// The byte stream behind an address, not opened yet. Unsupported for links that carry no bytes in order
/// (UDP, BLE, USB).
core::Result<std::unique_ptr<ByteStream>> makeStream(const core::DeviceAddress &address);

} // namespace transport
