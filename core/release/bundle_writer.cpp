// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle.h"

#include "core/base/disk_sync.h"
#include "core/base/file_access.h"
#include "core/base/sha256.h"
#include "core/release/bundle_names.h"
#include "core/release/image_agreement.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <filesystem>

namespace core {

namespace {

constexpr qint64 kStep = 256 * 1024;

/// Size and hash of a file that may be larger than the memory.
struct Measured {
    qint64 size = 0;
    QByteArray sha256;
    QByteArray head; // its first bytes
};

Result<Measured> measure(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
    Measured measured;
    Sha256 hash;
    while (true) {
        const QByteArray step = file.read(kStep);
        if (file.error() != QFileDevice::NoError)
            return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
        if (step.isEmpty())
            break;
        if (measured.size == 0)
            measured.head = step.first(std::min(step.size(), kImageMagicSize));
        hash.add(step);
        measured.size += step.size();
    }
    measured.sha256 = hash.result();
    return measured;
}

tl::unexpected<Error> differs(const ReleaseFile &file, const char *what)
{
    return fail(
        ErrorKind::Untrusted, Reason::HashMismatch,
        QStringLiteral("%1: its %2 is not the one in the manifest").arg(file.name, QLatin1String(what)));
}

/// Compares a file beside the manifest with what the manifest says of it, and fills in what it does not say.
Result<Measured> takeIn(ReleaseFile &file, const QString &path)
{
    const auto measured = measure(path);
    if (!measured)
        return passOn(measured.error());
    if (measured->size == 0)
        return fail(ErrorKind::InvalidFile, QStringLiteral("%1 is empty").arg(file.name));
    if (file.size && *file.size != measured->size)
        return differs(file, "size");
    if (!file.sha256.isEmpty() && file.sha256 != measured->sha256)
        return differs(file, "hash");
    file.size = measured->size;
    file.sha256 = measured->sha256;
    return measured;
}

Result<Done> checkImage(const Manifest &manifest, const ManifestPayload &payload, const QString &path)
{
    const auto content = readWholeFile(path, kLargestBundledImage);
    if (!content)
        return passOn(content.error());
    const auto image = imageOf(payload, *content);
    if (!image)
        return passOn(image.error());
    return *image ? checkAgreement(manifest, **image) : Done{};
}

/// Every file of the release in the order of the manifest; completes the manifest.
Result<QList<BundleEntry>> collectFiles(Manifest &manifest, const QDir &folder)
{
    QList<BundleEntry> entries;
    for (ManifestPayload &payload : manifest.payloads) {
        if (!payload.url.isEmpty()) {
            if (payload.file.isFilledIn())
                continue;
            return fail(ErrorKind::InvalidFile, Reason::ManifestMalformed,
                        QStringLiteral("%1: the manifest has to say its size and sha256").arg(payload.url));
        }
        const QString path = folder.filePath(payload.file.name);
        const auto measured = takeIn(payload.file, path);
        if (!measured)
            return passOn(measured.error());
        if (hasToBeImage(payload) || beginsAsImage(measured->head)) {
            if (auto checked = checkImage(manifest, payload, path); !checked)
                return passOn(checked.error());
        }
        entries.append({payload.file.name, {}, path});
    }
    if (manifest.releaseNotes) {
        const QString path = folder.filePath(manifest.releaseNotes->name);
        if (const auto measured = takeIn(*manifest.releaseNotes, path); !measured)
            return passOn(measured.error());
        entries.append({manifest.releaseNotes->name, {}, path});
    }
    return entries;
}

Result<QList<BundleEntry>> collectRoots(const QStringList &paths)
{
    QList<BundleEntry> entries;
    for (const QString &path : paths) {
        const auto bytes = readWholeFile(path, kLargestSignedDocument);
        const auto root = bytes ? parseTrustRoot(*bytes) : passOn(bytes.error());
        if (!root)
            return passOn(root.error(), QStringLiteral("reading the trust root %1").arg(path));
        if (auto checked = checkSignatures(*root); !checked)
            return passOn(checked.error(), QStringLiteral("reading the trust root %1").arg(path));
        entries.append({rootEntryName(root->version), *bytes});
    }
    return entries;
}

Result<SignedManifest> signManifest(const Manifest &manifest, const QList<PrivateKey> &keys)
{
    const auto bytes = bytesToSign(manifest);
    if (!bytes)
        return passOn(bytes.error());
    SignedManifest document{{*bytes, {}}, manifest};
    if (auto added = addSignatures(document, keys); !added)
        return passOn(added.error());
    return document;
}

/// Written beside its place and read back before it takes it: what we could not open ourselves is not to be
/// released, and a file that changed meanwhile is found.
Result<Bundle> writeChecked(const QString &path, const QList<BundleEntry> &entries, Extent extent)
{
    const QString unchecked = path + QStringLiteral(".unchecked");
    const auto written = [&]() -> Result<Done> {
        if (auto done = writeArchiveFile(unchecked, entries); !done)
            return done;
        const auto bundle = openBundle(unchecked);
        const auto checked = bundle ? checkFiles(*bundle, extent) : passOn(bundle.error());
        if (!checked)
            return passOn(checked.error(), QStringLiteral("reading the new bundle back"));
        std::error_code problem;
        std::filesystem::rename(unchecked.toStdString(), path.toStdString(), problem);
        if (problem)
            return fail(ErrorKind::FileFailed,
                        QStringLiteral("%1: %2").arg(path, QString::fromStdString(problem.message())));
        return syncFolderOf(path);
    }();
    if (!written) {
        QFile::remove(unchecked);
        return passOn(written.error());
    }
    return openBundle(path);
}

} // namespace

FileRoom roomIn(const Bundle &bundle)
{
    QMap<QString, qint64> sizes;
    for (const ReleaseFile &file : filesOf(bundle.document.manifest))
        sizes.insert(file.name, file.size.value_or(0));
    return [sizes](const QString &name) {
        return sizes.contains(name) ? std::optional(sizes.value(name)) : std::nullopt;
    };
}

namespace {

/// Writes a bundle from its document, from the files in its archive, and from those that were fetched.
Result<Bundle> writeAgain(const Bundle &bundle, const QString &path, Extent extent)
{
    const auto manifestBytes = toBytes(bundle.document);
    if (!manifestBytes)
        return passOn(manifestBytes.error());
    const QTemporaryDir scratch(path + QStringLiteral(".XXXXXX")); // beside it, where there is room
    if (!scratch.isValid())
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, scratch.errorString()));
    QList<BundleEntry> entries{{manifestEntryName(), *manifestBytes}};
    for (const TrustRoot &root : bundle.roots) {
        const auto bytes = toBytes(root.document);
        if (!bytes)
            return passOn(bytes.error());
        entries.append({rootEntryName(root.version), *bytes});
    }
    if (auto extracted = extractFiles(bundle.source, scratch.path(), roomIn(bundle)); !extracted)
        return passOn(extracted.error());
    for (const ReleaseFile &file : filesOf(bundle.document.manifest)) {
        if (bundle.files.contains(file.name) || bundle.fetched.contains(file.name))
            entries.append({file.name, {}, bundle.fetched.value(file.name, scratch.filePath(file.name))});
    }
    return writeChecked(path, entries, extent);
}

} // namespace

