// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

#include <QByteArrayView>

namespace dfu {

/// bState (USB DFU 1.1, section 6.1.2).
enum class State : quint8 {
    AppIdle = 0,
    AppDetach = 1,
    Idle = 2,
    DownloadSync = 3,
    DownloadBusy = 4,
    DownloadIdle = 5,
    ManifestSync = 6,
    Manifest = 7,
    ManifestWaitReset = 8,
    UploadIdle = 9,
    Error = 10,
};

/// bStatus (USB DFU 1.1, section 6.1.2).
enum class Status : quint8 {
    Ok = 0x00,
    Target = 0x01,
    File = 0x02,
    Write = 0x03,
    Erase = 0x04,
    CheckErased = 0x05,
    Program = 0x06,
    Verify = 0x07,
    Address = 0x08,
    NotDone = 0x09,
    Firmware = 0x0a,
    Vendor = 0x0b,
    UsbReset = 0x0c,
    PowerOnReset = 0x0d,
    Unknown = 0x0e,
    StalledPacket = 0x0f,
};

/// The answer to DFU_GETSTATUS.
struct Report {
    Status status = Status::Ok; // may be a number that the specification does not name
    core::Milliseconds pollTimeOut{0}; // before the next DFU_GETSTATUS
    State state = State::Idle;
    quint8 text = 0; // index of the string that describes the status
};

/// MalformedReply unless it has six bytes and a state that the specification knows.
core::Result<Report> parseReport(QByteArrayView answer);

/// "dfuDNLOAD-IDLE"
QString name(State state);
/// "errTARGET"; "status 0x42" for one that the specification does not name
QString name(Status status);
/// The specification's words for it.
QString meaning(Status status);

/// The group of the DeviceCode of a status.
constexpr int kStatusGroup = 0x0df0;

/// The error that a device in the state dfuERROR has told of: RefusedByDevice with its status.
core::Error refusal(Status status);

} // namespace dfu
