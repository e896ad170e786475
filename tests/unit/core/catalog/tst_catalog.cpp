// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "tests/support/release_samples.h"

#include <QTemporaryDir>
#include <QTest>

using core::BlockList;
using core::Catalog;
using core::Reason;
using core::ReleaseBlock;
using core::RuleOrigin;
using Status = core::AddedRelease::Status;

namespace {

const QDateTime kNow(QDate(2026, 11, 27), QTime(12, 0), Qt::UTC);

template<class Value>
QString verdictOf(const core::Result<Value> &result)
{
    if (result)
        return QStringLiteral("accepted");
    return result.error().reason ? core::reasonCode(*result.error().reason) : result.error().detail;
}

bool damage(const QString &path)
{
    QFile file(path);
    return file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite)
        && file.seek(100) && file.putChar('#');
}

struct Shelf {
    QTemporaryDir scratch;
    test_support::SampleRelease sample;
    core::Result<Catalog> catalog = Catalog::open(folder());

    QString folder() const { return scratch.filePath(QStringLiteral("catalog")); }
    core::Result<core::AddedRelease> add()
    {
        if (const auto made = sample.create(QDir(scratch.path())); !made)
            return core::passOn(made.error());
        return catalog->add(scratch.filePath(QStringLiteral("release.bmb")), sample.store(), {kNow});
    }
    core::Result<core::AddedRelease> addVersion(quint16 patch)
    {
        sample.image.version.patch = patch;
        sample.manifest.replace(sample.manifest.indexOf("version: "), sample.manifest.indexOf('\n'),
                                "version: \"1.1." + QByteArray::number(patch) + '"');
        return add();
    }
    core::Result<BlockList> list(const QByteArray &text) const
    {
        auto list = core::draftBlockList(text, kNow);
        if (list)
            (void)core::addSignature(list->document, sample.releaseKey);
        return list;
    }
    QString import(const QByteArray &text)
    {
        return verdictOf(catalog->importList(*list(text), sample.store(), {kNow}));
    }
};

} // namespace

