// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"

#include "core/catalog/sql_values.h"

#include <QDir>
#include <QRegularExpression>

namespace core {

namespace {

constexpr qsizetype kMostNotes = 16 * 1024; // bytes that can be searched
constexpr qsizetype kDigestSize = 32;

QString databaseFile(const QString &folder)
{
    return folder + QStringLiteral("/catalog.db");
}

CatalogRelease described(const ObjectStore::Incoming &incoming, const VerifiedRelease &release,
                         const QDateTime &nowUtc)
{
    const Manifest &manifest = release.manifest();
    return {manifest.product,       manifest.version,
            manifest.build,         manifest.channel,
            manifest.rollbackIndex, release.manifestDigest(),
            incoming.hash,          incoming.size,
            release.signedBy(),     nowUtc};
}

/// A row of Catalog::select().
CatalogRelease releaseIn(const QSqlQuery &row)
{
    return {row.value(0).toString(),
            sql::version(row.value(1).toString()),
            row.value(2).toString(),
            row.value(3).toString(),
            row.value(4).toUInt(),
            row.value(5).toByteArray(),
            row.value(6).toByteArray(),
            row.value(7).toLongLong(),
            row.value(8).toString().split(u','),
            sql::time(row.value(9))};
}

/// SQLite would compare without regard to case in ASCII only.
bool mentions(const CatalogRelease &release, const QString &notes, const QString &search)
{
    const QString text = QStringList{toText(release.version), release.build, notes}.join(u'\n');
    return text.contains(search, Qt::CaseInsensitive);
}

bool isDigestStart(const QString &name)
{
    static const QRegularExpression form(QStringLiteral("\\A[0-9a-fA-F]{8,64}\\z"));
    return form.match(name).hasMatch();
}

tl::unexpected<Error> notOne(const QString &name, qsizetype count)
{
    return fail(ErrorKind::FileFailed,
                QStringLiteral("the catalog has %1 releases that \"%2\" names").arg(count).arg(name));
}

} // namespace

Result<Catalog> Catalog::open(const QString &folder)
{
    static FileSteps steps; // It has no state.
    return open(folder, steps);
}

Result<Catalog> Catalog::open(const QString &folder, FileSteps &steps)
{
    ObjectStore objects(folder, steps);
    if (auto prepared = objects.prepare(); !prepared)
        return passOn(prepared.error());
    auto database = Database::open(databaseFile(folder));
    if (!database)
        return passOn(database.error());
    Catalog catalog(*std::move(database), std::move(objects));
    if (auto removed = catalog.removeLeftovers(); !removed)
        return passOn(removed.error(), QStringLiteral("removing what an interrupted program left"));
    return catalog;
}

Result<ReleaseRules> Catalog::rulesIn(const QString &folder)
{
    if (!QFile::exists(databaseFile(folder)))
        return ReleaseRules{};
    const auto catalog = open(folder);
    return catalog ? catalog->rules() : passOn(catalog.error());
}

Result<Done> Catalog::removeLeftovers()
{
    if (!m_objects.hasLeftovers())
        return Done{};
    if (!m_database.begin(Database::Waiting::No))
        return Done{}; // They belong to somebody who is at work.
    const auto removed =
        m_objects.removeLeftovers([this](const QByteArray &object) { return holds(object); });
    m_database.rollBack();
    return removed;
}

Result<bool> Catalog::holds(const QByteArray &object) const
{
    auto query = m_database.run(QStringLiteral("SELECT 1 FROM releases WHERE object = ?"), {object});
    return query ? Result<bool>(query->next()) : passOn(query.error());
}

Result<Done> Catalog::atomically(const std::function<Result<Done>()> &work)
{
    if (auto begun = m_database.begin(); !begun)
        return begun;
    if (auto done = work(); !done) {
        m_database.rollBack();
        return done;
    }
    return m_database.commit();
}

Result<AddedRelease> Catalog::add(const QString &bundlePath, const TrustStore &store, const ReleaseTime &time)
{
    // The database's write lock from the first byte on: what lies in incoming/ is nobody's when it is free.
    if (auto begun = m_database.begin(); !begun)
        return passOn(begun.error());
    const auto incoming = m_objects.take(bundlePath);
    if (!incoming) {
        m_database.rollBack();
        return passOn(incoming.error());
    }
    const auto bundle = openBundle(incoming->path);
    const auto release = bundle ? verifyBundle(*bundle, store, time) : passOn(bundle.error());
    auto added = release ? enter(*incoming, *release, time.nowUtc) : passOn(release.error());
    (void)m_objects.drop(*incoming); // Where it still is; otherwise the next opening removes it.
    if (!added)
        m_database.rollBack();
    // A COMMIT that fails may have been kept: SQLite's last step is a sync of the folder, after the journal
    // is gone. So nothing is taken back here: the object stays behind its marker, and the next opening looks
    // whether its row is there.
    const auto ended = added ? m_database.commit() : passOn(added.error());
    if (!ended)
        return passOn(ended.error(), QStringLiteral("adding %1").arg(bundlePath));
    (void)removeLeftovers(); // The marker; without luck, it goes at the next opening.
    return added;
}

Result<AddedRelease> Catalog::enter(const ObjectStore::Incoming &incoming, const VerifiedRelease &release,
                                    const QDateTime &nowUtc)
{
    const CatalogRelease entry = described(incoming, release, nowUtc);
    const auto same = select(QStringLiteral("product = ? AND version = ? AND build = ?"),
                             {entry.product, sql::text(entry.version), entry.build});
    if (!same)
        return passOn(same.error());
    if (!same->isEmpty())
        return enterAgain(incoming, entry, same->constFirst());
    if (auto placed = m_objects.place(incoming); !placed)
        return passOn(placed.error());
    const auto inserted = insert(entry, release.releaseNotes());
    return inserted ? Result<AddedRelease>({entry, AddedRelease::Status::New}) : passOn(inserted.error());
}

Result<AddedRelease> Catalog::enterAgain(const ObjectStore::Incoming &incoming, const CatalogRelease &entry,
                                         const CatalogRelease &known)
{
    if (known.manifestDigest != entry.manifestDigest)
        return fail(ErrorKind::Untrusted, Reason::ReleaseDiffers,
                    QStringLiteral("%1 %2, build %3, is there with other content")
                        .arg(known.product, toText(known.version), known.build));
    const bool isSameFile = known.object == incoming.hash;
    if (isSameFile && m_objects.check(known.object))
        return AddedRelease{known, AddedRelease::Status::AlreadyThere};
    if (auto placed = m_objects.place(incoming); !placed)
        return passOn(placed.error());
    return isSameFile ? AddedRelease{known, AddedRelease::Status::Restored} : exchange(entry, known);
}

/// The same release in another bundle: with more signatures, or with roots that come along.
Result<AddedRelease> Catalog::exchange(const CatalogRelease &entry, const CatalogRelease &known)
{
    CatalogRelease changed = entry;
    changed.added = known.added;
    const auto updated = m_database.run(
        QStringLiteral("UPDATE releases SET object = ?, size = ?, signed_by = ? WHERE object = ?"),
        {changed.object, changed.size, changed.signedBy.join(u','), known.object});
    const auto marked = updated ? m_objects.mark(known.object) : passOn(updated.error());
    return marked ? Result<AddedRelease>({changed, AddedRelease::Status::Exchanged}) : passOn(marked.error());
}

Result<Done> Catalog::insert(const CatalogRelease &release, const QByteArray &notes)
{
    const auto inserted = m_database.run(
        QStringLiteral("INSERT INTO releases (product, version, build, channel, rollback_index, "
                       "manifest, object, size, signed_by, added) VALUES (?,?,?,?,?,?,?,?,?,?)"),
        {release.product, sql::text(release.version), release.build, release.channel, release.rollbackIndex,
         release.manifestDigest, release.object, release.size, release.signedBy.join(u','),
         release.added.toSecsSinceEpoch()});
    if (!inserted)
        return passOn(inserted.error());
    const auto noted = m_database.run(
        QStringLiteral("INSERT INTO notes (release, content) VALUES (?,?)"),
        {inserted->lastInsertId(), QStringLiteral("") + QString::fromUtf8(notes.left(kMostNotes))});
    return noted ? Result<Done>(Done{}) : passOn(noted.error());
}

Result<QList<CatalogRelease>> Catalog::select(const QString &condition, const QVariantList &values,
                                              const QString &search) const
{
    const bool isSearch = !search.isEmpty();
    auto query = m_database.run(
        QStringLiteral("SELECT product, version, build, channel, rollback_index, manifest, "
                       "object, size, signed_by, added%1 WHERE %2 "
                       "ORDER BY version DESC, added DESC, id DESC")
            .arg(isSearch ? QStringLiteral(", content FROM releases LEFT JOIN notes ON release = id")
                          : QStringLiteral(" FROM releases"),
                 condition),
        values);
    if (!query)
        return passOn(query.error());
    QList<CatalogRelease> releases;
    while (query->next()) {
        CatalogRelease release = releaseIn(*query);
        if (!isSearch || mentions(release, query->value(10).toString(), search))
            releases.append(std::move(release));
    }
    if (query->lastError().isValid())
        return fail(ErrorKind::InvalidFile, query->lastError().text());
    return releases;
}

Result<QList<CatalogRelease>> Catalog::list(const ReleaseFilter &filter) const
{
    QStringList conditions{QStringLiteral("1")};
    QVariantList values;
    const auto require = [&](const char *condition, const QString &value) {
        if (!value.isEmpty()) {
            conditions.append(QLatin1String(condition));
            values.append(value);
        }
    };
    require("product = ?", filter.product);
    require("channel = ?", filter.channel);
    return select(conditions.join(QStringLiteral(" AND ")), values, filter.search);
}

Result<CatalogRelease> Catalog::find(const QString &name) const
{
    const QStringList parts = name.split(u'@');
    Result<QList<CatalogRelease>> found = QList<CatalogRelease>();
    if (parts.size() == 2) {
        const auto version = parseVersion(parts[1]);
        if (!version)
            return passOn(version.error());
        found = select(QStringLiteral("product = ? AND version = ?"), {parts[0], sql::text(*version)});
    } else if (isDigestStart(name)) {
        const auto bound = [&name](QChar rest) {
            return QByteArray::fromHex(name.leftJustified(2 * kDigestSize, rest).toLatin1());
        };
        found = select(QStringLiteral("manifest BETWEEN ? AND ?"), {bound(u'0'), bound(u'f')});
    }
    if (!found)
        return passOn(found.error());
    return found->size() == 1 ? Result<CatalogRelease>(found->constFirst()) : notOne(name, found->size());
}

Result<QString> Catalog::notes(const CatalogRelease &release) const
{
    auto query = m_database.run(QStringLiteral("SELECT content FROM notes JOIN releases ON release = id "
                                               "WHERE object = ?"),
                                {release.object});
    if (!query)
        return passOn(query.error());
    return query->next() ? query->value(0).toString() : QString();
}

Result<QString> Catalog::bundlePath(const CatalogRelease &release) const
{
    const auto checked = m_objects.check(release.object);
    return checked ? Result<QString>(m_objects.pathOf(release.object)) : passOn(checked.error());
}

/// Of each product and channel all but the newest that may be installed; those that a unit rolled back here
/// stay, as evidence.
Result<QList<CatalogRelease>> Catalog::notWorthKeeping(int keep) const
{
    const auto releases = list();
    const auto known = rules();
    if (!releases || !known)
        return passOn(releases ? known.error() : releases.error());
    QList<CatalogRelease> gone;
    QMap<QPair<QString, QString>, int> kept;
    for (const CatalogRelease &release : *releases) {
        const auto isEvidence = [&release](const ReleaseBlock &block) {
            return block.origin == RuleOrigin::RolledBackHere && block.covers(release.facts());
        };
        if (std::any_of(known->blocks.cbegin(), known->blocks.cend(), isEvidence))
            continue;
        int &count = kept[{release.product, release.channel}];
        if (count >= keep)
            gone.append(release);
        else if (!known->objectionTo(release.facts()))
            ++count;
    }
    return gone;
}

Result<Done> Catalog::remove(const CatalogRelease &release)
{
    const auto deleted =
        m_database.run(QStringLiteral("DELETE FROM releases WHERE object = ?"), {release.object});
    // The marker first: an object without a row is found, whenever the power goes.
    return deleted ? m_objects.mark(release.object) : passOn(deleted.error());
}

Result<QList<CatalogRelease>> Catalog::prune(int keep, Pruning pruning)
{
    if (pruning == Pruning::Try)
        return notWorthKeeping(keep);
    Result<QList<CatalogRelease>> gone = QList<CatalogRelease>();
    const auto removeAll = [this, keep, &gone]() -> Result<Done> {
        gone = notWorthKeeping(keep);
        if (!gone)
            return passOn(gone.error());
        for (const CatalogRelease &release : std::as_const(*gone)) {
            if (auto removed = remove(release); !removed)
                return removed;
        }
        return Done{};
    };
    if (auto pruned = atomically(removeAll); !pruned)
        return passOn(pruned.error());
    if (auto removed = removeLeftovers(); !removed)
        return passOn(removed.error());
    return gone;
}

} // namespace core
