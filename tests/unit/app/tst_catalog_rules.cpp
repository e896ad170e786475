// SPDX-License-Identifier: Apache-2.0
#include "app/state/catalog_rules.h"

#include "app/state/state_folders.h"
#include "core/catalog/catalog.h"
#include "core/update/plan_catalog.h"
#include "tests/support/run_live.h"

#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using core::ReleaseBlock;
using core::RuleOrigin;

namespace {

const core::ReleaseFacts kRelease{
    QStringLiteral("bench-sensor"), QStringLiteral("stable"), {1, 2, 0, 0}, QByteArray(32, '\xab')};
const QString kDigest = QStringLiteral("ab").repeated(32);

/// A catalog's folder, and what the rules in it have against the release.
struct Shelf {
    QTemporaryDir folder;
    QString catalog = state::catalogFolder(folder.path(), {});

    core::Result<core::ReleaseRules> rules() const { return testing::finishLive(state::rulesIn(catalog)); }
    QStringList lifting() const
    {
        return state::liftingCommands(catalog, kRelease, core::rulesAgainst(kRelease, *rules()));
    }
    core::Result<ReleaseBlock> rollBack(const QString &serial,
                                        std::optional<core::Reason> reason = core::Reason::TrialCrashed) const
    {
        core::Verdict verdict{.outcome = core::Outcome::Reverted, .reason = reason};
        verdict.unit.identity.serialNumber = serial;
        verdict.unit.identity.hardwareId = "chip";
        return testing::finishLive(state::blockRolledBack(catalog, kRelease, verdict));
    }
};

} // namespace

class TestCatalogRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void aBenchHasACatalogOfItsOwnUnlessAFolderIsTold()
    {
        const auto told = QStringLiteral("/told");
        const auto bench = QStringLiteral("/bench");
        QCOMPARE(state::catalogFolder(told, {}), QStringLiteral("/told/catalog"));
        QCOMPARE(state::catalogFolder(told, bench), QStringLiteral("/told/catalog"));
        QCOMPARE(state::catalogFolder({}, bench), QStringLiteral("/bench/state/catalog"));
        QCOMPARE(state::catalogFolder({}, {}), state::stateFolder({}) + QStringLiteral("/catalog"));
    }

    void withoutACatalogThereAreNoRulesAndNoFolderIsMade()
    {
        const Shelf shelf;
        QVERIFY(shelf.rules()->blocks.isEmpty());
        QVERIFY(!QFileInfo::exists(shelf.catalog));
    }

    void aDamagedCatalogIsNotPassedOver()
    {
        const Shelf shelf;
        QVERIFY(shelf.rollBack(QStringLiteral("BM-1")));
        QFile database(shelf.catalog + QStringLiteral("/catalog.db"));
        QVERIFY(database.open(QIODevice::WriteOnly));
        database.write(QByteArray("not a database").repeated(400));
        database.close();
        QCOMPARE(shelf.rules().error().kind, core::ErrorKind::InvalidFile);
        QVERIFY(!shelf.rollBack(QStringLiteral("BM-2")));
    }

    void whatAUnitRolledBackIsBlockedForTheNext()
    {
        const Shelf shelf;
        const auto block = shelf.rollBack(QStringLiteral("BM-1"));
        QVERIFY2(block, block ? "" : qPrintable(block.error().detail));
        QCOMPARE(state::rollbackReason(*block), std::optional(core::Reason::TrialCrashed));
        const core::ReleaseRules rules = *shelf.rules();
        QVERIFY(rules.objectionTo(kRelease));
        QVERIFY(!rules.objectionTo(kRelease, QStringLiteral("BM-1")));
        core::ReleaseFacts rebuilt = kRelease;
        rebuilt.manifestDigest = QByteArray(32, '\xcd');
        QVERIFY(!rules.objectionTo(rebuilt));
    }

    void eachUnitThatRolledBackStandsThereOnce()
    {
        const Shelf shelf;
        for (const char *unit : {"BM-1", "BM-1", "BM-2"})
            QVERIFY(shelf.rollBack(QString::fromLatin1(unit)));
        QCOMPARE(shelf.rules()->blocks.size(), 2);
        QCOMPARE(shelf.lifting().size(), 1); // One command takes both back.
    }

    void aUnitWithoutASerialNumberIsCalledByItsChip()
    {
        const Shelf shelf;
        QCOMPARE(shelf.rollBack({}, {})->unit, QStringLiteral("63686970"));
        QCOMPARE(state::rollbackReason(shelf.rules()->blocks.constFirst()),
                 std::optional(core::Reason::RolledBack));
    }

    void onlyAnAutomaticBlockHasTheReasonOfAUnit()
    {
        ReleaseBlock block{.reason = QStringLiteral("rolled back: TRIAL_HUNG")};
        QCOMPARE(state::rollbackReason(block), std::nullopt);
        block.origin = RuleOrigin::RolledBackHere;
        QCOMPARE(state::rollbackReason(block), std::optional(core::Reason::TrialHung));
        block.reason = QStringLiteral("rolled back: OF_A_LATER_VERSION");
        QCOMPARE(state::rollbackReason(block), std::nullopt);
    }

    void theCommandsNameTheCatalogAndTheRule()
    {
        const core::ReleaseRules rules{{{.product = kRelease.product, .version = kRelease.version},
                                        {.manifestDigest = kRelease.manifestDigest}},
                                       {{kRelease.product, QStringLiteral("*"), {2, 0, 0, 0}},
                                        {kRelease.product, QStringLiteral("stable"), {3, 0, 0, 0}}}};
        const QStringList usual = state::liftingCommands(state::catalogFolder({}, {}), kRelease, rules);
        QCOMPARE(
            usual,
            QStringList({QStringLiteral("bootmend catalog unblock bench-sensor@1.2.0"),
                         QStringLiteral("bootmend catalog unblock ") + kDigest,
                         QStringLiteral("bootmend catalog minimum bench-sensor 1.2.0"),
                         QStringLiteral("bootmend catalog minimum bench-sensor 1.2.0 --channel stable")}));
        QCOMPARE(
            state::liftingCommands(QStringLiteral("/my bench's/state/catalog"), kRelease, rules).constFirst(),
            QStringLiteral("bootmend --state '/my bench'\\''s/state' catalog unblock bench-sensor@1.2.0"));
    }

    void whatASignedListSaysNoCommandTakesBack()
    {
        const ReleaseBlock own{.manifestDigest = kRelease.manifestDigest};
        const ReleaseBlock ofList{.product = kRelease.product, .origin = RuleOrigin::SignedList};
        const core::MinimumVersion minimum{
            kRelease.product, QStringLiteral("*"), {2, 0, 0, 0}, RuleOrigin::SignedList};
        QCOMPARE(state::liftingCommands({}, kRelease, {{own, ofList}, {}}), QStringList());
        QCOMPARE(state::liftingCommands({}, kRelease, {{own}, {minimum}}), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestCatalogRules)
#include "tst_catalog_rules.moc"