class TestCatalog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatItVerified()
    {
        Shelf shelf;
        const auto added = shelf.add();
        QVERIFY2(added.has_value(), qPrintable(verdictOf(added)));
        QCOMPARE(added->status, Status::New);
        QCOMPARE(shelf.add()->status, Status::AlreadyThere);
        const auto found = shelf.catalog->find(QStringLiteral("bench-sensor@1.1.0"));
        QCOMPARE(found->manifestDigest, added->release.manifestDigest);
        QCOMPARE(found->version, (core::Version{1, 1, 0, 0}));
        QCOMPARE(*shelf.catalog->notes(*found), QStringLiteral("# Notes\n"));
        const QString bundle = *shelf.catalog->bundlePath(*found);
        QVERIFY(!QFileInfo(bundle).isWritable() || !(QFile::permissions(bundle) & QFile::WriteOwner));
        QVERIFY(core::openBundle(bundle).has_value());
        const QString digest = QString::fromLatin1(found->manifestDigest.toHex());
        for (const QString &name : {digest, digest.left(8), digest.left(9), digest.left(9).toUpper()})
            QVERIFY2(shelf.catalog->find(name).has_value(), qPrintable(name));
        const QString next = QString::number(digest.mid(8, 1).toInt(nullptr, 16) ^ 1, 16);
        for (const QString &name : {digest.left(7), digest.left(8) + next, digest + u'0',
                                    digest.left(8) + u'x', digest.left(8) + u' ', QString()})
            QVERIFY2(!shelf.catalog->find(name).has_value(), qPrintable(name));
    }

    void refusesWhatNobodyTrusts()
    {
        Shelf shelf;
        const auto made = shelf.sample.create(QDir(shelf.scratch.path()), {*core::PrivateKey::generate()});
        QVERIFY(made.has_value());
        QCOMPARE(verdictOf(shelf.catalog->add(shelf.scratch.filePath(QStringLiteral("release.bmb")),
                                              shelf.sample.store(), {kNow})),
                 QStringLiteral("KEY_UNKNOWN"));
        QVERIFY(shelf.catalog->list()->isEmpty());
        QVERIFY(QDir(shelf.folder() + QStringLiteral("/incoming")).isEmpty());
        QVERIFY(QDir(shelf.folder() + QStringLiteral("/objects")).isEmpty());
    }

    void aReleaseIsImmutable()
    {
        Shelf shelf;
        QVERIFY(shelf.add().has_value());
        shelf.sample.manifest.replace("2030", "2031");
        QCOMPARE(verdictOf(shelf.add()), QStringLiteral("RELEASE_DIFFERS"));
        QCOMPARE(shelf.catalog->list()->size(), 1);
    }

    void takesTheSameReleaseWithMoreSignatures()
    {
        Shelf shelf;
        const auto first = shelf.add()->release;
        const auto second = *core::PrivateKey::generate();
        QVERIFY(
            shelf.sample.create(QDir(shelf.scratch.path()), {shelf.sample.releaseKey, second}).has_value());
        core::TrustStore store = shelf.sample.store();
        store.releaseKeys.append({second.publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
        const auto added =
            shelf.catalog->add(shelf.scratch.filePath(QStringLiteral("release.bmb")), store, {kNow});
        QCOMPARE(added->status, Status::Exchanged);
        QCOMPARE(shelf.catalog->list()->size(), 1);
        const auto found = *shelf.catalog->find(QStringLiteral("bench-sensor@1.1.0"));
        QCOMPARE(found.signedBy.size(), 2);
        QCOMPARE(found.manifestDigest, first.manifestDigest);
        QCOMPARE(core::openBundle(*shelf.catalog->bundlePath(found))->document.signatures.size(), 2);
        QVERIFY2(!shelf.catalog->bundlePath(first).has_value(), "the bundle that it replaced is gone");
    }

    void putsBackWhatIsMissingOrDamaged_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("missing") << false;
        QTest::newRow("damaged") << true;
    }

    void putsBackWhatIsMissingOrDamaged()
    {
        QFETCH(bool, isThere);
        Shelf shelf;
        const auto release = shelf.add()->release;
        const QString path = *shelf.catalog->bundlePath(release);
        if (isThere)
            QVERIFY(damage(path));
        else
            QVERIFY(QFile::remove(path));
        QCOMPARE(verdictOf(shelf.catalog->bundlePath(release)).contains(QStringLiteral("HASH_MISMATCH")),
                 isThere);

        const auto again = shelf.add();
        QVERIFY2(again.has_value(), qPrintable(verdictOf(again)));
        QCOMPARE(again->status, Status::Restored);
        QCOMPARE(verdictOf(shelf.catalog->bundlePath(release)), QStringLiteral("accepted"));
        QVERIFY(!(QFile::permissions(path) & QFile::WriteOwner));
        QVERIFY(QDir(shelf.folder() + QStringLiteral("/incoming")).isEmpty());
        QCOMPARE(shelf.catalog->list()->size(), 1);
        QCOMPARE(shelf.add()->status, Status::AlreadyThere);
    }

    void listsNewestFirstAndSearches()
    {
        Shelf shelf;
        shelf.sample.notes = "# Notes\nThe größte release so far\n";
        for (const quint16 patch : {9, 10, 2})
            QVERIFY(shelf.addVersion(patch).has_value());
        shelf.sample.manifest.replace("release_notes: \"notes.md\"\n", "");
        QVERIFY(shelf.addVersion(1).has_value());
        const auto all = *shelf.catalog->list();
        QCOMPARE(all.size(), 4);
        QCOMPARE(all.constFirst().version.patch, 10);
        QCOMPARE(shelf.catalog->list({.search = QStringLiteral("1.1.9")})->size(), 1);
        QCOMPARE(shelf.catalog->list({.search = QStringLiteral("NOTES")})->size(), 3);
        QCOMPARE(shelf.catalog->list({.search = QStringLiteral("GRÖßTE")})->size(), 3); // Not only in ASCII.
        QCOMPARE(shelf.catalog->list({.search = QStringLiteral("+SHA.4f")})->size(), 4);
        QCOMPARE(shelf.catalog->list({.search = QStringLiteral("%")})->size(), 0);
        QCOMPARE(shelf.catalog->list({.channel = QStringLiteral("stable")})->size(), 4);
        QCOMPARE(shelf.catalog->list({.channel = QStringLiteral("dev")})->size(), 0);
        QCOMPARE(shelf.catalog->list({.product = QStringLiteral("lamp")})->size(), 0);
    }

    void prunesButKeepsEvidence()
    {
        Shelf shelf;
        for (const quint16 patch : {1, 2, 3, 4})
            QVERIFY(shelf.addVersion(patch).has_value());
        const auto all = *shelf.catalog->list();
        QVERIFY(shelf.catalog
                    ->block({.manifestDigest = all.last().manifestDigest,
                             .reason = QStringLiteral("crash"),
                             .origin = RuleOrigin::RolledBackHere})
                    .has_value());
        QVERIFY(shelf.catalog
                    ->block({.product = QStringLiteral("bench-sensor"),
                             .version = core::Version{1, 1, 4, 0},
                             .reason = QStringLiteral("no")})
                    .has_value());
        QCOMPARE(shelf.catalog->prune(1, Catalog::Pruning::Try)->size(), 1);
        QCOMPARE(shelf.catalog->list()->size(), 4);
        const auto gone = shelf.catalog->prune(1, Catalog::Pruning::Do);
        QVERIFY2(gone.has_value(), qPrintable(verdictOf(gone)));
        QCOMPARE(gone->constFirst().version.patch, 2);
        QCOMPARE(shelf.catalog->list()->size(), 3);
        QVERIFY(!shelf.catalog->bundlePath(gone->constFirst()).has_value());
        QVERIFY(QDir(shelf.folder() + QStringLiteral("/incoming")).isEmpty());
    }

    void blocksAndUnblocks()
    {
        Shelf shelf;
        const auto facts = shelf.add()->release.facts();
        QVERIFY(!shelf.catalog->rules()->objectionTo(facts));
        QVERIFY(shelf.catalog
                    ->block({.product = QStringLiteral("bench-sensor"),
                             .version = facts.version,
                             .reason = QStringLiteral("smells"),
                             .since = kNow})
                    .has_value());
        QVERIFY(shelf.catalog
                    ->block({.manifestDigest = facts.manifestDigest,
                             .reason = QStringLiteral("crash"),
                             .origin = RuleOrigin::RolledBackHere,
                             .unit = QStringLiteral("SN1")})
                    .has_value());
        const auto objection = Catalog::rulesIn(shelf.folder())->objectionTo(facts);
        QVERIFY(objection && objection->reason == Reason::BuildBlocked);
        core::ReleaseFacts other = facts;
        other.manifestDigest = QByteArray(32, 'x');
        other.version.patch = 9;
        QVERIFY(!shelf.catalog->rules()->objectionTo(other));
        QCOMPARE(*shelf.catalog->unblock(facts), 2);
        QVERIFY(!shelf.catalog->rules()->objectionTo(facts));
    }

    /// The catalog need not hold the release: its digest, or product and version, are enough.
    void liftsTheBlockOfAReleaseThatIsNotThere()
    {
        Shelf shelf;
        const ReleaseBlock block{.product = QStringLiteral("lamp"),
                                 .version = core::Version{1, 2, 0, 0},
                                 .manifestDigest = QByteArray(32, 'a'),
                                 .origin = RuleOrigin::RolledBackHere};
        const core::ReleaseFacts byName{block.product, {}, *block.version, {}};
        const core::ReleaseFacts byDigest{{}, {}, {}, block.manifestDigest};
        for (const core::ReleaseFacts &facts : {byName, byDigest}) {
            QVERIFY(shelf.catalog->block(block).has_value());
            QCOMPARE(*shelf.catalog->unblock({block.product, {}, {1, 3, 0, 0}, {}}), 0);
            QCOMPARE(*shelf.catalog->unblock({{}, {}, {}, QByteArray(32, 'b')}), 0);
            QCOMPARE(*shelf.catalog->unblock(facts), 1);
        }
    }

    void keepsAReleaseWithoutNotes()
    {
        Shelf shelf;
        shelf.sample.manifest.replace("release_notes: \"notes.md\"\n", "");
        const auto added = shelf.add();
        QVERIFY2(added.has_value(), qPrintable(verdictOf(added)));
    }

    void forgivesAUnitOnlyItsOwnRollback()
    {
        const core::ReleaseFacts facts{
            QStringLiteral("lamp"), QStringLiteral("stable"), {}, QByteArray(32, 'a')};
        core::ReleaseRules rules;
        rules.blocks.append({.manifestDigest = facts.manifestDigest,
                             .origin = RuleOrigin::RolledBackHere,
                             .unit = QStringLiteral("SN1")});
        QVERIFY(rules.objectionTo(facts));
        QVERIFY(!rules.objectionTo(facts, QStringLiteral("SN1")));
        QVERIFY(rules.objectionTo(facts, QStringLiteral("SN2")));
        rules.blocks[0].origin = RuleOrigin::Local;
        QVERIFY(rules.objectionTo(facts, QStringLiteral("SN1")));
    }

    void knowsMinimumVersions()
    {
        Shelf shelf;
        const auto facts = shelf.add()->release.facts();
        const auto reason = [&] {
            const auto objection = shelf.catalog->rules()->objectionTo(facts);
            return objection ? core::reasonCode(objection->reason) : QString();
        };
        QVERIFY(shelf.catalog->setMinimum({facts.product, QStringLiteral("dev"), {9, 0, 0, 0}}).has_value());
        QCOMPARE(reason(), QString());
        QVERIFY(shelf.catalog->setMinimum({facts.product, QStringLiteral("*"), {1, 1, 1, 0}}).has_value());
        QCOMPARE(reason(), QStringLiteral("BELOW_MINIMUM_VERSION"));
        QVERIFY(shelf.catalog->setMinimum({facts.product, QStringLiteral("*"), {1, 1, 0, 0}}).has_value());
        QCOMPARE(reason(), QString());
    }

    void aSignedListWins()
    {
        Shelf shelf;
        const auto facts = shelf.add()->release.facts();
        const QByteArray block =
            R"("blocks":[{"product":"bench-sensor","version":"1.1.0","reason":"melts"}]})";
        QCOMPARE(shelf.import(R"({"version":2,)" + block), QStringLiteral("accepted"));
        QCOMPARE(verdictOf(shelf.catalog->unblock(facts)), QStringLiteral("BLOCKED_BY_LIST"));
        QVERIFY(shelf.catalog->rules()->objectionTo(facts));
        QCOMPARE(shelf.import(R"({"version":2,)" + block), QStringLiteral("LIST_REPLAYED"));
        QCOMPARE(shelf.import(R"({"version":1,"products":["bench-sensor"]})"),
                 QStringLiteral("LIST_REPLAYED"));
        QCOMPARE(shelf.import(R"({"version":3,"products":["lamp"]})"), QStringLiteral("accepted"));
        QVERIFY(shelf.catalog->rules()->objectionTo(facts)); // That list was about another product.
        QCOMPARE(shelf.import(R"({"version":3,"products":["bench-sensor"]})"), QStringLiteral("accepted"));
        QVERIFY(!shelf.catalog->rules()->objectionTo(facts));
    }

    void aListNeedsThoseWhoMayRelease()
    {
        Shelf shelf;
        const auto list = shelf.list(R"({"version":1,"products":["lamp"]})");
        core::TrustStore store = shelf.sample.store();
        const auto verdict = [&] { return verdictOf(core::checkSigners(*list, store, {kNow})); };
        QCOMPARE(verdict(), QStringLiteral("accepted"));
        store.releaseKeys[0].channels = QStringList{QStringLiteral("stable")};
        QCOMPARE(verdict(), QStringLiteral("KEY_UNKNOWN")); // The list is for every channel.
        store = shelf.sample.store();
        store.releaseThresholds.append({{QStringLiteral("stable")}, {QStringLiteral("*")}, 2});
        QCOMPARE(verdict(), QStringLiteral("THRESHOLD_NOT_MET"));
        store = shelf.sample.store();
        store.releaseKeys[0].products = QStringList{QStringLiteral("bench-*")};
        QCOMPARE(verdict(), QStringLiteral("KEY_UNKNOWN"));
        auto altered = core::parseBlockList(core::toBytes(list->document)->replace("lamp", "lamb"));
        QCOMPARE(verdictOf(core::checkSigners(*altered, shelf.sample.store(), {kNow})),
                 QStringLiteral("SIGNATURE_INVALID"));
        QCOMPARE(
            verdictOf(core::checkSigners(*core::draftBlockList(R"({"version":1,"products":["lamp"]})", kNow),
                                         shelf.sample.store(), {kNow})),
            QStringLiteral("SIGNATURE_INVALID"));
    }

    void refusesMalformedLists()
    {
        for (const char *text : {"[]", "{}", R"({"version":0,"products":["a"]})", R"({"version":1})",
                                 R"({"version":1,"products":["a"],"more":1})",
                                 R"({"version":1,"blocks":[{"product":"a","reason":"x"}]})",
                                 R"({"version":1,"blocks":[{"product":"a","version":"1.0.0"}]})"})
            QVERIFY2(!core::draftBlockList(text, kNow).has_value(), text);
    }

    void leavesADatabaseAloneThatItCannotRead_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::newRow("garbage") << QByteArray();
        QTest::newRow("newer") << QByteArray("PRAGMA user_version = 99");
        QTest::newRow("foreign") << QByteArray("PRAGMA application_id = 1");
    }

    void leavesADatabaseAloneThatItCannotRead()
    {
        QFETCH(QByteArray, statement);
        Shelf shelf;
        const QString path = shelf.folder() + QStringLiteral("/catalog.db");
        if (statement.isEmpty())
            QVERIFY(core::replaceFile(path, QByteArray(8192, '#')).has_value());
        else
            QVERIFY(core::Database::open(path)->run(QString::fromLatin1(statement)).has_value());
        const QByteArray before = *core::readWholeFile(path, 1 << 20);
        const auto opened = Catalog::open(shelf.folder());
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().kind, core::ErrorKind::InvalidFile);
        QCOMPARE(*core::readWholeFile(path, 1 << 20), before);
        QVERIFY(!Catalog::rulesIn(shelf.folder()).has_value());
    }

    void aComputerWithoutACatalogHasNoRules()
    {
        const QTemporaryDir folder;
        QVERIFY(Catalog::rulesIn(folder.filePath(QStringLiteral("none")))->blocks.isEmpty());
        QVERIFY(QDir(folder.path()).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
