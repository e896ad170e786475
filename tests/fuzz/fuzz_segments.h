// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"
#include "tests/fuzz/fuzz_target.h"

/// What every reader of foreign firmware promises of the segments that it found.
inline void promiseSound(const core::FirmwareSegments &segments)
{
    FUZZ_PROMISE(!segments.isEmpty());
    qint64 end = 0;
    for (const core::FirmwareSegment &segment : segments) {
        FUZZ_PROMISE(!segment.bytes.isEmpty());
        FUZZ_PROMISE(segment.address >= end);
        end = segment.end();
    }
    FUZZ_PROMISE(end <= qint64(1) << 32);
}

inline qint64 totalOf(const core::FirmwareSegments &segments)
{
    qint64 total = 0;
    for (const core::FirmwareSegment &segment : segments)
        total += segment.bytes.size();
    return total;
}
