// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "core/catalog/sql_values.h"

namespace core {

namespace {

Result<Done> done(const Result<QSqlQuery> &query)
{
    return query ? Result<Done>(Done{}) : passOn(query.error());
}

Result<Done> insertBlock(const Database &database, const ReleaseBlock &block)
{
    // An empty text or digest is not null: no column may be.
    const QByteArray digest = block.manifestDigest.isEmpty() ? QByteArray("") : block.manifestDigest;
    const auto text = [](const QString &value) { return value.isNull() ? QStringLiteral("") : value; };
    return done(database.run(
        QStringLiteral("INSERT INTO blocks VALUES (?,?,?,?,?,?,?,?)"),
        {text(block.product), block.channel, block.version ? sql::text(*block.version) : QStringLiteral(""),
         digest, text(block.reason), int(block.origin), text(block.unit), block.since.toSecsSinceEpoch()}));
}

Result<Done> insertMinimum(const Database &database, const MinimumVersion &minimum)
{
    return done(
        database.run(QStringLiteral("INSERT OR REPLACE INTO minimums VALUES (?,?,?,?)"),
                     {minimum.product, minimum.channel, sql::text(minimum.version), int(minimum.origin)}));
}

Result<Done> replaceScope(const Database &database, const BlockList &list, const QString &product)
{
    auto before = database.run(QStringLiteral("SELECT version FROM lists WHERE product = ? AND channel = ?"),
                               {product, list.channel});
    if (!before)
        return passOn(before.error());
    const qint64 known = before->next() ? before->value(0).toLongLong() : 0;
    before->finish();
    if (list.version <= known)
        return fail(ErrorKind::Untrusted, Reason::ListReplayed,
                    QStringLiteral("version %1 for %2, channel %3, is known, and this is version %4")
                        .arg(known)
                        .arg(product, list.channel)
                        .arg(list.version));
    for (const char *table : {"blocks", "minimums"}) {
        const auto gone =
            database.run(QStringLiteral("DELETE FROM %1 WHERE product = ? AND channel = ? AND origin = ?")
                             .arg(QLatin1String(table)),
                         {product, list.channel, int(RuleOrigin::SignedList)});
        if (!gone)
            return passOn(gone.error());
    }
    return done(database.run(QStringLiteral("INSERT OR REPLACE INTO lists VALUES (?,?,?)"),
                             {product, list.channel, list.version}));
}

} // namespace

Result<ReleaseRules> Catalog::rules() const
{
    ReleaseRules rules;
    auto blocks = m_database.run(QStringLiteral("SELECT * FROM blocks ORDER BY origin DESC, rowid"));
    if (!blocks)
        return passOn(blocks.error());
    while (blocks->next()) {
        const QString version = blocks->value(2).toString();
        rules.blocks.append({blocks->value(0).toString(), blocks->value(1).toString(),
                             version.isEmpty() ? std::nullopt : std::optional(sql::version(version)),
                             blocks->value(3).toByteArray(), blocks->value(4).toString(),
                             RuleOrigin(blocks->value(5).toInt()), blocks->value(6).toString(),
                             sql::time(blocks->value(7))});
    }
    auto minimums =
        m_database.run(QStringLiteral("SELECT * FROM minimums ORDER BY product, channel, origin"));
    if (!minimums)
        return passOn(minimums.error());
    while (minimums->next())
        rules.minimums.append({minimums->value(0).toString(), minimums->value(1).toString(),
                               sql::version(minimums->value(2).toString()),
                               RuleOrigin(minimums->value(3).toInt())});
    for (const QSqlError &error : {blocks->lastError(), minimums->lastError()}) {
        if (error.isValid()) // Half of the rules would let through what the other half stops.
            return fail(ErrorKind::InvalidFile, error.text());
    }
    return rules;
}

Result<Done> Catalog::block(const ReleaseBlock &block)
{
    return atomically([&] { return insertBlock(m_database, block); });
}

Result<int> Catalog::unblock(const ReleaseFacts &release)
{
    int count = 0;
    const auto remove = [&]() -> Result<Done> {
        // A digest says all by itself; without one the version says which.
        const QByteArray digest = QByteArray("") + release.manifestDigest;
        const QString version = sql::text(release.version);
        auto query = m_database.run(
            QStringLiteral(
                "DELETE FROM blocks WHERE origin <> ? AND ((length(manifest) > 0 AND manifest = ?) "
                "OR (length(manifest) = 0 AND product IN ('', ?) AND channel IN ('*', ?) "
                "AND version IN ('', ?)) OR (length(?) = 0 AND product = ? AND version = ?))"),
            {int(RuleOrigin::SignedList), digest, release.product, release.channel, version, digest,
             release.product, version});
        if (!query)
            return passOn(query.error());
        count = query->numRowsAffected();
        const auto left = rules();
        if (!left)
            return passOn(left.error());
        for (const ReleaseBlock &block : left->blocks) {
            if (block.covers(release))
                return fail(ErrorKind::NotAllowedNow, Reason::BlockedByList, block.reason);
        }
        return Done{};
    };
    const auto removed = atomically(remove);
    return removed ? Result<int>(count) : passOn(removed.error());
}

Result<Done> Catalog::setMinimum(const MinimumVersion &minimum)
{
    return atomically([&] { return insertMinimum(m_database, minimum); });
}

Result<Done> Catalog::importList(const BlockList &list, const TrustStore &store, const ReleaseTime &time)
{
    if (auto checked = checkSigners(list, store, time); !checked)
        return passOn(checked.error(), QStringLiteral("verifying the list"));
    return atomically([&]() -> Result<Done> {
        for (const QString &product : list.products) {
            if (auto replaced = replaceScope(m_database, list, product); !replaced)
                return replaced;
        }
        for (const ReleaseBlock &block : list.rules.blocks) {
            if (auto inserted = insertBlock(m_database, block); !inserted)
                return inserted;
        }
        for (const MinimumVersion &minimum : list.rules.minimums) {
            if (auto inserted = insertMinimum(m_database, minimum); !inserted)
                return inserted;
        }
        return Done{};
    });
}

} // namespace core
