// SPDX-License-Identifier: Apache-2.0
#include "app/state/own_trust.h"

#include "app/bench/bench_file.h"
#include "app/state/organisation_files.h"

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

core::Result<core::Done> adopt(const core::TrustRoot &root, const QString &path)
{
    if (!QFileInfo(path).dir().mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(path));
    return core::saveTrustRoot(path, root);
}

/// Takes the origin's root where it is newer than what this computer has.
core::Result<QString> follow(const core::TrustRoot &origin, const QString &path)
{
    if (!QFile::exists(path)) {
        const auto adopted = adopt(origin, path);
        return adopted ? core::Result<QString>(path) : core::passOn(adopted.error());
    }
    const core::Result<core::TrustFile> own = core::readTrustFile(path);
    if (!own)
        return core::passOn(own.error());
    const bool isNewer = !own->root || origin.version > own->root->version;
    const bool isFork = own->root && origin.version == own->root->version
        && origin.document.signedBytes != own->root->document.signedBytes;
    if (isFork)
        return core::fail(core::ErrorKind::Untrusted, core::Reason::RootForked,
                          QStringLiteral("%1 and the root that this computer came with differ in version %2")
                              .arg(path)
                              .arg(origin.version));
    if (isNewer) {
        if (const auto adopted = adopt(origin, path); !adopted)
            return core::passOn(adopted.error());
    }
    return path;
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
