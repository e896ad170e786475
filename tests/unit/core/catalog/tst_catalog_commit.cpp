// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "tests/support/release_samples.h"

#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

using core::Catalog;

namespace {

// SQLite commits by removing its journal, and syncs the folder after that. Its own system layer, with
// failures of that last step on demand (sqlite.org/vfs.html).
sqlite3_vfs *realLayer = nullptr;
int failuresLeft = 0;
bool isJournalRemoved = false; // by a removal that fails

int failingDelete(sqlite3_vfs *, const char *name, int syncsFolder)
{
    if (failuresLeft == 0)
        return realLayer->xDelete(realLayer, name, syncsFolder);
    --failuresLeft;
    if (!isJournalRemoved)
        return SQLITE_IOERR_DELETE;
    const int removed = realLayer->xDelete(realLayer, name, 0);
    return removed == SQLITE_OK ? SQLITE_IOERR_DIR_FSYNC : removed;
}

int countFiles(const QString &folder)
{
    int count = 0;
    for (QDirIterator found(folder, QDir::Files, QDirIterator::Subdirectories); found.hasNext(); found.next())
        ++count;
    return count;
}

} // namespace

/// A commit that fails may have been kept or not; the catalog is whole either way.
class TestCatalogCommit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        static sqlite3_vfs layer;
        realLayer = sqlite3_vfs_find(nullptr);
        layer = *realLayer;
        layer.zName = "failing";
        layer.xDelete = failingDelete;
        QCOMPARE(sqlite3_vfs_register(&layer, 1), SQLITE_OK);
        QVERIFY(m_sample.create(QDir(m_scratch.path())).has_value());
    }

    void init() { failuresLeft = 0; }

    void aFailedCommitLeavesAllOrNothing_data()
    {
        QTest::addColumn<bool>("isRemoved");
        QTest::addColumn<int>("failures");
        QTest::addColumn<int>("releases");
        QTest::newRow("the journal is gone, and the folder cannot be synced") << true << 1 << 1;
        QTest::newRow("the journal stays for a moment") << false << 1 << 0;
        QTest::newRow("the journal stays until the next opening") << false << 100 << 0;
    }

    void aFailedCommitLeavesAllOrNothing()
    {
        QFETCH(bool, isRemoved);
        QFETCH(int, failures);
        QFETCH(int, releases);
        const QTemporaryDir folder;
        {
            auto catalog = Catalog::open(folder.path());
            QVERIFY(catalog.has_value());
            isJournalRemoved = isRemoved;
            failuresLeft = failures;
            const auto added = add(*catalog);
            QVERIFY(!added.has_value());
            QCOMPARE(added.error().kind, core::ErrorKind::FileFailed);
            QVERIFY(failuresLeft < failures);
        }
        failuresLeft = 0;
        QCOMPARE(countFiles(folder.filePath(QStringLiteral("objects"))),
                 1); // Whose it is, nobody looked yet.

        auto catalog = Catalog::open(folder.path());
        QVERIFY2(catalog.has_value(), qPrintable(catalog ? QString() : catalog.error().detail));
        const auto found = *catalog->list();
        QCOMPARE(found.size(), releases);
        for (const core::CatalogRelease &release : found)
            QVERIFY(catalog->bundlePath(release).has_value());
        QCOMPARE(countFiles(folder.filePath(QStringLiteral("objects"))), releases);
        QCOMPARE(countFiles(folder.filePath(QStringLiteral("incoming"))), 0);
        QVERIFY(add(*catalog).has_value());
        QCOMPARE(catalog->list()->size(), 1);
    }

private:
    core::Result<core::AddedRelease> add(Catalog &catalog)
    {
        return catalog.add(m_scratch.filePath(QStringLiteral("release.bmb")), m_sample.store(),
                           {QDateTime::currentDateTimeUtc()});
    }

    QTemporaryDir m_scratch;
    test_support::SampleRelease m_sample;
};

QTEST_GUILESS_MAIN(TestCatalogCommit)
#include "tst_catalog_commit.moc"
