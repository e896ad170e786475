// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/version.h"
#include "core/device/attachment.h"
#include "core/device/device_address.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>

#include <optional>

namespace core {

/// Who a unit is, as it says itself in band. Empty where the unit does not say.
struct DeviceIdentity {
    QString product;
    QString hardwareRevision;
    QString serialNumber;
    QByteArray hardwareId; // of the chip; raw bytes
    QByteArray classId; // 16 bytes: UUID v5 of the product in the vendor's namespace

    friend bool operator==(const DeviceIdentity &, const DeviceIdentity &) = default;
};

/// True when both say enough to be told apart, and it is the same physical unit.
bool isSameUnit(const DeviceIdentity &one, const DeviceIdentity &other);

/// What a unit is doing, as far as its answers tell.
enum class BootStage {
    Silent, // nobody answers
    Running, // a confirmed application
    OnTrial, // an application that rolls back at the next reset unless it is confirmed
    InRecovery, // the bootloader's recovery mode
    RomLoader,
};

/// One image slot. Offsets and sizes are bytes.
struct Slot {
    int index = 0; // 0 = A
    qint64 size = 0; // capacity; 0 when the unit does not say
    bool holdsImage = false; // an image that the bootloader accepts
    Version version;
    QByteArray hash; // the image's SHA TLV
    bool isRunning = false;
    bool isConfirmed = false;
    bool isPending = false;
    std::optional<Reason> objection = {}; // why the bootloader does not start it; PayloadMissing: it is empty
};

/// Why the bootloader went back to the previous image (enum bm_rollback_reason in device_wire.h).
enum class RollbackCause {
    None,
    Crashed,
    Watchdog,
    NotConfirmed,
    Unhealthy,
    Requested,
    ImageInvalid,
    Expired,
    CrashLoop, // it was confirmed, and crashed again and again
    NoWatchdog,
};

/// Why the processor started last (enum bm_reset_reason in device_wire.h).
enum class ResetCause { PowerOn, Requested, Watchdog, Crash };

/// Why a unit is in recovery mode (enum bm_recovery_cause in device_wire.h).
enum class RecoveryCause { NoImage, Requested, Line, CrashLoop };

/// The bootloader's own record. Only units with the Bootmend bootloader have one.
struct BootState {
    std::optional<int> runningSlot; // none in recovery
    QByteArray runningHash; // measured by the bootloader before it started the image
    std::optional<int> activeSlot; // boots when nothing is pending
    std::optional<int> pendingSlot;
    int trialsLeft = 0;
    bool isConfirmed = false; // what runs
    quint32 minimumRollbackIndex = 0;
    RollbackCause lastRollback = RollbackCause::None;
    QByteArray rolledBackHash;
    quint32 bootCount = 0;
    ResetCause lastReset = ResetCause::PowerOn;
    quint32 sequence = 0;
    std::optional<RecoveryCause> recoveryCause = {}; // in recovery
    bool isUnlocked = false; // by a recovery key, until the next reset
};

/// Everything that is known of one unit at one moment. A value: it crosses threads and is never updated in
/// place.
struct DeviceSnapshot {
    QString name; // what the user calls it: an id from `devices`, or the address
    DeviceAddress address;
    std::optional<Attachment> attachment; // none when it is on no port of this computer
    DeviceIdentity identity;
    BootStage stage = BootStage::Silent;
    QList<Slot> slots; // by index
    std::optional<BootState> bootState;
    QString bootloader; // name and version as the unit gives them; empty when unknown
    std::optional<Version> bootloaderVersion;
    int bufferSize = 0; // bytes of the largest packet; 0 when unknown
    int bufferCount = 0;
    bool wasAsked = true; // false while nobody has, as at a port that no profile knows
    QString silence; // why the unit is Silent, in English for engineers
    std::optional<Reason> silenceReason = {}; // the same for people, where it is known: the port is in use
};

const Slot *runningSlot(const DeviceSnapshot &unit);
const Slot *pendingSlot(const DeviceSnapshot &unit);
const Slot *slotWithImage(const DeviceSnapshot &unit, const QByteArray &hash);

/// The slot that an update may write: never the running one, never the last good one. Null when there is
/// none.
const Slot *writableSlot(const DeviceSnapshot &unit);

/// "A" for slot 0.
QString slotName(int index);

} // namespace core

Q_DECLARE_METATYPE(core::DeviceSnapshot)
