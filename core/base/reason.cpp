// SPDX-License-Identifier: Apache-2.0
#include "core/base/reason.h"

#include <array>

namespace core {

namespace {

struct NamedReason {
    Reason reason;
    const char *code;
};

constexpr std::array kReasons{
    NamedReason{Reason::HashMismatch, "HASH_MISMATCH"},
    NamedReason{Reason::SignatureInvalid, "SIGNATURE_INVALID"},
    NamedReason{Reason::KeyUnknown, "KEY_UNKNOWN"},
    NamedReason{Reason::KeyRevoked, "KEY_REVOKED"},
    NamedReason{Reason::KeyExpired, "KEY_EXPIRED"},
    NamedReason{Reason::ManifestMalformed, "MANIFEST_MALFORMED"},
    NamedReason{Reason::ManifestExpired, "MANIFEST_EXPIRED"},
    NamedReason{Reason::PayloadMissing, "PAYLOAD_MISSING"},
    NamedReason{Reason::IncompatibleProduct, "INCOMPATIBLE_PRODUCT"},
    NamedReason{Reason::IncompatibleHardware, "INCOMPATIBLE_HARDWARE"},
    NamedReason{Reason::BootloaderTooOld, "BOOTLOADER_TOO_OLD"},
    NamedReason{Reason::RollbackIndexTooLow, "ROLLBACK_INDEX_TOO_LOW"},
    NamedReason{Reason::BuildBlocked, "BUILD_BLOCKED"},
    NamedReason{Reason::BelowMinimumVersion, "BELOW_MINIMUM_VERSION"},
    NamedReason{Reason::ImageTooLarge, "IMAGE_TOO_LARGE"},
    NamedReason{Reason::ImageMalformed, "IMAGE_MALFORMED"},
    NamedReason{Reason::BatteryLow, "BATTERY_LOW"},
    NamedReason{Reason::MainsRequired, "MAINS_REQUIRED"},
    NamedReason{Reason::OutsideWindow, "OUTSIDE_WINDOW"},
    NamedReason{Reason::SlotBusy, "SLOT_BUSY"},
    NamedReason{Reason::StorageFull, "STORAGE_FULL"},
    NamedReason{Reason::WriteFailed, "WRITE_FAILED"},
    NamedReason{Reason::ReadbackMismatch, "READBACK_MISMATCH"},
    NamedReason{Reason::LinkLost, "LINK_LOST"},
    NamedReason{Reason::Timeout, "TIMEOUT"},
    NamedReason{Reason::DeviceRefused, "DEVICE_REFUSED"},
    NamedReason{Reason::NotSameUnit, "NOT_SAME_UNIT"},
    NamedReason{Reason::AmbiguousDevice, "AMBIGUOUS_DEVICE"},
    NamedReason{Reason::NoSuchDevice, "NO_SUCH_DEVICE"},
    NamedReason{Reason::TrialNotBooted, "TRIAL_NOT_BOOTED"},
    NamedReason{Reason::TrialCrashed, "TRIAL_CRASHED"},
    NamedReason{Reason::TrialHung, "TRIAL_HUNG"},
    NamedReason{Reason::TrialExpired, "TRIAL_EXPIRED"},
    NamedReason{Reason::HealthFailed, "HEALTH_FAILED"},
    NamedReason{Reason::RolledBack, "ROLLED_BACK"},
    NamedReason{Reason::NothingOnTrial, "NOTHING_ON_TRIAL"},
    NamedReason{Reason::NothingToRecover, "NOTHING_TO_RECOVER"},
    NamedReason{Reason::NeedsRecovery, "NEEDS_RECOVERY"},
    NamedReason{Reason::ReleaseNotSupported, "RELEASE_NOT_SUPPORTED"},
    NamedReason{Reason::NotConfirmed, "NOT_CONFIRMED"},
    NamedReason{Reason::RunningImageDiffers, "RUNNING_IMAGE_DIFFERS"},
    NamedReason{Reason::ConfigIncompatible, "CONFIG_INCOMPATIBLE"},
    NamedReason{Reason::Cancelled, "CANCELLED"},
    NamedReason{Reason::NoRecoveryPath, "NO_RECOVERY_PATH"},
    NamedReason{Reason::UnitLocked, "UNIT_LOCKED"},
    NamedReason{Reason::UnlockRefused, "UNLOCK_REFUSED"},
    NamedReason{Reason::ThresholdNotMet, "THRESHOLD_NOT_MET"},
    NamedReason{Reason::RootExpired, "ROOT_EXPIRED"},
    NamedReason{Reason::RootSkipped, "ROOT_SKIPPED"},
    NamedReason{Reason::RootReplayed, "ROOT_REPLAYED"},
    NamedReason{Reason::RootForked, "ROOT_FORKED"},
    NamedReason{Reason::ClockWrong, "CLOCK_WRONG"},
    NamedReason{Reason::KeyUnavailable, "KEY_UNAVAILABLE"},
    NamedReason{Reason::ReleaseDiffers, "RELEASE_DIFFERS"},
    NamedReason{Reason::ListReplayed, "LIST_REPLAYED"},
    NamedReason{Reason::BlockedByList, "BLOCKED_BY_LIST"},
    NamedReason{Reason::ServerUntrusted, "SERVER_UNTRUSTED"},
    NamedReason{Reason::ServerFailed, "SERVER_FAILED"},
    NamedReason{Reason::DownloadNotFound, "DOWNLOAD_NOT_FOUND"},
    NamedReason{Reason::DownloadRefused, "DOWNLOAD_REFUSED"},
    NamedReason{Reason::HostNotAllowed, "HOST_NOT_ALLOWED"},
    NamedReason{Reason::NotPermitted, "NOT_PERMITTED"},
    NamedReason{Reason::DriverMissing, "DRIVER_MISSING"},
    NamedReason{Reason::DeviceInUse, "DEVICE_IN_USE"},
    NamedReason{Reason::FlashProtected, "FLASH_PROTECTED"},
    NamedReason{Reason::OutsideMemory, "OUTSIDE_MEMORY"},
    NamedReason{Reason::NeedsConsent, "NEEDS_CONSENT"},
};
static_assert(kReasons.size() == std::size_t(Reason::NeedsConsent) + 1);

} // namespace

QString reasonCode(Reason reason)
{
    return QString::fromLatin1(kReasons[std::size_t(reason)].code);
}

QList<Reason> allReasons()
{
    QList<Reason> reasons;
    for (const NamedReason &named : kReasons)
        reasons.append(named.reason);
    return reasons;
}

} // namespace core
