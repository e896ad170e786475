// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"
#include "core/device/device_snapshot.h"

#include <QList>

#include <functional>

namespace core {

/// Asks a long stretch of work to end at its next safe point. Shared by the asker and the work.
class StopRequest
{
public:
    void raise() { m_isRaised = true; }
    bool isRaised() const { return m_isRaised; }

private:
    bool m_isRaised = false;
};

/// One answer of the unit's own health checks.
struct HealthCheck {
    QString name;
    bool isPassed = false;
    QString detail;
};

/// One line of the unit's evidence log (enum bm_evidence_kind in device_wire.h).
struct EvidenceEvent {
    enum class Kind { Boot, ImageRefused, RolledBack, Confirmed, RecoveryEntered, StateLost, Other };

    quint32 sequence = 0;
    quint32 bootCount = 0;
    Kind kind = Kind::Other;
    std::optional<int> slot;
    int code = 0; // as the unit wrote it; what it means depends on the kind
    std::optional<ResetCause> reset = {}; // of a Boot, when the code is known
    std::optional<RollbackCause> rollback = {}; // of a RolledBack, when the code is known
    std::optional<Reason> refusal = {}; // of an ImageRefused, when the code is known
};

enum class RevertCause { Unhealthy, AskedFor };
enum class ReloadInto { Application, Recovery };

/// How a write reports and how it is stopped.
struct WriteControl {
    std::function<void(qint64 done, qint64 total)> onProgress = {};
    const StopRequest *stop = nullptr; // honoured between packets: the write then fails with Cancelled
};

/// The seam between the recipes and every family of devices, whatever the bus: a recipe knows these verbs and
/// no protocol. One driver is one open unit; it outlives the tasks it hands out and lives on the device
/// thread.
///
/// Failures are the link's (TimedOut, Disconnected, TransportFailed), the unit's (RefusedByDevice,
/// MalformedReply) or Unsupported where the family lacks the verb. A verb that failed has done nothing that
/// another call of it does not put right.
class Driver
{
public:
    Driver() = default;
    virtual ~Driver() = default;
    Q_DISABLE_COPY_MOVE(Driver)

    /// Asks the unit who it is, what it runs and what boots next.
    virtual Task<DeviceSnapshot> identify() = 0;

    /// Writes an image file to the slot that the unit keeps for it; never the one that runs. Resumes where
    /// the unit says that an interrupted write of the same file stopped.
    virtual Task<Done> write(QByteArray image, WriteControl control) = 0;

    /// Boots the written image once at the next reset; it rolls back unless it is confirmed.
    virtual Task<Done> tryOnNextBoot(QByteArray hash) = 0;

    /// Makes the running image, whose hash this is, the one that boots from now on.
    virtual Task<Done> confirm(QByteArray hash) = 0;

    /// Ends the trial as failed: the bootloader goes back at the next reset.
    virtual Task<Done> giveUpTrial(RevertCause cause) = 0;

    /// Restarts the unit and waits until it answers again, perhaps under another name; a restart whose answer
    /// got lost counts. TimedOut when it stays silent.
    virtual Task<Done> reload(ReloadInto what) = 0;

    /// The running application's own checks. Unsupported when it has none.
    virtual Task<QList<HealthCheck>> checkHealth() = 0;

    /// What the unit recorded of its boots and failures, oldest first. Unsupported when it keeps no record.
    virtual Task<QList<EvidenceEvent>> readEvidence() = 0;
};

} // namespace core
