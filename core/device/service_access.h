// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/driver.h"

namespace core {

/// One region of the unit's writable flash. Bytes.
struct FlashRegion {
    int number = 0; // as the unit counts, from 0
    QString name; // "evidence", "slot_a"
    quint32 offset = 0;
    quint32 size = 0;
    quint32 sector = 0; // what one erase clears
};

/// What a service technician does with a unit, beside updating it. A part of its driver; the same rules.
class ServiceAccess
{
public:
    ServiceAccess() = default;
    virtual ~ServiceAccess() = default;
    Q_DISABLE_COPY_MOVE(ServiceAccess)

    /// What a recovery key has to sign to unlock this unit: context, device id, and a challenge that counts
    /// until it is answered, another one is asked for, or the unit is reset.
    virtual Task<QByteArray> askForChallenge() = 0;

    /// Answers the challenge: 64 bytes of Ed25519. The unit stays unlocked until its reset, whoever holds the
    /// line. Untrusted with UnlockRefused when the signature is not that of a recovery key it knows.
    virtual Task<Done> unlock(QByteArray signature) = 0;

    virtual Task<QList<FlashRegion>> listRegions() = 0;

    /// All bytes of a region. NotAllowedNow with UnitLocked when no recovery key unlocked the unit.
    virtual Task<QByteArray> readRegion(FlashRegion region, WriteControl control) = 0;

    /// Erases the evidence, a configuration or a slot; in recovery mode only. Errors as readRegion().
    virtual Task<Done> eraseRegion(FlashRegion region) = 0;

    /// Calls on the line until the unit answers from its recovery mode, which a unit enters that hears the
    /// call while it starts: for one that is switched off and on meanwhile. TimedOut after `limit`, Cancelled
    /// when asked to stop.
    virtual Task<Done> callIntoRecovery(Milliseconds limit, const StopRequest *stop) = 0;
};

} // namespace core