Result<Bundle> writeSigned(const Bundle &bundle, const QString &outputPath)
{
    if (const auto checked = checkFiles(bundle, Extent::WithoutFilesToFetch); !checked)
        return passOn(checked.error());
    return writeAgain(bundle, outputPath, Extent::WithoutFilesToFetch);
}

Result<Bundle> writeWholeBundle(const Bundle &bundle, const QString &path)
{
    return writeAgain(bundle, path, Extent::Whole);
}

Result<Bundle> createBundle(const BundleRequest &request)
{
    auto manifest = readManifestFile(request.manifestPath);
    if (!manifest)
        return passOn(manifest.error(), QStringLiteral("reading %1").arg(request.manifestPath));
    auto entries = collectFiles(*manifest, QFileInfo(request.manifestPath).dir());
    if (!entries)
        return passOn(entries.error(), QStringLiteral("creating the bundle"));
    const auto roots = collectRoots(request.rootPaths);
    if (!roots)
        return passOn(roots.error(), QStringLiteral("creating the bundle"));
    const auto document = signManifest(*manifest, request.keys);
    if (!document)
        return passOn(document.error(), QStringLiteral("signing the manifest"));
    const auto manifestBytes = toBytes(*document);
    if (!manifestBytes)
        return passOn(manifestBytes.error());
    const QList<BundleEntry> first{{manifestEntryName(), *manifestBytes}};
    return writeChecked(request.outputPath, first + *roots + *entries, Extent::WithoutFilesToFetch);
}

} // namespace core
