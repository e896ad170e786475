// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/device_snapshot.h"
#include "core/update/restart_estimate.h"

namespace core {

/// How a job ended. Only Updated, AlreadyCurrent and Recovered are proven; the names are a contract.
enum class Outcome {
    Ok,
    Updated,
    AlreadyCurrent,
    Staged, // written and marked for its trial, not started
    Reverted, // the trial failed, and the previous version runs again
    Recovered,
    Refused, // nothing was sent
    Failed, // the unit runs what it ran, or is where it was
    Unknown, // could not be proven: do not ship
    Cancelled,
};

QString outcomeName(Outcome outcome); // "already_current"

/// The truth about one job on one unit.
struct Verdict {
    Outcome outcome = Outcome::Unknown;
    std::optional<Reason> reason = {};
    QString detail = {}; // English, for engineers
    DeviceSnapshot unit = {}; // as it was seen last
    std::optional<Version> from = {};
    std::optional<Version> to = {};
    QByteArray hash = {}; // of the image that the job was about
    QList<Reason> failedChecks = {}; // of a refusal: every preflight check that failed
    Milliseconds duration{0};
    std::optional<RestartTime> restart = {}; // into the trial, when the unit came back from it
};

/// The process exit code for a verdict (docs/formats/command_line.md).
int exitCode(const Verdict &verdict);

/// The exit code of a command that ended with an error before there was a verdict.
int exitCode(const Error &error);

/// True for reasons that stand for a policy or a passing condition (exit code 5), false for lacking trust
/// (4).
bool isPolicyReason(Reason reason);

} // namespace core
