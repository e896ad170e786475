// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"
#include "device_protocols/dfu/memory_layout.h"

namespace dfu {

/// A person's word for what may not be undone: option bytes, one-time memory, erasing all of a chip.
enum class Consent { NotGiven, Given };

/// What writing will do to a memory.
struct WritePlan {
    QList<Sector> erased; // by address: those that hold a byte of the firmware, as far as they can be erased
    qint64 bytes = 0; // that are written
    qint64 lost = 0; // bytes in these sectors that are not written anew
};

/// Where firmware goes in a memory, before anything is sent. NotAllowedNow with OUTSIDE_MEMORY for a byte
/// that has no writable sector, and with NEEDS_CONSENT for a memory that changes the chip itself.
core::Result<WritePlan> planWrite(const MemoryLayout &layout, const core::FirmwareSegments &segments,
                                  Consent consent);

/// Whether every byte of it can be read. Unsupported when not.
core::Result<core::Done> checkReadable(const MemoryLayout &layout, qint64 address, qint64 size);

} // namespace dfu
