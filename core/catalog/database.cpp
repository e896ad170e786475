// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/database.h"

#include <QSqlError>
#include <QUuid>

#include <array>

namespace core {

namespace {

constexpr int kApplicationId = 0x424d4341; // "BMCA" in the file's header (SQLite file format, offset 68)
constexpr int kCorrupt = 11; // SQLite's result codes (sqlite.org/rescode.html)
constexpr int kNotADatabase = 26;

// One entry for each version of the schema, which brings the one before up to it. Never changed: only added
// to.
const std::array kMigrations{
    QStringLiteral(
        "CREATE TABLE releases (id INTEGER PRIMARY KEY, product TEXT NOT NULL, version TEXT NOT NULL, "
        "build TEXT NOT NULL, channel TEXT NOT NULL, rollback_index INTEGER NOT NULL, "
        "manifest BLOB NOT NULL, object BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, "
        "signed_by TEXT NOT NULL, added INTEGER NOT NULL, UNIQUE (product, version, build));"
        "CREATE TABLE notes (release INTEGER PRIMARY KEY REFERENCES releases ON DELETE CASCADE, "
        "content TEXT NOT NULL)"),
    QStringLiteral(
        "CREATE TABLE lists (product TEXT NOT NULL, channel TEXT NOT NULL, version INTEGER NOT NULL, "
        "PRIMARY KEY (product, channel));"
        "CREATE TABLE blocks (product TEXT NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, "
        "manifest BLOB NOT NULL, reason TEXT NOT NULL, origin INTEGER NOT NULL, unit TEXT NOT NULL, "
        "since INTEGER NOT NULL);"
        "CREATE TABLE minimums (product TEXT NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, "
        "origin INTEGER NOT NULL, PRIMARY KEY (product, channel, origin))"),
    QStringLiteral("CREATE INDEX releases_by_manifest ON releases (manifest)"),
};

tl::unexpected<Error> failed(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff; // The rest is detail of SQLite's own.
    const bool isDamaged = code == kCorrupt || code == kNotADatabase;
    return fail(isDamaged ? ErrorKind::InvalidFile : ErrorKind::FileFailed,
                QStringLiteral("the catalog's database: %1").arg(error.text()));
}

} // namespace

Result<Database> Database::open(const QString &path)
{
    const QString name = QUuid::createUuid().toString();
    Database database(name);
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    connection.setConnectOptions(
        QStringLiteral("QSQLITE_BUSY_TIMEOUT=60000")); // Adding 4 GiB takes its time.
    connection.setDatabaseName(path);
    if (!connection.open())
        return failed(connection.lastError());
    if (auto prepared = database.prepare(); !prepared)
        return passOn(prepared.error(), QStringLiteral("opening %1").arg(path));
    return database;
}

Database::~Database()
{
    if (!m_name.isEmpty())
        QSqlDatabase::removeDatabase(m_name);
}

Result<QSqlQuery> Database::run(const QString &statement, const QVariantList &values) const
{
    QSqlQuery query(QSqlDatabase::database(m_name));
    query.setForwardOnly(true);
    if (!query.prepare(statement))
        return failed(query.lastError());
    for (const QVariant &value : values)
        query.addBindValue(value);
    if (!query.exec())
        return failed(query.lastError());
    return query;
}

Result<Done> Database::begin(Waiting waiting) const
{
    const QString timeout = QStringLiteral("PRAGMA busy_timeout = %1");
    if (waiting == Waiting::No) {
        if (auto set = run(timeout.arg(0)); !set)
            return passOn(set.error());
    }
    const auto begun = run(QStringLiteral("BEGIN IMMEDIATE"));
    if (waiting == Waiting::No) {
        if (auto set = run(timeout.arg(60'000)); !set)
            return passOn(set.error());
    }
    return begun ? Result<Done>(Done{}) : passOn(begun.error());
}

Result<Done> Database::commit() const
{
    const auto committed = run(QStringLiteral("COMMIT"));
    if (committed)
        return Done{};
    rollBack();
    return passOn(committed.error());
}

void Database::rollBack() const
{
    (void)run(QStringLiteral("ROLLBACK")); // Whoever asks has a failure of his own to tell.
}

Result<Done> Database::prepare() const
{
    // First of all, as the journal's mode is written into the file: one that is not for us stays as it is.
    const auto version = schema();
    if (!version)
        return passOn(version.error());
    // DELETE and not WAL: one file when nobody writes, which can be copied, and which a network share can
    // hold. EXTRA is FULL and a sync of the folder after the journal is gone: a block that was told counts
    // after a cut.
    for (const char *pragma : {"foreign_keys = ON", "journal_mode = DELETE", "synchronous = EXTRA"}) {
        if (auto set = run(QStringLiteral("PRAGMA ") + QLatin1String(pragma)); !set)
            return passOn(set.error());
    }
    return *version < int(kMigrations.size()) ? migrate(*version) : Done{};
}

Result<int> Database::schema() const
{
    const auto number = [this](const QString &statement) -> Result<int> {
        auto query = run(statement);
        if (!query)
            return passOn(query.error());
        return query->next() ? query->value(0).toInt() : 0;
    };
    // The tables first: where another process has just made them, their number would be of after that, and
    // what was read before it would look like a database of another program.
    const auto tables = number(QStringLiteral("SELECT count(*) FROM sqlite_master"));
    const auto application = number(QStringLiteral("PRAGMA application_id"));
    const auto version = number(QStringLiteral("PRAGMA user_version"));
    if (!tables || !application || !version)
        return passOn(!tables ? tables.error() : !application ? application.error() : version.error());
    if (*tables > 0 && *application != kApplicationId)
        return fail(ErrorKind::InvalidFile, QStringLiteral("a database of another program"));
    if (*version > int(kMigrations.size()))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("written by a newer Bootmend: its schema is %1, and this program knows %2")
                        .arg(*version)
                        .arg(kMigrations.size()));
    return version;
}

Result<Done> Database::migrate(int from) const
{
    if (auto begun = begin(); !begun)
        return begun;
    QStringList statements;
    for (std::size_t version = from; version < kMigrations.size(); ++version)
        statements += kMigrations.at(version).split(u';');
    statements += QStringLiteral("PRAGMA application_id = %1").arg(kApplicationId);
    statements += QStringLiteral("PRAGMA user_version = %1").arg(kMigrations.size());
    // Another process may have been quicker.
    auto now = run(QStringLiteral("PRAGMA user_version"));
    const bool isDone = now && now->next() && now->value(0).toInt() != from;
    if (now)
        now->finish();
    for (const QString &statement : isDone ? QStringList() : statements) {
        if (auto done = run(statement); !done) {
            rollBack();
            return passOn(done.error());
        }
    }
    return commit();
}

} // namespace core
