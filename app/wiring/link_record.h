// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/device_address.h"
#include "device_protocols/transport/frame_channel.h"

#include <memory>

namespace wiring {

/// What a recording says of its link.
struct LinkRecord {
    QString file;
    QString unit;
    core::DeviceAddress address;
};

/// "FILE" for the first link of a run, "FILE.2" for the second: a session is about one link.
QString recordFileOf(const QString &file, int link);

/// The channel, written down in the form of docs/formats/sessions.md: each line is in the file as soon as it
/// happened. FileFailed when the file cannot be written; what was in it is gone.
core::Result<std::unique_ptr<transport::FrameChannel>>
recorded(std::unique_ptr<transport::FrameChannel> channel, const LinkRecord &record, core::Clock &clock);

} // namespace wiring
