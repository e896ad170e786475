// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/object_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QUuid>

namespace core {

namespace {

constexpr qint64 kChunk = 1024 * 1024;
constexpr qint64 kLargestObject = 4ll * 1024 * 1024 * 1024;
constexpr qsizetype kHashSize = 32;

QString markerEnding()
{
    return QStringLiteral(".placing");
}

tl::unexpected<Error> failed(const QFile &file)
{
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(file.fileName(), file.errorString()));
}

/// The SHA-256 of the rest of `from`, of which each part is given to `use`.
Result<QByteArray> readThrough(QFile &from, const std::function<Result<Done>(const QByteArray &)> &use)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    qint64 total = 0;
    while (!from.atEnd()) {
        const QByteArray part = from.read(kChunk);
        if (part.isEmpty())
            break;
        total += part.size();
        if (total > kLargestObject)
            return fail(ErrorKind::InvalidFile, QStringLiteral("%1: too large").arg(from.fileName()));
        hash.addData(part);
        if (auto used = use(part); !used)
            return passOn(used.error());
    }
    if (from.error() != QFileDevice::NoError)
        return failed(from);
    return hash.result();
}

} // namespace

QString ObjectStore::incomingFolder() const
{
    return m_folder + QStringLiteral("/incoming");
}

QString ObjectStore::markerOf(const QByteArray &hash) const
{
    return incomingFolder() + u'/' + QString::fromLatin1(hash.toHex()) + markerEnding();
}

QString ObjectStore::pathOf(const QByteArray &hash) const
{
    const QString name = QString::fromLatin1(hash.toHex());
    return QStringLiteral("%1/objects/%2/%3").arg(m_folder, name.left(2), name.mid(2));
}

Result<Done> ObjectStore::prepare()
{
    for (const char *name : {"incoming", "objects"}) {
        if (!QDir(m_folder).mkpath(QLatin1String(name)))
            return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(m_folder));
    }
    return Done{};
}

Result<ObjectStore::Incoming> ObjectStore::take(const QString &source)
{
    if (QFileInfo::exists(source) && !QFileInfo(source).isFile())
        return fail(ErrorKind::InvalidFile, QStringLiteral("%1: not a file").arg(source));
    QFile from(source);
    if (!from.open(QIODevice::ReadOnly))
        return failed(from);
    QFile to(incomingFolder() + u'/' + QUuid::createUuid().toString(QUuid::WithoutBraces));
    if (!to.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return failed(to);
    const auto write = [this, &to](const QByteArray &part) { return m_steps->write(to, part); };
    const auto hash = readThrough(from, write);
    const auto synced = hash ? m_steps->sync(to) : passOn(hash.error());
    const Incoming incoming{to.fileName(), hash.value_or(QByteArray()), to.size()};
    to.close();
    if (synced)
        return incoming;
    (void)drop(incoming); // The first failure is the one to tell; a leftover is removed at the next opening.
    return passOn(synced.error());
}

Result<Done> ObjectStore::mark(const QByteArray &hash)
{
    QFile marker(markerOf(hash));
    if (!marker.open(QIODevice::WriteOnly))
        return failed(marker);
    return m_steps->syncFolder(incomingFolder());
}

Result<Done> ObjectStore::place(const Incoming &incoming)
{
    const QString place = pathOf(incoming.hash);
    const QString folder = QFileInfo(place).path();
    if (auto marked = mark(incoming.hash); !marked)
        return marked;
    if (!QDir().mkpath(folder))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(folder));
    if (auto removed = m_steps->remove(place);
        !removed) // Of one that nobody knows any more, or a damaged one.
        return removed;
    QFile::setPermissions(incoming.path, QFileDevice::ReadOwner | QFileDevice::ReadGroup);
    if (auto renamed = m_steps->rename(incoming.path, place); !renamed)
        return renamed;
    if (auto synced = m_steps->syncFolder(folder); !synced)
        return synced;
    return m_steps->syncFolder(QFileInfo(folder).path());
}

Result<Done> ObjectStore::drop(const Incoming &incoming)
{
    return m_steps->remove(incoming.path);
}

Result<Done> ObjectStore::remove(const QByteArray &hash)
{
    return m_steps->remove(pathOf(hash));
}

bool ObjectStore::hasLeftovers() const
{
    return !QDir(incomingFolder()).isEmpty(QDir::Files);
}

Result<Done> ObjectStore::removeLeftovers(const std::function<Result<bool>(const QByteArray &)> &isKnown)
{
    for (const QString &name : QDir(incomingFolder()).entryList(QDir::Files)) {
        const QByteArray hash = QByteArray::fromHex(name.chopped(markerEnding().size()).toLatin1());
        if (name.endsWith(markerEnding()) && hash.size() == kHashSize) {
            const auto known = isKnown(hash);
            if (!known)
                return passOn(known.error());
            if (auto removed = *known ? Result<Done>(Done{}) : remove(hash); !removed)
                return removed;
        }
        if (auto removed = m_steps->remove(incomingFolder() + u'/' + name); !removed)
            return removed;
    }
    return Done{};
}

Result<Done> ObjectStore::check(const QByteArray &hash) const
{
    QFile file(pathOf(hash));
    if (!file.open(QIODevice::ReadOnly))
        return failed(file);
    const auto found = readThrough(file, [](const QByteArray &) { return Result<Done>(Done{}); });
    if (!found)
        return passOn(found.error());
    if (*found != hash)
        return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                    QStringLiteral("%1: no longer what was added").arg(file.fileName()));
    return Done{};
}

} // namespace core
