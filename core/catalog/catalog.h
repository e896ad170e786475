// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog/block_list.h"
#include "core/catalog/database.h"
#include "core/catalog/object_store.h"

namespace core {

/// A release in the catalog.
struct CatalogRelease {
    QString product;
    Version version;
    QString build;
    QString channel;
    quint32 rollbackIndex = 0;
    QByteArray manifestDigest; // SHA-256 of what was signed: the release's name
    QByteArray object; // SHA-256 of the bundle file
    qint64 size = 0; // bytes, of the bundle file
    QStringList signedBy; // key ids
    QDateTime added; // UTC

    ReleaseFacts facts() const { return {product, channel, version, manifestDigest}; }
};

struct AddedRelease {
    /// Restored: it was there already, and its file was missing or damaged until now. Exchanged: it was there
    /// in a bundle with other signatures, or with other roots that come along.
    enum class Status { New, AlreadyThere, Restored, Exchanged };

    CatalogRelease release;
    Status status = Status::New;
};

/// Empty members are no condition.
struct ReleaseFilter {
    QString product;
    QString channel;
    QString search; // part of the version, the build or the notes, in any case
};

/// The releases that this computer keeps, each immutable, and what it has against releases: docs/formats/
/// catalog.md. A crash or a power cut leaves what was there before or after, never something between.
///
/// Blocks on disks and on other processes that write: open it on a worker thread, and close it there.
class Catalog
{
public:
    /// Makes the folder if need be, and removes what an interrupted writer left. InvalidFile for a database
    /// that is damaged, foreign or newer; FileFailed. `steps` outlives the catalog.
    static Result<Catalog> open(const QString &folder);
    static Result<Catalog> open(const QString &folder, FileSteps &steps);

    /// The rules of the catalog in this folder; none when there is no catalog. Makes nothing.
    static Result<ReleaseRules> rulesIn(const QString &folder);

    /// Copies the bundle in, and verifies the copy before it counts. Errors as openBundle() and
    /// verifyBundle(); Untrusted with ReleaseDiffers when the product, version and build are there with
    /// another manifest. Of a release that is there, the bundle is put back if need be, or exchanged for this
    /// one.
    Result<AddedRelease> add(const QString &bundlePath, const TrustStore &store, const ReleaseTime &time);

    /// Newest version first.
    Result<QList<CatalogRelease>> list(const ReleaseFilter &filter = {}) const;

    /// By "product@version", or by the first 8 or more hex digits of the manifest's digest. FileFailed when
    /// there is none, or more than one.
    Result<CatalogRelease> find(const QString &name) const;
    Result<QString> notes(const CatalogRelease &release) const;

    /// Where the bundle file is, after its hash was computed again. Untrusted with HashMismatch.
    Result<QString> bundlePath(const CatalogRelease &release) const;

    enum class Pruning { Try, Do };
    /// Keeps the newest `keep` installable releases of each product and channel, and each that was rolled
    /// back here: it is evidence. Gives the others, which are gone after Pruning::Do.
    Result<QList<CatalogRelease>> prune(int keep, Pruning pruning);

    Result<ReleaseRules> rules() const;
    Result<Done> block(const ReleaseBlock &block);

    /// Takes back what this computer decided about the release: the number of blocks that went. NotAllowedNow
    /// with BlockedByList when a signed list blocks it.
    Result<int> unblock(const ReleaseFacts &release);

    /// A signed list's minimum counts beside it.
    Result<Done> setMinimum(const MinimumVersion &minimum);

    /// Takes the place of what earlier lists said of its products. Errors as checkSigners(); Untrusted with
    /// ListReplayed for one that is not newer.
    Result<Done> importList(const BlockList &list, const TrustStore &store, const ReleaseTime &time);

private:
    Catalog(Database database, ObjectStore objects) :
        m_database(std::move(database)), m_objects(std::move(objects))
    {
    }
    Result<Done> removeLeftovers();
    Result<bool> holds(const QByteArray &object) const;
    Result<QList<CatalogRelease>> select(const QString &condition, const QVariantList &values,
                                         const QString &search = {}) const;
    /// Inside a transaction, which the caller ends.
    Result<AddedRelease> enter(const ObjectStore::Incoming &incoming, const VerifiedRelease &release,
                               const QDateTime &nowUtc);
    Result<AddedRelease> enterAgain(const ObjectStore::Incoming &incoming, const CatalogRelease &entry,
                                    const CatalogRelease &known);
    Result<AddedRelease> exchange(const CatalogRelease &entry, const CatalogRelease &known);
    Result<Done> insert(const CatalogRelease &release, const QByteArray &notes);
    Result<Done> remove(const CatalogRelease &release);
    Result<QList<CatalogRelease>> notWorthKeeping(int keep) const;
    /// Runs `work` inside one transaction.
    Result<Done> atomically(const std::function<Result<Done>()> &work);

    Database m_database;
    ObjectStore m_objects;
};

} // namespace core
