// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/bootmend_group.h"
#include "device_protocols/smp/image_group.h"
#include "device_protocols/smp/os_group.h"
#include "tests/support/run_task.h"
#include "tests/support/session_channel.h"

#include <QTest>

using core::ErrorKind;
using core::EvidenceEvent;
using core::ResetCause;
using core::RollbackCause;

namespace {

const QByteArray kHashA(32, '\xaa');
const QByteArray kHashB(32, '\xbb');

struct Bench {
    explicit Bench(const char *name)
    {
        const QString session = testing::savedSession(QStringLiteral("smp/") + QLatin1String(name));
        auto owned = std::make_unique<testing::SessionChannel>(session);
        channel = owned.get();
        client.emplace(std::move(owned), clock);
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened && !session.isEmpty());
    }

    template<class T>
    core::Result<T> finish(core::Task<T> task)
    {
        return testing::finish(std::move(task), clock);
    }

    bool isPlayedOut() const { return channel->isPlayedOut() && channel->complaint().isEmpty(); }

    testing::ManualClock clock;
    testing::SessionChannel *channel = nullptr;
    std::optional<smp::Client> client;
};

} // namespace

class TestSmpGroups : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsTheImagesOfMcuboot()
    {
        Bench bench("image_list_two_slots");
        const auto found = bench.finish(smp::ImageGroup(*bench.client).list());
        QCOMPARE(found->size(), 2);
        QCOMPARE(found->at(0).version, QStringLiteral("1.2.3.4"));
        QCOMPARE(found->at(0).hash, kHashA);
        QVERIFY(found->at(0).isActive && found->at(0).isConfirmed && !found->at(0).isPending);
        QVERIFY(found->at(1).isPending && !found->at(1).isActive && !found->at(1).isConfirmed);
        QCOMPARE(found->at(1).slot, 1);
    }

    void listsTheImagesOfZephyr()
    {
        Bench bench("image_list_zephyr");
        const auto found = bench.finish(smp::ImageGroup(*bench.client).list());
        QCOMPARE(found->size(), 1);
        QVERIFY(found->at(0).isActive && !found->at(0).isPermanent);
    }

    void listsImagesOfWhichNearlyNothingIsSaid()
    {
        Bench bench("image_list_bare");
        const auto found = bench.finish(smp::ImageGroup(*bench.client).list());
        QCOMPARE(found->size(), 1);
        QVERIFY(found->at(0).hash.isEmpty() && !found->at(0).isActive);
    }

    void listsNothingWhenThereIsNothing()
    {
        Bench bench("image_list_none");
        QVERIFY(bench.finish(smp::ImageGroup(*bench.client).list())->isEmpty());
    }

    void isStrictAboutTypes()
    {
        Bench bench("image_list_wrong_type");
        const auto found = bench.finish(smp::ImageGroup(*bench.client).list());
        QCOMPARE(found.error().kind, ErrorKind::MalformedReply);
        QVERIFY(found.error().detail.contains(QStringLiteral("\"slot\"")));
    }

    void marksAnImageForATrial()
    {
        Bench bench("try_on_next_boot");
        const auto found = bench.finish(
            smp::ImageGroup(*bench.client).tryOnNextBoot(kHashB, core::RolledBackBefore::Refuse));
        QVERIFY(bench.isPlayedOut());
        QVERIFY(found->at(0).isPending);
    }

    void confirmsByHashOrWhatRuns()
    {
        Bench byHash("confirm_running");
        QVERIFY(byHash.finish(smp::ImageGroup(*byHash.client).confirm(kHashA))->at(0).isConfirmed);
        Bench running("confirm_without_hash");
        QVERIFY(running.finish(smp::ImageGroup(*running.client).confirm({})).has_value());
    }

    void erasesASlot()
    {
        Bench bench("erase");
        QVERIFY(bench.finish(smp::ImageGroup(*bench.client).erase(1)).has_value());
    }

    void readsTheSizesOfSlots()
    {
        Bench bench("slot_sizes");
        const auto sizes = bench.finish(smp::ImageGroup(*bench.client).slotSizes());
        QCOMPARE(sizes->size(), 2);
        QCOMPARE(sizes->at(1).size, 224 * 1024);
        QVERIFY(!sizes->at(0).uploadImage);
        QCOMPARE(sizes->at(1).uploadImage, 0);
    }

    void readsWhatTheServerCanTakeIn()
    {
        Bench bench("parameters");
        const auto limits = bench.finish(smp::OsGroup(*bench.client).parameters());
        QCOMPARE(limits->bufferSize, 384);
        QCOMPARE(limits->bufferCount, 4);
    }

    void refusesNumbersThatNoServerHas()
    {
        Bench bench("parameters_huge");
        QCOMPARE(bench.finish(smp::OsGroup(*bench.client).parameters()).error().kind,
                 ErrorKind::MalformedReply);
    }

    void echoes()
    {
        Bench bench("echo");
        QCOMPARE(bench.finish(smp::OsGroup(*bench.client).echo(QStringLiteral("hi"))).value(),
                 QStringLiteral("hi"));
    }

    void namesTheBootloader()
    {
        Bench bench("bootloader_info");
        const auto info = bench.finish(smp::OsGroup(*bench.client).bootloaderInfo());
        QCOMPARE(info->name, QStringLiteral("MCUboot"));
        QCOMPARE(info->mode, 3);
    }

    void namesABootloaderWithoutModes()
    {
        Bench bench("bootloader_info_no_mode");
        const auto info = bench.finish(smp::OsGroup(*bench.client).bootloaderInfo());
        QCOMPARE(info->name, QStringLiteral("Other"));
        QVERIFY(!info->mode);
    }

    void resets_data()
    {
        QTest::addColumn<QByteArray>("session");
        QTest::addColumn<bool>("intoBootloader");
        QTest::newRow("plain") << QByteArray("reset") << false;
        QTest::newRow("into the bootloader") << QByteArray("reset_into_bootloader") << true;
        QTest::newRow("busy, then forced") << QByteArray("reset_busy") << false;
    }

    void resets()
    {
        QFETCH(QByteArray, session);
        QFETCH(bool, intoBootloader);
        Bench bench(session.constData());
        const auto what = intoBootloader ? smp::ResetInto::Bootloader : smp::ResetInto::Application;
        QVERIFY(bench.finish(smp::OsGroup(*bench.client).reset(what)).has_value());
        QVERIFY(bench.isPlayedOut());
    }

    void readsTheBootStateOfATrial()
    {
        Bench bench("boot_state_trial");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).bootState());
        QVERIFY(!report->isInRecovery);
        QCOMPARE(report->state.runningSlot, 1);
        QCOMPARE(report->state.runningHash, kHashB);
        QCOMPARE(report->state.activeSlot, 0);
        QVERIFY(!report->state.pendingSlot);
        QVERIFY(!report->state.isConfirmed);
        QCOMPARE(report->state.minimumRollbackIndex, 3u);
        QCOMPARE(report->state.bootCount, 7u);
        QVERIFY(report->state.lastReset == ResetCause::Requested);
        QCOMPARE(report->state.sequence, 12u);
    }

    void readsTheBootStateOfRecovery()
    {
        Bench bench("boot_state_recovery");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).bootState());
        QVERIFY(report->isInRecovery);
        QVERIFY(!report->state.runningSlot);
        QVERIFY(report->state.lastRollback == RollbackCause::Watchdog);
        QCOMPARE(report->state.rolledBackHash, kHashB);
        QCOMPARE(report->objections.size(), 2);
        QVERIFY(report->objections.at(1) == core::Reason::RollbackIndexTooLow);
    }

    void readsNumbersOfTheFutureAsTheWorst()
    {
        Bench bench("boot_state_from_the_future");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).bootState());
        QVERIFY(report->state.lastRollback == RollbackCause::NotConfirmed);
        QVERIFY(report->state.lastReset == ResetCause::Crash);
    }

    void refusesAnOddStage()
    {
        Bench bench("boot_state_odd_stage");
        QCOMPARE(bench.finish(smp::BootmendGroup(*bench.client).bootState()).error().kind,
                 ErrorKind::MalformedReply);
    }

    void readsWhoItIs()
    {
        Bench bench("identity");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).identity());
        QCOMPARE(report->identity.product, QStringLiteral("pump"));
        QCOMPARE(report->identity.hardwareRevision, QStringLiteral("B"));
        QCOMPARE(report->identity.serialNumber, QStringLiteral("0042"));
        QCOMPARE(report->identity.hardwareId.size(), 8);
        QCOMPARE(report->identity.classId.size(), 16);
        QCOMPARE(report->bootloader, QStringLiteral("1.0.0"));
    }

    void tellsThatAUnitIsNotProvisioned()
    {
        Bench bench("not_provisioned");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).identity());
        QCOMPARE(report.error().deviceCode, (core::DeviceCode{64, 3}));
    }

    void readsTheFlashMap()
    {
        Bench bench("flash_map");
        const auto regions = bench.finish(smp::BootmendGroup(*bench.client).flashMap());
        QCOMPARE(regions->size(), 2);
        QCOMPARE(regions->at(1).name, QStringLiteral("slot A"));
        QCOMPARE(regions->at(1).offset, 8192u);
    }

    void readsTheHealth()
    {
        Bench bench("health");
        const auto checks = bench.finish(smp::BootmendGroup(*bench.client).health());
        QCOMPARE(checks->size(), 2);
        QVERIFY(checks->at(0).isPassed && !checks->at(1).isPassed);
        QCOMPARE(checks->at(1).detail, QStringLiteral("no link"));
    }

    void givesATrialUp()
    {
        Bench bench("revert");
        QVERIFY(
            bench.finish(smp::BootmendGroup(*bench.client).revert(core::RevertCause::Unhealthy)).has_value());
        QVERIFY(bench.isPlayedOut());
    }

    void readsTheEvidenceInPieces()
    {
        Bench bench("evidence_two_pages");
        const auto events = bench.finish(smp::BootmendGroup(*bench.client).evidence());
        QCOMPARE(events->size(), 3);
        QVERIFY(events->at(1).kind == EvidenceEvent::Kind::RolledBack);
        QCOMPARE(events->at(1).code, 2);
        QVERIFY(events->at(2).kind == EvidenceEvent::Kind::Other);
        QVERIFY(!events->at(2).slot);
    }

    void readsWhatNewerBootloadersWrite()
    {
        using Kind = EvidenceEvent::Kind;
        Bench bench("evidence_of_this_year");
        const auto events = bench.finish(smp::BootmendGroup(*bench.client).evidence());
        QCOMPARE(events->size(), 6);
        QVERIFY(events->at(0).kind == Kind::Provisioned);
        QVERIFY(events->at(1).refusal == core::Reason::KeyRevoked);
        QCOMPARE(events->at(1).image, QByteArray::fromHex("0001020304050607"));
        QVERIFY(events->at(2).rollback == RollbackCause::CrashLoop);
        QVERIFY(events->at(3).recovery == core::RecoveryCause::CrashLoop);
        QVERIFY(events->at(4).kind == Kind::Unlocked);
        QVERIFY(events->at(5).erased == EvidenceEvent::Region::SlotB);
    }

    void readsWhyAUnitIsInRecovery()
    {
        Bench bench("boot_state_called");
        const auto report = bench.finish(smp::BootmendGroup(*bench.client).bootState());
        QVERIFY(report->state.recoveryCause == core::RecoveryCause::Line);
        QVERIFY(report->state.isUnlocked);
        QVERIFY(report->state.lastRollback == RollbackCause::CrashLoop);
        QVERIFY(report->objections.at(0) == core::Reason::BootloaderTooOld);
        QVERIFY(report->objections.at(1) == core::Reason::KeyRevoked);
    }

    void triesAgainWhatWasRolledBackOnlyWhenTold()
    {
        Bench bench("try_again");
        QVERIFY(
            bench
                .finish(
                    smp::ImageGroup(*bench.client).tryOnNextBoot(kHashB, core::RolledBackBefore::TryAgain))
                .has_value());
        QVERIFY(bench.isPlayedOut());
    }

    void readsTheConfiguration()
    {
        Bench bench("configuration");
        const auto found = bench.finish(smp::BootmendGroup(*bench.client).configuration());
        QVERIFY(found.has_value() && found->has_value());
        QCOMPARE((*found)->schema, 3u);
        QCOMPARE((*found)->sequence, 9u);
        QCOMPARE((*found)->size, 1200);
    }

    void tellsAMissingConfigurationFromAFailure()
    {
        Bench bench("configuration_none");
        const auto found = bench.finish(smp::BootmendGroup(*bench.client).configuration());
        QVERIFY(found.has_value() && !found->has_value());
    }

    void unlocksByAChallenge()
    {
        Bench asking("challenge");
        const auto challenge = asking.finish(smp::BootmendGroup(*asking.client).challenge());
        QCOMPARE(challenge->size(), 32);
        Bench answering("unlock");
        QVERIFY(
            answering.finish(smp::BootmendGroup(*answering.client).unlock(QByteArray(64, 'Z'))).has_value());
        QVERIFY(answering.isPlayedOut());
    }

    void takesNoShortChallenge()
    {
        Bench bench("challenge_short");
        QCOMPARE(bench.finish(smp::BootmendGroup(*bench.client).challenge()).error().kind,
                 ErrorKind::MalformedReply);
    }

    void saysThatAKeyDoesNotUnlock()
    {
        Bench bench("unlock_wrong");
        const auto unlocked = bench.finish(smp::BootmendGroup(*bench.client).unlock(QByteArray(64, 'Z')));
        QCOMPARE(unlocked.error().kind, ErrorKind::Untrusted);
        QVERIFY(unlocked.error().reason == core::Reason::UnlockRefused);
    }

    void readsAPieceOfARegion()
    {
        Bench bench("region_piece");
        const auto piece = bench.finish(smp::BootmendGroup(*bench.client).readRegion(1, 256, 16));
        QCOMPARE(piece.value(), QByteArray(16, '\xee'));
    }

    void takesNoMoreOfARegionThanItAskedFor()
    {
        Bench bench("region_too_much");
        QCOMPARE(bench.finish(smp::BootmendGroup(*bench.client).readRegion(1, 0, 16)).error().kind,
                 ErrorKind::MalformedReply);
    }

    void saysThatTheUnitIsLocked()
    {
        Bench bench("region_locked");
        smp::BootmendGroup group(*bench.client);
        const auto read = bench.finish(group.readRegion(1, 0, 16));
        QCOMPARE(read.error().kind, ErrorKind::NotAllowedNow);
        QVERIFY(read.error().reason == core::Reason::UnitLocked);
        QVERIFY(bench.finish(group.eraseRegion(1)).error().reason == core::Reason::UnitLocked);
        QVERIFY(bench.isPlayedOut());
    }

    void erasesARegion()
    {
        Bench bench("region_erase");
        QVERIFY(bench.finish(smp::BootmendGroup(*bench.client).eraseRegion(1)).has_value());
        Bench forbidden("region_not_allowed");
        const auto erased = forbidden.finish(smp::BootmendGroup(*forbidden.client).eraseRegion(2));
        QCOMPARE(erased.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(erased.error().deviceCode, (core::DeviceCode{64, 11}));
    }

    void doesNotReadInCircles()
    {
        Bench bench("evidence_goes_in_circles");
        QCOMPARE(bench.finish(smp::BootmendGroup(*bench.client).evidence()).error().kind,
                 ErrorKind::MalformedReply);
    }
};

QTEST_GUILESS_MAIN(TestSmpGroups)
#include "tst_smp_groups.moc"
