// SPDX-License-Identifier: Apache-2.0
#include "app/state/own_trust.h"

#include "app/bench/bench_file.h"
#include "app/state/organisation_files.h"
#include "core/base/file_access.h"
#include "core/trust/trust_file_change.h"

#include <QCoreApplication>
#include <QDir>

namespace state {

namespace {

QStringList origins()
{
    const QString shipped = QDir(QCoreApplication::applicationDirPath())
                                .absoluteFilePath(QStringLiteral("../share/bootmend/trust.json"));
    QStringList files = organisationFiles(QStringLiteral("trust.json"));
    files.append(QDir::cleanPath(shipped));
    files.removeIf([](const QString &file) { return !QFile::exists(file); });
    return files;
}

/// What is to be in the computer's file: the origin's root where it is newer than what is there.
core::Result<QByteArray> newerOf(const std::optional<QByteArray> &now, const core::TrustRoot &origin)
{
    if (!now)
        return core::toBytes(origin.document);
    const core::Result<core::TrustFile> own = core::parseTrustFile(*now);
    if (!own)
        return core::passOn(own.error());
    if (!own->root || origin.version > own->root->version)
        return core::toBytes(origin.document);
    const bool isFork = origin.version == own->root->version
        && origin.document.signedBytes != own->root->document.signedBytes;
    if (isFork)
        return core::fail(core::ErrorKind::Untrusted, core::Reason::RootForked,
                          QStringLiteral("it and the root that this computer came with differ in version %1")
                              .arg(origin.version));
    return *now;
}

/// Whether the file is to be changed. Most of the time it is not, and then it need not be one that can be.
core::Result<bool> isBehind(const QString &path, const core::TrustRoot &origin)
{
    if (!QFile::exists(path))
        return true;
    const auto now = core::readWholeFile(path, core::kLargestSignedDocument);
    if (!now)
        return core::passOn(now.error());
    const auto next = newerOf(*now, origin);
    return next ? core::Result<bool>(*next != *now) : core::passOn(next.error());
}

/// Takes the origin's root where it is newer than what this computer has. No time is judged here: what trust
/// begins with may have expired, and be followed by one that has not.
core::Result<QString> follow(const core::TrustRoot &origin, const QString &path)
{
    const QString during = QStringLiteral("reading the trust file %1").arg(path);
    const auto behind = isBehind(path, origin);
    if (!behind)
        return core::passOn(behind.error(), during);
    if (!*behind)
        return path;
    if (!QFileInfo(path).dir().mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(path));
    const auto changed = core::changeTrustFile(
        path, [&origin](const std::optional<QByteArray> &now) { return newerOf(now, origin); });
    return changed ? core::Result<QString>(path) : core::passOn(changed.error(), during);
}

} // namespace

core::Result<TrustInUse> trustInUse(const TrustPlaces &places)
{
    if (!places.toldFile.isEmpty())
        return TrustInUse{places.toldFile};
    if (!places.bench.isEmpty())
        return TrustInUse{bench::trustFilePath(QDir(places.bench))};
    const core::Result<QString> own = ownTrustFile(places.stateFolder);
    return own ? core::Result<TrustInUse>(TrustInUse{*own, true}) : core::passOn(own.error());
}

core::Result<QString> ownTrustFile(const QString &stateDirectory)
{
    return ownTrustFile(stateDirectory, origins());
}

core::Result<QString> ownTrustFile(const QString &stateDirectory, const QStringList &origins)
{
    const QString path = QDir(stateDirectory).absoluteFilePath(QStringLiteral("trust.json"));
    if (origins.isEmpty() && !QFile::exists(path))
        return core::fail(core::ErrorKind::Untrusted, core::Reason::KeyUnknown,
                          QStringLiteral("no trust file was given, so no key is known; use --trust FILE"));
    if (origins.isEmpty())
        return path;
    const core::Result<core::TrustFile> origin = core::readTrustFile(origins.first());
    if (!origin)
        return core::passOn(origin.error());
    return origin->root ? follow(*origin->root, path) : core::Result<QString>(origins.first());
}

} // namespace state
