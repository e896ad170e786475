// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/reason.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace core {

/// What went wrong, in the terms that the user interface and the retry policy need.
/// Each kind has its text and remedy in app/texts/; a test holds the two together.
enum class ErrorKind {
    Cancelled,
    TimedOut,
    Disconnected,
    TransportFailed,
    MalformedReply,
    RefusedByDevice,
    Unsupported,
    InvalidFile,
    FileFailed, // could not be opened, read or written
    NoSuchDevice,
    AmbiguousDevice,
    Untrusted, // signature, hash, key, target or anti-rollback: exit code 4
    NotAllowedNow, // preflight or policy: exit code 5
    Internal,
};

/// The device's own words for a refusal, kept unchanged for the log and the support bundle.
struct DeviceCode {
    int group = 0;
    int code = 0;

    friend bool operator==(const DeviceCode &, const DeviceCode &) = default;
};

struct Error {
    ErrorKind kind;
    QString detail; // English, for engineers. Users see the text that app/ picks by kind and reason.
    std::optional<Reason> reason = {};
    std::optional<DeviceCode> deviceCode = {};
    QStringList during = {}; // innermost step first
};

/// The stable reason of a failure: its own, or the one that its kind stands for. Nothing for a kind that says
/// all there is to say (a malformed file, a fault of this program).
std::optional<Reason> reasonOf(const Error &error);

} // namespace core
