// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/scenario.h"

namespace testing {

namespace {

const QByteArray kFirstConfig(120, '1');
const QByteArray kSecondConfig(90, '2');
const QByteArray kMigratedConfig(140, 'M');

// --- Units to begin with ---

void makeProvisioned(SimulatedUnit &unit, Expectation &)
{
    unit.provision();
}

/// The old image in slot A, confirmed.
void makeUnit(SimulatedUnit &unit, Expectation &expected)
{
    unit.provision();
    unit.writeImage(BM_SLOT_A, oldImage().bytes);
    unit.confirmSlot(BM_SLOT_A, oldImage().hash, 1);
    expected.good = &oldImage();
    expected.minimum = 1;
}

/// And the new one in slot B, which nobody has asked for.
void makeUnitWithNew(SimulatedUnit &unit, Expectation &expected)
{
    makeUnit(unit, expected);
    unit.writeImage(BM_SLOT_B, newImage().bytes);
}

/// Both images, confirmed one after the other; the old one is active.
void makeUnitWithTwoGood(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    unit.confirmSlot(BM_SLOT_B, newImage().hash, 1);
    unit.confirmSlot(BM_SLOT_A, oldImage().hash, 1);
    expected.spares = {&newImage()};
}

void makeUnitWithConfig(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    Story story(unit, expected);
    story.writeConfig(kFirstConfig);
}

quint32 placesLeft(const SimulatedUnit &unit, const record_ring &ring)
{
    const quint32 used = ring.next % unit.map.sector_size; // 0: the next sector has to be erased
    return used == 0 ? 0 : (unit.map.sector_size - used) / ring.record_size;
}

/// So many records of the state fit before a sector is erased.
void fillState(SimulatedUnit &unit, quint32 left)
{
    record_ring store;
    boot_record record;
    for (state_store_load(&store, &record); placesLeft(unit, store) != left;) {
        record_ring_append(&store, &record);
    }
}

void fillEvidence(SimulatedUnit &unit, quint32 left)
{
    SimulatedBoot boot(unit);
    while (placesLeft(unit, boot.session.log) != left) {
        boot_session_log(BM_EVIDENCE_BOOT, BM_SLOT_NONE, 0);
    }
}

template<quint32 Left>
void makeUnitWithFullState(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    fillState(unit, Left);
}

template<quint32 Left>
void makeUnitWithFullEvidence(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    fillEvidence(unit, Left);
}

void makeBrickedUnit(SimulatedUnit &unit, Expectation &expected)
{
    makeUnit(unit, expected);
    unit.corrupt(BM_REGION_SLOT_A, 60);
    expected.good = nullptr;
}

void makeUnitWithoutState(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    unit.corrupt(BM_REGION_STATE, 0, unit.map.regions[BM_REGION_STATE].size);
}

/// What the evidence says counts then: the new image was confirmed last.
void makeUpdatedUnitWithoutState(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    Story story(unit, expected);
    story.requestTrial(newImage());
    story.boot(BM_RESET_REQUESTED);
    story.confirm();
    unit.corrupt(BM_REGION_STATE, 0, unit.map.regions[BM_REGION_STATE].size);
}

void makeRolledBackUnit(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    Story story(unit, expected);
    story.requestTrial(newImage());
    story.boot(BM_RESET_REQUESTED);
    story.boot(BM_RESET_CRASH);
}

void makeRolledBackUnitWithoutState(SimulatedUnit &unit, Expectation &expected)
{
    makeRolledBackUnit(unit, expected);
    unit.corrupt(BM_REGION_STATE, 0, unit.map.regions[BM_REGION_STATE].size);
}

/// The record that took the trial away is damaged: the one before it says that the trial is still to come.
void makeUnitWithADamagedRecord(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithNew(unit, expected);
    record_ring store;
    boot_record record;
    state_store_load(&store, &record);
    record_ring_append(&store, &record);
    unit.corrupt(BM_REGION_STATE, store.newest + 20);
}

void makeUnitThatFallsBack(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithTwoGood(unit, expected);
    unit.corrupt(BM_REGION_SLOT_A, 60);
    expected.good = &newImage();
    expected.goodSlot = BM_SLOT_B;
    expected.spares.clear();
}

void makeUnitThatOnlyCrashes(SimulatedUnit &unit, Expectation &expected)
{
    makeUnit(unit, expected);
    expected.spares = {expected.good}; // may run, and may give way to the recovery mode
    expected.good = nullptr;
}

void makeEmptyUnit(SimulatedUnit &, Expectation &expected)
{
    expected.identity = Standing::No;
}

void makeUnitWithHalfAnIdentity(SimulatedUnit &unit, Expectation &expected)
{
    makeEmptyUnit(unit, expected);
    unit.corrupt(BM_REGION_IDENTITY, 0, 48);
}

void makeUnitWithTwoConfigs(SimulatedUnit &unit, Expectation &expected)
{
    makeUnitWithConfig(unit, expected);
    Story(unit, expected).writeConfig(kSecondConfig);
}

// --- What happens to them ---

void tryNew(Story &story)
{
    story.requestTrial(newImage());
    story.boot(BM_RESET_REQUESTED);
}

void replaceRolledBack(Story &story, SimulatedUnit &)
{
    story.upload(otherImage());
    story.requestTrial(otherImage());
    story.boot(BM_RESET_REQUESTED);
    story.confirm();
}

void doNothing(Story &, SimulatedUnit &) { }

void install(Story &story, SimulatedUnit &)
{
    story.upload(newImage());
    story.requestTrial(newImage());
}

void tryAndConfirm(Story &story, SimulatedUnit &)
{
    tryNew(story);
    story.confirm();
    story.boot();
}

template<bm_reset_reason Reason>
void tryAndFail(Story &story, SimulatedUnit &)
{
    tryNew(story);
    story.boot(Reason);
}

void tryTooLong(Story &story, SimulatedUnit &unit)
{
    tryNew(story);
    unit.now += unit.timing.trial_limit_ms;
    story.current().services->watchdog_kick();
    story.boot(BM_RESET_WATCHDOG);
}

template<quint32 Reason>
void tryAndRevert(Story &story, SimulatedUnit &)
{
    tryNew(story);
    story.revert(Reason);
    story.boot(BM_RESET_REQUESTED);
}

void cancel(Story &story, SimulatedUnit &)
{
    story.requestTrial(newImage());
    story.revert(BM_REVERT_REASON_REQUESTED);
    story.boot(BM_RESET_REQUESTED);
}

void installAndConfirm(Story &story, SimulatedUnit &)
{
    story.upload(newImage());
    tryNew(story);
    story.confirm();
}

void installTwice(Story &story, SimulatedUnit &unit)
{
    installAndConfirm(story, unit);
    story.boot(BM_RESET_REQUESTED);
    story.upload(otherImage());
    story.requestTrial(otherImage());
    story.boot(BM_RESET_REQUESTED);
    story.confirm();
}

void resume(Story &story, SimulatedUnit &unit)
{
    story.uploadPartly(newImage(), newImage().bytes.size() * 4 / 5);
    story.boot();
    installAndConfirm(story, unit);
}

void replacePending(Story &story, SimulatedUnit &)
{
    story.requestTrial(newImage());
    story.upload(otherImage());
    story.requestTrial(otherImage());
    story.boot(BM_RESET_REQUESTED);
}

void replacePendingOverSmp(Story &story, SimulatedUnit &)
{
    story.requestTrial(newImage());
    story.uploadOverSmp(otherImage());
    story.requestTrial(otherImage());
    story.boot(BM_RESET_REQUESTED);
}

void recoverOverSmp(Story &story, SimulatedUnit &)
{
    story.uploadOverSmp(newImage());
    tryNew(story);
    story.confirm();
}

void provision(Story &story, SimulatedUnit &unit)
{
    story.writeIdentity();
    story.boot(BM_RESET_REQUESTED);
    installAndConfirm(story, unit);
}

void writeConfigs(Story &story, SimulatedUnit &)
{
    story.writeConfig(kSecondConfig);
    story.writeConfig(kFirstConfig);
    story.boot();
    story.writeConfig(kSecondConfig);
}

void migrateAndConfirm(Story &story, SimulatedUnit &)
{
    tryNew(story);
    story.writeConfig(kMigratedConfig, 2);
    story.confirm();
    story.boot();
}

template<quint32 Schema>
void migrateAndFail(Story &story, SimulatedUnit &)
{
    tryNew(story);
    story.writeConfig(kMigratedConfig, Schema);
    story.boot(BM_RESET_CRASH);
    story.writeConfig(kSecondConfig);
    story.boot();
}

void crashInALoop(Story &story, SimulatedUnit &)
{
    for (int i = 0; i < 6; ++i) {
        story.boot(BM_RESET_CRASH);
    }
}

template<bm_region... Regions>
void erase(Story &story, SimulatedUnit &unit)
{
    unit.isButtonHeld = true;
    story.boot();
    story.unlock();
    (story.eraseRegion(Regions), ...);
}

} // namespace

const QList<PowerCutScenario> &powerCutScenarios()
{
    static const QList<PowerCutScenario> scenarios = {
        {"install", makeUnit, install},
        {"two updates, one after the other", makeUnit, installTwice},
        {"trial and confirmation", makeUnitWithNew, tryAndConfirm},
        {"trial and crash", makeUnitWithNew, tryAndFail<BM_RESET_CRASH>},
        {"trial and watchdog", makeUnitWithNew, tryAndFail<BM_RESET_WATCHDOG>},
        {"trial and reset", makeUnitWithNew, tryAndFail<BM_RESET_REQUESTED>},
        {"trial that expires", makeUnitWithNew, tryTooLong},
        {"trial and bad health", makeUnitWithNew, tryAndRevert<BM_REVERT_REASON_HEALTH>},
        {"trial and revert", makeUnitWithNew, tryAndRevert<BM_REVERT_REASON_REQUESTED>},
        {"trial that is cancelled", makeUnitWithNew, cancel},
        {"another update after a rollback", makeRolledBackUnit, replaceRolledBack},
        {"pending image replaced", makeUnitWithNew, replacePending},
        {"pending image replaced over SMP", makeUnitWithNew, replacePendingOverSmp},
        {"recovery over SMP", makeBrickedUnit, recoverOverSmp},
        {"upload resumed after a reset", makeUnit, resume},
        {"recovery of an empty unit", makeProvisioned, installAndConfirm},
        {"recovery of a damaged unit", makeBrickedUnit, installAndConfirm},
        {"state wraps around at once", makeUnitWithFullState<0>, tryAndConfirm},
        {"state wraps around in the trial", makeUnitWithFullState<1>, tryAndConfirm},
        {"state wraps around in the confirmation", makeUnitWithFullState<2>, tryAndConfirm},
        {"state wraps around in the rollback", makeUnitWithFullState<2>, tryAndFail<BM_RESET_CRASH>},
        {"evidence wraps around at once", makeUnitWithFullEvidence<0>, tryAndConfirm},
        {"evidence wraps around in the trial", makeUnitWithFullEvidence<1>, tryAndConfirm},
        {"evidence wraps around in the rollback", makeUnitWithFullEvidence<3>, tryAndFail<BM_RESET_CRASH>},
        {"state lost", makeUnitWithoutState, doNothing},
        {"state lost after an update", makeUpdatedUnitWithoutState, doNothing},
        {"state lost after a rollback", makeRolledBackUnitWithoutState, doNothing},
        {"newest state record damaged", makeUnitWithADamagedRecord, tryAndConfirm},
        {"fallback to the other slot", makeUnitThatFallsBack, doNothing},
        {"crash loop with another good image", makeUnitWithTwoGood, crashInALoop},
        {"crash loop of the only image", makeUnitThatOnlyCrashes, crashInALoop},
        {"identity written", makeEmptyUnit, provision},
        {"identity written over a torn one", makeUnitWithHalfAnIdentity, provision},
        {"configuration written", makeUnitWithConfig, writeConfigs},
        {"configuration migrated and confirmed", makeUnitWithConfig, migrateAndConfirm},
        {"configuration migrated and rolled back", makeUnitWithConfig, migrateAndFail<2>},
        {"configuration changed and rolled back", makeUnitWithConfig, migrateAndFail<1>},
        {"configurations erased", makeUnitWithTwoConfigs, erase<BM_REGION_CONFIG_A, BM_REGION_CONFIG_B>},
        {"evidence erased", makeUnitWithNew, erase<BM_REGION_EVIDENCE>},
        {"idle slot erased", makeUnitWithNew, erase<BM_REGION_SLOT_B>},
        {"both slots erased", makeUnitWithTwoGood, erase<BM_REGION_SLOT_A, BM_REGION_SLOT_B>},
    };
    return scenarios;
}

} // namespace testing
