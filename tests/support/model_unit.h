// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"

namespace testing {

/// A unit with two slots and a bootloader, as a model without transport: what the recipes are tested against.
///
/// It follows the policy of the Bootmend bootloader. The knobs make its images misbehave, its answers lie, or
/// its cable go, before the verb with that number or for good.
class ModelUnit final : public core::Driver
{
public:
    enum class Behaviour { Good, Crashes, Hangs, Unhealthy, CrashesDuringHealthCheck };
    enum class Lie {
        None,
        RunsTheOldImage, // takes everything and goes on as before
        ClaimsTheNewImage, // lists the new image as running, but its boot record says otherwise
        NeverRestarts,
        ForgetsTheTrial,
        ForgetsTheConfirmation,
        IsAnotherUnit,
        ReportsAnotherVersion,
    };

    struct Image {
        QByteArray hash;
        core::Version version;
        Behaviour behaviour = Behaviour::Good;
    };

    ModelUnit();

    /// What the bytes of a written file turn out to be.
    void knowImage(const QByteArray &file, Image image) { m_known[file] = std::move(image); }
    void corruptBothSlots();
    void lie(Lie lie) { m_lie = lie; }
    void cutCableBeforeVerb(int number) { m_cableHolds = number; }
    /// The verb with that number is carried out, and its answer is lost.
    void loseAnswerOfVerb(int number) { m_lostAnswer = number; }
    void mendCable() { m_cableHolds = -1; }
    void dropBootRecord() { m_keepsRecord = false; }
    void setConfiguration(core::StoredConfiguration configuration) { m_configuration = configuration; }
    void requireStopAt(core::StopRequest *stop) { m_stop = stop; }

    int verbsUsed() const { return m_verbsUsed; }
    qint64 bytesWritten() const { return m_bytesWritten; }
    bool boots() const { return m_running.has_value(); }
    QByteArray runningHash() const { return m_running ? m_slots[*m_running]->hash : QByteArray(); }
    void powerCycle() { boot(core::ResetCause::PowerOn); }

    core::Task<core::DeviceSnapshot> identify() override;
    core::Task<core::Done> write(QByteArray image, core::WriteControl control) override;
    core::Task<core::Done> tryOnNextBoot(QByteArray hash, core::RolledBackBefore before) override;
    core::Task<core::Done> confirm(QByteArray hash) override;
    core::Task<core::Done> giveUpTrial(core::RevertCause cause) override;
    core::Task<core::Done> reload(core::ReloadInto what) override;
    core::Task<QList<core::HealthCheck>> checkHealth() override;
    core::Task<QList<core::EvidenceEvent>> readEvidence() override;
    core::Task<std::optional<core::StoredConfiguration>> readConfiguration() override;

private:
    core::Result<core::Done> useCable();
    core::Result<core::Done> answer() const;
    void boot(core::ResetCause cause);
    void rollBack(core::RollbackCause cause);
    core::DeviceSnapshot snapshot() const;
    core::Slot slotAt(int index) const;
    void addLies(core::DeviceSnapshot &unit) const;

    QMap<QByteArray, Image> m_known;
    std::optional<Image> m_slots[2];
    std::optional<int> m_running;
    std::optional<int> m_active;
    std::optional<int> m_pending;
    bool m_isOnTrial = false;
    std::optional<core::RollbackCause> m_givenUp;
    core::RollbackCause m_lastRollback = core::RollbackCause::None;
    QByteArray m_rolledBackHash;
    QByteArray m_claimedHash;
    quint32 m_bootCount = 1;
    Lie m_lie = Lie::None;
    bool m_keepsRecord = true;
    int m_cableHolds = -1;
    int m_lostAnswer = -1;
    int m_verbsUsed = 0;
    qint64 m_bytesWritten = 0;
    std::optional<core::StoredConfiguration> m_configuration; // it says nothing of one unless told to
    core::StopRequest *m_stop = nullptr;
};

} // namespace testing
