// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_access.h"
#include "core/catalog/catalog.h"

#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <sqlite3.h>

using core::Catalog;

namespace {

// The schemas that were, as the programs of their time wrote them.
constexpr auto kFirst = "CREATE TABLE releases (id INTEGER PRIMARY KEY, product TEXT NOT NULL, version TEXT "
                        "NOT NULL, build TEXT NOT NULL, "
                        "channel TEXT NOT NULL, rollback_index INTEGER NOT NULL, manifest BLOB NOT NULL, "
                        "object BLOB NOT NULL UNIQUE, "
                        "size INTEGER NOT NULL, signed_by TEXT NOT NULL, added INTEGER NOT NULL, UNIQUE "
                        "(product, version, build));"
                        "CREATE TABLE notes (release INTEGER PRIMARY KEY REFERENCES releases ON DELETE "
                        "CASCADE, content TEXT NOT NULL);"
                        "INSERT INTO releases VALUES (1, 'lamp', '0102000300000000', 'b', 'stable', 7, "
                        "zeroblob(32), zeroblob(32), 9, 'k', "
                        "1800000000);"
                        "INSERT INTO notes VALUES (1, 'brighter');"
                        "PRAGMA application_id = 1112359745;";
constexpr auto kSecond =
    "CREATE TABLE lists (product TEXT NOT NULL, channel TEXT NOT NULL, version INTEGER NOT NULL, "
    "PRIMARY KEY (product, channel));"
    "CREATE TABLE blocks (product TEXT NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, manifest BLOB "
    "NOT NULL, "
    "reason TEXT NOT NULL, origin INTEGER NOT NULL, unit TEXT NOT NULL, since INTEGER NOT NULL);"
    "CREATE TABLE minimums (product TEXT NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, "
    "origin INTEGER NOT NULL, PRIMARY KEY (product, channel, origin));"
    "INSERT INTO blocks VALUES ('lamp', '*', '0102000300000000', x'', 'too bright', 0, '', 1800000000);";

bool execute(const QString &path, const QByteArray &statements)
{
    sqlite3 *database = nullptr;
    const bool isDone = sqlite3_open(qPrintable(path), &database) == SQLITE_OK
        && sqlite3_exec(database, statements.constData(), nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    return isDone;
}

int schemaOf(const QString &path)
{
    // user_version: SQLite file format, offset 60.
    const auto bytes = core::readWholeFile(path, 1 << 20);
    return bytes && bytes->size() > 64 ? int(qFromBigEndian<quint32>(bytes->constData() + 60)) : -1;
}

} // namespace

/// Databases of other versions of the program.
class TestCatalogSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bringsOlderOnesUpToDate_data()
    {
        QTest::addColumn<QByteArray>("statements");
        QTest::addColumn<int>("blocks");
        QTest::newRow("1") << QByteArray(kFirst) + "PRAGMA user_version = 1" << 0;
        QTest::newRow("2") << QByteArray(kFirst) + kSecond + "PRAGMA user_version = 2" << 1;
    }

    void bringsOlderOnesUpToDate()
    {
        QFETCH(QByteArray, statements);
        QFETCH(int, blocks);
        const QTemporaryDir folder, fresh;
        const QString path = databaseIn(folder);
        QVERIFY(execute(path, statements));
        auto catalog = Catalog::open(folder.path());
        QVERIFY2(catalog.has_value(), qPrintable(catalog ? QString() : catalog.error().detail));
        QVERIFY(Catalog::open(fresh.path()).has_value());
        QCOMPARE(schemaOf(path), schemaOf(databaseIn(fresh)));
        QCOMPARE(tablesOf(path), tablesOf(databaseIn(fresh)));

        const auto release = catalog->find(QStringLiteral("lamp@1.2.3"));
        QVERIFY(release.has_value());
        QCOMPARE(*catalog->notes(*release), QStringLiteral("brighter"));
        QVERIFY(catalog->find(QString(64, u'0')).has_value());
        QCOMPARE(catalog->rules()->objectionTo(release->facts()).has_value(), blocks > 0);
        QVERIFY(catalog->block({.product = QStringLiteral("lamp"), .version = release->version}).has_value());
        QCOMPARE(catalog->rules()->blocks.size(), blocks + 1);
    }

    void leavesNewerOnesAsTheyAre_data()
    {
        QTest::addColumn<QByteArray>("statements");
        QTest::newRow("newer") << QByteArray("PRAGMA user_version = 99");
        QTest::newRow("newer, with another journal")
            << QByteArray("PRAGMA user_version = 99; PRAGMA journal_mode = WAL");
        QTest::newRow("newer, without our tables") << QByteArray(
            "PRAGMA user_version = 99; PRAGMA foreign_keys = OFF; DROP TABLE notes; DROP TABLE releases");
    }

    void leavesNewerOnesAsTheyAre()
    {
        QFETCH(QByteArray, statements);
        const QTemporaryDir folder;
        const QString path = databaseIn(folder);
        QVERIFY(Catalog::open(folder.path()).has_value());
        QVERIFY(execute(path, statements));
        const QByteArray before = *core::readWholeFile(path, 1 << 20);

        const auto opened = Catalog::open(folder.path());
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().kind, core::ErrorKind::InvalidFile);
        QVERIFY2(opened.error().detail.contains(QStringLiteral("newer Bootmend: its schema is 99")),
                 qPrintable(opened.error().detail));
        QCOMPARE(Catalog::rulesIn(folder.path()).has_value(), false);
        QCOMPARE(*core::readWholeFile(path, 1 << 20), before);
    }

private:
    static QString databaseIn(const QTemporaryDir &folder)
    {
        return folder.filePath(QStringLiteral("catalog.db"));
    }

    static QStringList tablesOf(const QString &path)
    {
        const auto database = core::Database::open(path);
        auto query =
            database->run(QStringLiteral("SELECT sql FROM sqlite_master WHERE sql <> '' ORDER BY name"));
        QStringList tables;
        while (query && query->next())
            tables.append(query->value(0).toString());
        return tables;
    }
};

QTEST_GUILESS_MAIN(TestCatalogSchema)
#include "tst_catalog_schema.moc"
