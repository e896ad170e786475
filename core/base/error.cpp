// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

namespace core {

std::optional<Reason> reasonOf(const Error &error)
{
    if (error.reason)
        return error.reason;
    switch (error.kind) {
    case ErrorKind::Cancelled:
        return Reason::Cancelled;
    case ErrorKind::TimedOut:
        return Reason::Timeout;
    case ErrorKind::Disconnected:
    case ErrorKind::TransportFailed:
        return Reason::LinkLost;
    case ErrorKind::RefusedByDevice:
    case ErrorKind::MalformedReply:
        return Reason::DeviceRefused;
    case ErrorKind::NoSuchDevice:
        return Reason::NoSuchDevice;
    case ErrorKind::AmbiguousDevice:
        return Reason::AmbiguousDevice;
    case ErrorKind::Unsupported:
    case ErrorKind::InvalidFile:
    case ErrorKind::FileFailed:
    case ErrorKind::Untrusted:
    case ErrorKind::NotAllowedNow:
    case ErrorKind::Internal:
        return std::nullopt;
    }
    Q_UNREACHABLE();
}

} // namespace core
