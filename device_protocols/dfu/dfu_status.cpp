// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_status.h"

#include <array>

namespace dfu {

using core::ErrorKind;
using core::Reason;
using core::Result;

namespace {

constexpr qsizetype kReportSize = 6; // USB DFU 1.1, section 6.1.2

constexpr std::array kStates{
    "appIDLE",        "appDETACH",        "dfuIDLE",     "dfuDNLOAD-SYNC",         "dfuDNBUSY",
    "dfuDNLOAD-IDLE", "dfuMANIFEST-SYNC", "dfuMANIFEST", "dfuMANIFEST-WAIT-RESET", "dfuUPLOAD-IDLE",
    "dfuERROR",
};
static_assert(kStates.size() == std::size_t(State::Error) + 1);

struct Words {
    const char *name;
    const char *meaning;
    Reason reason;
};

constexpr std::array kStatuses{
    Words{"OK", "No error condition is present.", Reason::DeviceRefused},
    Words{"errTARGET", "File is not targeted for use by this device.", Reason::IncompatibleHardware},
    Words{"errFILE", "File is for this device but fails some vendor-specific verification test.",
          Reason::DeviceRefused},
    Words{"errWRITE", "Device is unable to write memory.", Reason::WriteFailed},
    Words{"errERASE", "Memory erase function failed.", Reason::WriteFailed},
    Words{"errCHECK_ERASED", "Memory erase check failed.", Reason::WriteFailed},
    Words{"errPROG", "Program memory function failed.", Reason::WriteFailed},
    Words{"errVERIFY", "Programmed memory failed verification.", Reason::ReadbackMismatch},
    Words{"errADDRESS", "Cannot program memory due to received address that is out of range.",
          Reason::OutsideMemory},
    Words{"errNOTDONE",
          "Received DFU_DNLOAD with wLength = 0, but device does not think it has all of the data yet.",
          Reason::WriteFailed},
    Words{"errFIRMWARE", "Device's firmware is corrupt. It cannot return to run-time (non-DFU) operations.",
          Reason::DeviceRefused},
    Words{"errVENDOR", "iString indicates a vendor-specific error.", Reason::DeviceRefused},
    Words{"errUSBR", "Device detected unexpected USB reset signaling.", Reason::DeviceRefused},
    Words{"errPOR", "Device detected unexpected power on reset.", Reason::DeviceRefused},
    Words{"errUNKNOWN", "Something went wrong, but the device does not know what it was.",
          Reason::DeviceRefused},
    Words{"errSTALLEDPKT", "Device stalled an unexpected request.", Reason::DeviceRefused},
};
static_assert(kStatuses.size() == std::size_t(Status::StalledPacket) + 1);

const Words *wordsFor(Status status)
{
    return std::size_t(status) < kStatuses.size() ? &kStatuses[std::size_t(status)] : nullptr;
}

} // namespace

Result<Report> parseReport(QByteArrayView answer)
{
    if (answer.size() != kReportSize) {
        return core::fail(ErrorKind::MalformedReply,
                          QStringLiteral("the status has %1 bytes and not six").arg(answer.size()));
    }
    const auto byte = [answer](qsizetype at) { return quint8(answer[at]); };
    if (byte(4) > quint8(State::Error)) {
        return core::fail(ErrorKind::MalformedReply,
                          QStringLiteral("the status names a state %1, which there is not").arg(byte(4)));
    }
    Report report;
    report.status = Status(byte(0));
    report.pollTimeOut = core::Milliseconds(byte(1) | byte(2) << 8 | byte(3) << 16);
    report.state = State(byte(4));
    report.text = byte(5);
    return report;
}

QString name(State state)
{
    return QString::fromLatin1(kStates[std::size_t(state)]);
}

QString name(Status status)
{
    if (const Words *words = wordsFor(status))
        return QString::fromLatin1(words->name);
    return QStringLiteral("status 0x%1").arg(quint8(status), 2, 16, QLatin1Char('0'));
}

QString meaning(Status status)
{
    if (const Words *words = wordsFor(status))
        return QString::fromLatin1(words->meaning);
    return QStringLiteral("The specification does not name this status.");
}

core::Error refusal(Status status)
{
    const Words *words = wordsFor(status);
    return {.kind = ErrorKind::RefusedByDevice,
            .detail = QStringLiteral("%1: %2").arg(name(status), meaning(status)),
            .reason = words ? words->reason : Reason::DeviceRefused,
            .deviceCode = core::DeviceCode{kStatusGroup, int(status)}};
}

} // namespace dfu
