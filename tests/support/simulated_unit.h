// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/boot_core.h"

#include <QByteArray>
#include <QList>

#include <functional>

namespace testing {

/// One program or erase: what its bytes were, and what they are when the power lasts.
struct FlashWrite {
    quint32 offset = 0;
    QByteArray before;
    QByteArray after;
    bool isErase = false;
};

/// The machine under the C core in tests: implements bootmend/port.h over memory. Enforces the rules of NOR
/// flash and can lose its power in the middle of any write. One exists at a time.
class SimulatedUnit
{
public:
    explicit SimulatedUnit(quint32 sectorSize = 1024, quint32 writeSize = 8);
    ~SimulatedUnit();
    SimulatedUnit(const SimulatedUnit &) = delete;
    SimulatedUnit &operator=(const SimulatedUnit &) = delete;

    /// Identity "bench-sensor", "revA", UUIDs as BootImage has them.
    void provision();
    void writeImage(quint8 slot, const QByteArray &image);
    QByteArray readSlot(quint8 slot, qsizetype length) const;
    /// Writes a boot-state record with this slot active and its image confirmed.
    void confirmSlot(quint8 slot, const QByteArray &hash, quint32 minimum = 0);
    void setPending(quint8 slot, const QByteArray &hash, quint8 trials = 1);
    void corrupt(bm_region region, quint32 offset, qsizetype length = 1);

    /// From now on: the power fails in the `operation`th write (from 0), when `bytes` of it have reached the
    /// flash. Later writes do nothing, until restorePower().
    void cutPowerAt(int operation, qsizetype bytes);
    void restorePower();

    quint32 regionOffset(bm_region region) const { return map.regions[region].offset; }

    bm_flash_map map;
    bm_timing timing = {.watchdog_ms = 1000, .trial_limit_ms = 10000, .entry_window_ms = 20, .trials = 1};
    QByteArray flash;
    QList<int> eraseCounts; // a sector
    int writeCount = 0; // programs and erases
    QList<qsizetype> writeSizes; // of each since the last cutPowerAt() or restorePower()
    bool hasPower = true;
    bool isFlashDead = false; // every write fails
    int failingErases = 0; // so many of the next ones do
    QList<quint32> deadSectors; // offsets of those whose erase fails for ever
    bool brokeFlashRule = false;
    std::function<void(const FlashWrite &)> onWrite; // before it happens
    QList<quint32> wornOut; // offsets whose lowest bit reads 0 for ever

    QByteArray retained = QByteArray(BM_RETAINED_SIZE, '\xa5');
    bm_reset_reason resetReason = BM_RESET_POWER_ON;
    bool isButtonHeld = false;
    bool hasWatchdog = true;
    quint32 now = 0;
    quint32 watchdogTimeout = 0;
    int kickCount = 0;
    QByteArray received; // bytes for the unit
    QByteArray sent; // bytes from the unit
    QByteArray loadArea = QByteArray(8192, '\0');

    // What the port's functions do.
    bool program(quint32 offset, const void *data, size_t length);
    bool erase(quint32 offset);

private:
    void announce(quint32 offset, const QByteArray &after, bool isErase) const;
    qsizetype bytesThatArrive(qsizetype length);
    bool endWrite(bool isWhole);

    int m_cutAt = -1;
    qsizetype m_cutAfter = 0;
};

/// One boot of the simulated unit, up to the jump: what is decided, and the services of what runs then.
struct SimulatedBoot {
    explicit SimulatedBoot(SimulatedUnit &unit, bm_reset_reason reason = BM_RESET_POWER_ON);

    bool isRecovery() const { return slot == BM_SLOT_NONE; }
    bool isTrial() const { return session.is_on_trial; }

    boot_session &session = boot; // of the newest boot, as there is only one
    quint8 slot; // that runs, as decided
    const boot_services *services;
};

} // namespace testing
