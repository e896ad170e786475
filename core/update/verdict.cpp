// SPDX-License-Identifier: Apache-2.0
#include "core/update/verdict.h"

namespace core {

namespace {

constexpr int kDone = 0;
constexpr int kToolError = 1;
constexpr int kNoSuchDevice = 3;
constexpr int kUntrusted = 4;
constexpr int kNotAllowedNow = 5;
constexpr int kTransferFailed = 6;
constexpr int kReverted = 7;
constexpr int kUnknown = 8;
constexpr int kCancelled = 9;
constexpr int kInputUnreadable = 10;

} // namespace

QString outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return QStringLiteral("ok");
    case Outcome::Updated:
        return QStringLiteral("updated");
    case Outcome::AlreadyCurrent:
        return QStringLiteral("already_current");
    case Outcome::Staged:
        return QStringLiteral("staged");
    case Outcome::Reverted:
        return QStringLiteral("reverted");
    case Outcome::Recovered:
        return QStringLiteral("recovered");
    case Outcome::Refused:
        return QStringLiteral("refused");
    case Outcome::Failed:
        return QStringLiteral("failed");
    case Outcome::Unknown:
        return QStringLiteral("unknown");
    case Outcome::Cancelled:
        return QStringLiteral("cancelled");
    }
    Q_UNREACHABLE();
}

bool isPolicyReason(Reason reason)
{
    switch (reason) {
    case Reason::BatteryLow:
    case Reason::MainsRequired:
    case Reason::OutsideWindow:
    case Reason::SlotBusy:
    case Reason::StorageFull:
    case Reason::ImageTooLarge:
    case Reason::ConfigIncompatible:
    case Reason::NothingOnTrial:
    case Reason::NothingToRecover:
    case Reason::NeedsRecovery:
    case Reason::ReleaseNotSupported:
    case Reason::UnitLocked:
    case Reason::BlockedByList:
    case Reason::HostNotAllowed:
    case Reason::OutsideMemory:
    case Reason::NeedsConsent:
        return true;
    default:
        return false;
    }
}

int exitCode(const Verdict &verdict)
{
    switch (verdict.outcome) {
    case Outcome::Ok:
    case Outcome::Updated:
    case Outcome::AlreadyCurrent:
    case Outcome::Recovered:
    case Outcome::Staged:
        return kDone;
    case Outcome::Refused:
        return verdict.reason && isPolicyReason(*verdict.reason) ? kNotAllowedNow : kUntrusted;
    case Outcome::Failed: // The unit itself may find that it rolled the build back.
        return verdict.reason == Reason::BuildBlocked ? kUntrusted : kTransferFailed;
    case Outcome::Reverted:
        return kReverted;
    case Outcome::Unknown:
        return kUnknown;
    case Outcome::Cancelled:
        return kCancelled;
    }
    Q_UNREACHABLE();
}

int exitCode(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::NoSuchDevice:
    case ErrorKind::AmbiguousDevice:
        return kNoSuchDevice;
    case ErrorKind::Untrusted:
        return kUntrusted;
    case ErrorKind::NotAllowedNow:
        return kNotAllowedNow;
    case ErrorKind::Cancelled:
        return kCancelled;
    case ErrorKind::InvalidFile:
    case ErrorKind::FileFailed:
        return kInputUnreadable;
    case ErrorKind::TimedOut:
    case ErrorKind::Disconnected:
    case ErrorKind::TransportFailed:
    case ErrorKind::MalformedReply:
    case ErrorKind::RefusedByDevice:
    case ErrorKind::Unsupported:
        return kTransferFailed;
    case ErrorKind::Internal:
        return kToolError;
    }
    Q_UNREACHABLE();
}

} // namespace core
