// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "core/catalog/sql_values.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <ctime>
#include <sqlite3.h>

using core::Catalog;

namespace {

constexpr int kReleases = 10'000;
constexpr int kBlocks = 500;
constexpr int kMinimums = 40;
constexpr int kRounds = 9;
constexpr int kLookups = 200;
constexpr double kMostMore = 100; // ms, of opening and reading over what SQLite takes for the same rows
constexpr double kLeastRatio = 100; // of reading all to finding one: no look-up reads all rows

/// The processor's work in milliseconds, which other programs do not lengthen.
double workOf(const std::function<void()> &job)
{
    const std::clock_t begin = std::clock();
    job();
    return 1000.0 * double(std::clock() - begin) / CLOCKS_PER_SEC;
}

QByteArray digest(const char *of, int number)
{
    return QCryptographicHash::hash(of + QByteArray::number(number), QCryptographicHash::Sha256);
}

QString product(int number)
{
    return QStringLiteral("product-%1").arg(number % 20);
}

core::Version version(int number)
{
    return {quint8(1 + number / 5000), quint8(number / 100 % 50), quint16(number % 100), 0};
}

/// What SQLite does for a statement all by itself: each value of each row is taken out. The number of rows,
/// or -1.
int readRows(sqlite3 *database, const char *statement)
{
    sqlite3_stmt *rows = nullptr;
    if (sqlite3_prepare_v2(database, statement, -1, &rows, nullptr) != SQLITE_OK)
        return -1;
    int count = 0;
    int result = 0;
    for (; (result = sqlite3_step(rows)) == SQLITE_ROW; ++count) {
        for (int column = 0; column < sqlite3_column_count(rows); ++column) {
            if (sqlite3_column_type(rows, column) == SQLITE_INTEGER)
                (void)sqlite3_column_int64(rows, column);
            else
                (void)sqlite3_column_blob(rows, column);
        }
    }
    sqlite3_finalize(rows);
    return result == SQLITE_DONE ? count : -1;
}

int readBySqlite(const QString &path)
{
    sqlite3 *database = nullptr;
    int count = -1;
    if (sqlite3_open_v2(qPrintable(path), &database, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK)
        count = readRows(database,
                         "SELECT product, version, build, channel, rollback_index, manifest, object, size, "
                         "signed_by, added FROM releases ORDER BY version DESC, added DESC, id DESC")
            + readRows(database, "SELECT * FROM blocks ORDER BY origin DESC, rowid")
            + readRows(database, "SELECT * FROM minimums ORDER BY product, channel, origin");
    sqlite3_close(database);
    return count;
}

int readByCatalog(const QString &folder)
{
    const auto catalog = Catalog::open(folder);
    const auto releases = catalog ? catalog->list() : core::passOn(catalog.error());
    const auto rules = catalog ? catalog->rules() : core::passOn(catalog.error());
    return releases && rules ? int(releases->size() + rules->blocks.size() + rules->minimums.size()) : -1;
}

} // namespace

/// What a catalog of 10,000 releases costs. Its rows are written by SQL: 10,000 signed bundles would take
/// minutes, and no bundle is read here.
class TestCatalogOpening : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(Catalog::open(m_folder.path()).has_value());
        const auto database = core::Database::open(databasePath());
        QVERIFY(database && database->begin());
        for (int number = 0; number < kReleases; ++number)
            addRelease(*database, number);
        for (int number = 0; number < kBlocks; ++number)
            run(*database, QStringLiteral("INSERT INTO blocks VALUES (?,'*',?,?,?,?,'SN1',?)"),
                {product(number), core::sql::text(version(number)), digest("manifest", number),
                 QStringLiteral("battery drains"), number % 3, 1'800'000'000 + number});
        for (int number = 0; number < kMinimums; ++number)
            run(*database, QStringLiteral("INSERT INTO minimums VALUES (?,'*',?,?)"),
                {product(number), core::sql::text(version(number)), number / 20});
        QVERIFY(database->commit().has_value());
    }

    void opensQuickly()
    {
        QList<double> bySqlite, byCatalog;
        for (int round = 0; round < kRounds; ++round) {
            int rows = 0;
            bySqlite.append(workOf([&] { rows = readBySqlite(databasePath()); }));
            QCOMPARE(rows, kReleases + kBlocks + kMinimums);
            byCatalog.append(workOf([&] { rows = readByCatalog(m_folder.path()); }));
            QCOMPARE(rows, kReleases + kBlocks + kMinimums);
        }
        std::sort(bySqlite.begin(), bySqlite.end());
        std::sort(byCatalog.begin(), byCatalog.end());
        m_readAll = byCatalog.first();
        const double more = byCatalog.first() - bySqlite.first();
        qInfo("opening %d releases and reading them with the rules: SQLite alone %.1f ms (median %.1f), the "
              "catalog "
              "%.1f ms (median %.1f); %.1f ms more (at most %.0f)",
              kReleases, bySqlite.first(), bySqlite.at(kRounds / 2), byCatalog.first(),
              byCatalog.at(kRounds / 2), more, kMostMore);
        QVERIFY(bySqlite.first() > 0);
        QVERIFY(more < kMostMore);
    }

    void findsOneWithoutReadingAll_data()
    {
        QTest::addColumn<bool>("isByDigest");
        QTest::newRow("by the beginning of the digest") << true;
        QTest::newRow("by product and version") << false;
    }

    void findsOneWithoutReadingAll()
    {
        QFETCH(bool, isByDigest);
        const auto catalog = Catalog::open(m_folder.path());
        int found = 0;
        const double work = workOf([&] {
            for (int number = 0; number < kLookups; ++number) {
                const QString name = isByDigest
                    ? QString::fromLatin1(digest("manifest", number).toHex().left(12))
                    : product(number) + u'@' + core::toText(version(number));
                const auto release = catalog->find(name);
                found += release && release->manifestDigest == digest("manifest", number) ? 1 : 0;
            }
        });
        QCOMPARE(found, kLookups);
        qInfo("finding one: %.3f ms; reading all: %.1f ms (at least %.0f times as much)", work / kLookups,
              m_readAll, kLeastRatio);
        QVERIFY(m_readAll / (work / kLookups) > kLeastRatio);
    }

    void searches()
    {
        const auto catalog = Catalog::open(m_folder.path());
        qsizetype found = 0;
        const double work =
            workOf([&] { found = catalog->list({.search = QStringLiteral("NUMBER 4242.")})->size(); });
        QCOMPARE(found, 1);
        qInfo("searching the notes of all: %.1f ms", work);
    }

private:
    QString databasePath() const { return m_folder.filePath(QStringLiteral("catalog.db")); }

    static void run(const core::Database &database, const QString &statement, const QVariantList &values)
    {
        const auto done = database.run(statement, values);
        QVERIFY2(done.has_value(), qPrintable(done ? QString() : done.error().detail));
    }

    static void addRelease(const core::Database &database, int number)
    {
        run(database, QStringLiteral("INSERT INTO releases VALUES (?,?,?,?,?,?,?,?,?,?,?)"),
            {number + 1, product(number), core::sql::text(version(number)),
             QStringLiteral("2026-11-21+sha.%1").arg(number, 7, 16, QLatin1Char('0')),
             QStringLiteral("stable"), number, digest("manifest", number), digest("object", number),
             300'000 + number, QString::fromLatin1(digest("key", number % 3).toHex()),
             1'800'000'000 + number});
        const QString notes = QStringLiteral("# Notes\nThis is release number %1.\n").arg(number);
        run(database, QStringLiteral("INSERT INTO notes VALUES (?,?)"),
            {number + 1, notes + QStringLiteral("- A line about what is new in it.\n").repeated(20)});
    }

    QTemporaryDir m_folder;
    double m_readAll = 0; // ms
};

QTEST_GUILESS_MAIN(TestCatalogOpening)
#include "tst_catalog_opening.moc"
