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
    void raise()
    {
        m_isRaised = true;
        if (m_onRaised)
            m_onRaised();
    }
    bool isRaised() const { return m_isRaised; }

    /// For work that waits for events and has no points at which to look. At most one; an empty one takes it
    /// back.
    void whenRaised(std::function<void()> call) { m_onRaised = std::move(call); }

private:
    bool m_isRaised = false;
    std::function<void()> m_onRaised;
};

/// One answer of the unit's own health checks.
struct HealthCheck {
    QString name;
    bool isPassed = false;
    QString detail;
};

/// One line of the unit's evidence log (enum bm_evidence_kind in device_wire.h).
struct EvidenceEvent {
    enum class Kind {
        Boot,
        ImageRefused,
        RolledBack,
        Confirmed,
        RecoveryEntered,
        StateLost,
        Unlocked,
        Erased,
        Provisioned,
        Other
    };

    enum class Region { State, Evidence, Identity, ConfigurationA, ConfigurationB, SlotA, SlotB };

    quint32 sequence = 0;
    quint32 bootCount = 0;
    Kind kind = Kind::Other;
    std::optional<int> slot;
    int code = 0; // as the unit wrote it; what it means depends on the kind
    std::optional<ResetCause> reset = {}; // of a Boot, when the code is known
    std::optional<RollbackCause> rollback = {}; // of a RolledBack, when the code is known
    std::optional<Reason> refusal = {}; // of an ImageRefused, when the code is known
    std::optional<RecoveryCause> recovery = {}; // of a RecoveryEntered, when the code is known
    std::optional<Region> erased = {}; // of an Erased, when the code is known
    QByteArray image = {}; // first 8 bytes of the image's SHA TLV; empty when no image is concerned
};

/// The configuration that the unit's application finds.
struct StoredConfiguration {
    quint32 schema = 0;
    quint32 sequence = 0; // grows with every one that is written
    qint64 size = 0; // bytes
};

enum class RevertCause { Unhealthy, AskedFor };
enum class ReloadInto { Application, Recovery };

/// What is to be done with an image that the unit has tried and rolled back before.
enum class RolledBackBefore { Refuse, TryAgain };

class ServiceAccess;

/// What keeps a write from being faster: the line is full; packets wait for buffers of the unit; the unit
/// works on its flash.
enum class RateLimit { Line, DeviceBuffers, DeviceFlash };

/// How far a write is, and how fast. The last two are there once they are known, which takes half a second.
struct WriteProgressed {
    qint64 done = 0; // bytes that the unit has
    qint64 total = 0;
    std::optional<qint64> bytesPerSecond = {}; // of the file, over the last seconds
    std::optional<RateLimit> limitedBy = {}; // absent as well where it cannot be told
};

/// How a write reports and how it is stopped.
struct WriteControl {
    std::function<void(const WriteProgressed &)> onProgress = {};
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

    /// Who gets, line by line, what the unit prints beside its answers. Units whose link is no console have
    /// nothing for it.
    using LogSink = std::function<void(const QString &line)>;
    virtual void showLogTo(LogSink) { }

    /// Asks the unit who it is, what it runs and what boots next.
    virtual Task<DeviceSnapshot> identify() = 0;

    /// Writes an image file to the slot that the unit keeps for it; never the one that runs. Resumes where
    /// the unit says that an interrupted write of the same file stopped.
    virtual Task<Done> write(QByteArray image, WriteControl control) = 0;

    /// Boots the written image once at the next reset; it rolls back unless it is confirmed. BuildBlocked
    /// when the unit remembers that it rolled it back.
    virtual Task<Done> tryOnNextBoot(QByteArray hash, RolledBackBefore before) = 0;

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

    /// Nothing when the unit has no configuration. Unsupported when it does not say.
    virtual Task<std::optional<StoredConfiguration>> readConfiguration()
    {
        co_return fail(ErrorKind::Unsupported, QStringLiteral("the unit tells nothing of its configuration"));
    }

    /// What a service technician does with the unit; null for families that offer none of it.
    virtual ServiceAccess *serviceAccess() { return nullptr; }
};

} // namespace core
