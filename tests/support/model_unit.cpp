// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_unit.h"

namespace testing {

using core::Done;
using core::ErrorKind;
using core::ResetCause;
using core::Result;
using core::RollbackCause;
using core::Task;

ModelUnit::ModelUnit()
{
    m_slots[0] = Image{QByteArray(32, 'a'), {1, 0, 0, 0}, Behaviour::Good};
    m_running = 0;
    m_active = 0;
}

void ModelUnit::corruptBothSlots()
{
    m_slots[0].reset();
    m_slots[1].reset();
    m_running.reset();
    m_active.reset();
}

Result<Done> ModelUnit::useCable()
{
    ++m_verbsUsed;
    if (m_cableHolds == 0)
        return core::fail(ErrorKind::Disconnected, QStringLiteral("the cable was pulled"));
    if (m_cableHolds > 0)
        --m_cableHolds;
    return Done{};
}

Result<Done> ModelUnit::answer() const
{
    if (m_verbsUsed - 1 == m_lostAnswer)
        return core::fail(ErrorKind::TimedOut, QStringLiteral("the answer got lost"));
    return Done{};
}

core::Slot ModelUnit::slotAt(int index) const
{
    core::Slot slot{.index = index, .size = 512 * 1024};
    if (!m_slots[index])
        return slot;
    slot.holdsImage = true;
    slot.hash = m_slots[index]->hash;
    slot.version = m_slots[index]->version;
    slot.isRunning = m_running == index;
    slot.isPending = m_pending == index;
    slot.isConfirmed = m_active == index && !(slot.isRunning && m_isOnTrial);
    return slot;
}

core::DeviceSnapshot ModelUnit::snapshot() const
{
    core::DeviceSnapshot unit;
    unit.identity = {
        QStringLiteral("bench-sensor"), QStringLiteral("revA"), QStringLiteral("BM-1"), "id", {}};
    unit.stage = !m_running ? core::BootStage::InRecovery
        : m_isOnTrial       ? core::BootStage::OnTrial
                            : core::BootStage::Running;
    unit.slots = {slotAt(0), slotAt(1)};
    unit.bootloaderVersion = core::Version{1, 0, 0, 0};
    core::BootState state{.runningSlot = m_running,
                          .runningHash = runningHash(),
                          .activeSlot = m_active,
                          .pendingSlot = m_pending,
                          .isConfirmed = m_running && !m_isOnTrial,
                          .lastRollback = m_lastRollback,
                          .rolledBackHash = m_rolledBackHash,
                          .bootCount = m_bootCount};
    if (m_keepsRecord)
        unit.bootState = state;
    addLies(unit);
    return unit;
}

void ModelUnit::addLies(core::DeviceSnapshot &unit) const
{
    if (m_lie == Lie::IsAnotherUnit && m_bootCount > 1)
        unit.identity.serialNumber = QStringLiteral("BM-2");
    if (m_lie == Lie::ReportsAnotherVersion && m_running == 1)
        unit.slots[1].version = {9, 9, 9, 0};
    if (m_lie == Lie::ClaimsTheNewImage && !m_claimedHash.isEmpty() && m_bootCount > 1) {
        unit.slots[0].hash = m_claimedHash;
        unit.slots[0].version = {1, 1, 0, 0};
    }
    if (m_lie == Lie::NeverRestarts && !m_claimedHash.isEmpty() && m_pending) {
        unit.slots[0].isRunning = false;
        unit.slots[1].isRunning = true;
        unit.slots[1].isPending = false;
        unit.slots[1].isConfirmed = true;
        unit.stage = core::BootStage::Running;
        unit.bootState->runningSlot = 1;
        unit.bootState->activeSlot = 1;
        unit.bootState->runningHash = m_claimedHash;
    }
}

Task<core::DeviceSnapshot> ModelUnit::identify()
{
    co_await useCable();
    co_return snapshot();
}

Task<Done> ModelUnit::write(QByteArray image, core::WriteControl control)
{
    co_await useCable();
    const qint64 half = image.size() / 2;
    m_bytesWritten += half;
    control.onProgress({.done = half, .total = image.size()});
    if (m_stop)
        m_stop->raise();
    if (control.stop && control.stop->isRaised())
        co_return core::fail(ErrorKind::Cancelled, core::Reason::Cancelled, QStringLiteral("stopped"));
    co_await useCable();
    const int target = m_active == 0 ? 1 : 0;
    m_slots[target] = m_known.value(image);
    m_bytesWritten += image.size() - half;
    control.onProgress({.done = image.size(), .total = image.size()});
    co_return Done{};
}

Task<Done> ModelUnit::tryOnNextBoot(QByteArray hash, core::RolledBackBefore before)
{
    co_await useCable();
    if (hash == m_rolledBackHash && before == core::RolledBackBefore::Refuse)
        co_return core::fail(ErrorKind::RefusedByDevice, core::Reason::BuildBlocked,
                             QStringLiteral("rolled back before"));
    const int target = m_slots[1] && m_slots[1]->hash == hash ? 1 : 0;
    if (m_lie != Lie::ForgetsTheTrial)
        m_pending = target;
    m_claimedHash = hash;
    co_return answer();
}

Task<Done> ModelUnit::confirm(QByteArray)
{
    co_await useCable();
    if (m_lie != Lie::ForgetsTheConfirmation && m_running) {
        m_active = m_running;
        m_isOnTrial = false;
    }
    co_return answer();
}

Task<Done> ModelUnit::giveUpTrial(core::RevertCause cause)
{
    co_await useCable();
    m_givenUp = cause == core::RevertCause::Unhealthy ? RollbackCause::Unhealthy : RollbackCause::Requested;
    co_return answer();
}

void ModelUnit::rollBack(RollbackCause cause)
{
    m_lastRollback = cause;
    m_rolledBackHash = m_slots[m_pending ? *m_pending : *m_running]->hash;
    m_pending.reset();
    m_isOnTrial = false;
    m_givenUp.reset();
    m_running = m_active;
    ++m_bootCount;
}

void ModelUnit::boot(ResetCause cause)
{
    if (m_lie == Lie::NeverRestarts)
        return;
    ++m_bootCount;
    if (m_isOnTrial)
        return rollBack(m_givenUp.value_or(cause == ResetCause::Crash ? RollbackCause::Crashed
                                                                      : RollbackCause::NotConfirmed));
    if (!m_pending)
        return;
    if (m_lie == Lie::RunsTheOldImage || m_lie == Lie::ClaimsTheNewImage) {
        m_pending.reset();
        return;
    }
    const Behaviour behaviour = m_slots[*m_pending]->behaviour;
    if (behaviour == Behaviour::Crashes || behaviour == Behaviour::Hangs)
        return rollBack(behaviour == Behaviour::Crashes ? RollbackCause::Crashed : RollbackCause::Watchdog);
    m_running = m_pending;
    m_pending.reset();
    m_isOnTrial = true;
}

Task<Done> ModelUnit::reload(core::ReloadInto)
{
    co_await useCable();
    boot(ResetCause::Requested);
    co_return answer();
}

Task<QList<core::HealthCheck>> ModelUnit::checkHealth()
{
    co_await useCable();
    const Behaviour behaviour = m_running ? m_slots[*m_running]->behaviour : Behaviour::Good;
    if (behaviour == Behaviour::CrashesDuringHealthCheck) {
        boot(ResetCause::Crash);
        co_return core::fail(ErrorKind::TimedOut, QStringLiteral("no answer"));
    }
    co_return QList<core::HealthCheck>{{QStringLiteral("sensor"), behaviour != Behaviour::Unhealthy, {}}};
}

Task<QList<core::EvidenceEvent>> ModelUnit::readEvidence()
{
    co_await useCable();
    co_return QList<core::EvidenceEvent>{{.sequence = 1, .bootCount = m_bootCount}};
}

Task<std::optional<core::StoredConfiguration>> ModelUnit::readConfiguration()
{
    co_await useCable();
    if (!m_configuration)
        co_return co_await Driver::readConfiguration();
    co_return m_configuration;
}

} // namespace testing
