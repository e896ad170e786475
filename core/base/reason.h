// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

namespace core {

/// Why something was refused, failed or rolled back. The names are a contract: they stand in the ledger,
/// the JSON output and the scripts of users, and never change meaning (docs/formats/reason_codes.md).
/// Each has a title, an explanation and a remedy in app/texts/reason_texts.cpp; a test holds the two
/// together.
enum class Reason {
    HashMismatch,
    SignatureInvalid,
    KeyUnknown,
    KeyRevoked,
    KeyExpired,
    ManifestMalformed,
    ManifestExpired,
    PayloadMissing,
    IncompatibleProduct,
    IncompatibleHardware,
    BootloaderTooOld,
    RollbackIndexTooLow,
    BuildBlocked,
    BelowMinimumVersion,
    ImageTooLarge,
    ImageMalformed,
    BatteryLow,
    MainsRequired,
    OutsideWindow,
    SlotBusy,
    StorageFull,
    WriteFailed,
    ReadbackMismatch,
    LinkLost,
    Timeout,
    DeviceRefused,
    NotSameUnit,
    AmbiguousDevice,
    NoSuchDevice,
    TrialNotBooted,
    TrialCrashed,
    TrialHung,
    TrialExpired,
    HealthFailed,
    RolledBack,
    NothingOnTrial,
    NothingToRecover,
    NeedsRecovery,
    ReleaseNotSupported,
    NotConfirmed,
    RunningImageDiffers,
    ConfigIncompatible,
    Cancelled,
    NoRecoveryPath,
    UnitLocked,
    UnlockRefused,
    ThresholdNotMet,
    RootExpired,
    RootSkipped,
    RootReplayed,
    RootForked,
    ClockWrong,
    KeyUnavailable,
    ReleaseDiffers,
    ListReplayed,
    BlockedByList,
    ServerUntrusted,
    ServerFailed,
    DownloadNotFound,
    DownloadRefused,
    HostNotAllowed,
    NotPermitted,
    DriverMissing,
    DeviceInUse,
    FlashProtected,
    OutsideMemory,
    NeedsConsent,
};

/// The stable upper-case name, for example "HASH_MISMATCH".
QString reasonCode(Reason reason);

/// Every reason, in the order of the enumeration.
QList<Reason> allReasons();

} // namespace core
