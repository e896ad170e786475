// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle.h"

#include "core/base/file_access.h"
#include "core/release/bundle_archive.h"
#include "core/release/image_agreement.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QSet>

namespace core {

namespace {

constexpr qint64 kLargestBundle = 260ll * 1024 * 1024;
constexpr qint64 kLargestPayload = 256ll * 1024 * 1024;
constexpr qint64 kLargestNotes = 1024 * 1024;

QString manifestName()
{
    return QStringLiteral("manifest.json");
}

QByteArray sha256(const QByteArray &content)
{
    return QCryptographicHash::hash(content, QCryptographicHash::Sha256);
}

tl::unexpected<Error> differs(const ReleaseFile &file, const char *what)
{
    return fail(
        ErrorKind::Untrusted, Reason::HashMismatch,
        QStringLiteral("%1: its %2 is not the one in the manifest").arg(file.name, QLatin1String(what)));
}

/// Compares with what the manifest says of a file, as far as it says anything.
Result<Done> checkContent(const ReleaseFile &file, const QByteArray &content)
{
    if (file.size && *file.size != content.size())
        return differs(file, "size");
    if (!file.sha256.isEmpty() && file.sha256 != sha256(content))
        return differs(file, "hash");
    return Done{};
}

QList<ReleaseFile> filesOf(const Manifest &manifest)
{
    QList<ReleaseFile> files;
    for (const ManifestPayload &payload : manifest.payloads)
        files.append(payload.file);
    if (manifest.releaseNotes)
        files.append(*manifest.releaseNotes);
    return files;
}

/// Reads a file beside the manifest, and fills in what the manifest does not say of it.
Result<BundleEntry> takeIn(ReleaseFile &file, const QDir &folder, qint64 largest)
{
    const auto content = readWholeFile(folder.filePath(file.name), largest);
    if (!content)
        return passOn(content.error());
    if (content->isEmpty())
        return fail(ErrorKind::InvalidFile, QStringLiteral("%1 is empty").arg(file.name));
    if (auto checked = checkContent(file, *content); !checked)
        return passOn(checked.error());
    file.size = content->size();
    file.sha256 = sha256(*content);
    return BundleEntry{file.name, *content};
}

Result<Done> checkImage(const Manifest &manifest, const ManifestPayload &payload, const QByteArray &content)
{
    const auto image = imageOf(payload, content);
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
            return fail(
                ErrorKind::Unsupported,
                QStringLiteral("%1: a bundle holds its files; name the file instead").arg(payload.url));
        }
        auto entry = takeIn(payload.file, folder, kLargestPayload);
        if (!entry)
            return passOn(entry.error());
        if (auto checked = checkImage(manifest, payload, entry->content); !checked)
            return passOn(checked.error());
        entries.append(*entry);
    }
    if (manifest.releaseNotes) {
        auto entry = takeIn(*manifest.releaseNotes, folder, kLargestNotes);
        if (!entry)
            return passOn(entry.error());
        entries.append(*entry);
    }
    return entries;
}

Result<SignedManifest> signManifest(const Manifest &manifest, const QList<PrivateKey> &keys)
{
    const auto bytes = bytesToSign(manifest);
    if (!bytes)
        return passOn(bytes.error());
    SignedManifest document{{*bytes, {}}, manifest};
    for (const PrivateKey &key : keys) {
        if (auto added = addSignature(document, key); !added)
            return passOn(added.error());
    }
    return document;
}

} // namespace

Result<Bundle> parseBundle(const QByteArray &bytes)
{
    const auto entries = readArchive(bytes);
    if (!entries)
        return passOn(entries.error());
    if (entries->isEmpty() || entries->first().name != manifestName())
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("not a bundle: it does not begin with its manifest"));
    auto document = parseSignedManifest(entries->first().content);
    if (!document)
        return passOn(document.error());
    Bundle bundle{*document, entries->first().content, {}};
    for (const BundleEntry &entry : entries->sliced(1))
        bundle.files.insert(entry.name, entry.content);
    return bundle;
}

Result<Bundle> openBundle(const QString &path)
{
    const auto bytes = readWholeFile(path, kLargestBundle);
    if (!bytes)
        return passOn(bytes.error());
    auto bundle = parseBundle(*bytes);
    if (!bundle)
        return passOn(bundle.error(), QStringLiteral("reading the bundle %1").arg(path));
    return bundle;
}

Result<Done> checkFiles(const Bundle &bundle)
{
    QSet<QString> named;
    for (const ReleaseFile &file : filesOf(bundle.document.manifest)) {
        const auto content = bundle.files.constFind(file.name);
        if (content == bundle.files.cend()) {
            return fail(
                ErrorKind::Untrusted, Reason::PayloadMissing,
                QStringLiteral("the bundle does not hold the file \"%1\" of its manifest").arg(file.name));
        }
        if (auto checked = checkContent(file, *content); !checked)
            return checked;
        named.insert(file.name);
    }
    for (const QString &name : bundle.files.keys()) {
        if (!named.contains(name)) {
            return fail(
                ErrorKind::InvalidFile,
                QStringLiteral("the bundle holds \"%1\", which its manifest does not name").arg(name));
        }
    }
    return Done{};
}

Result<Bundle> createBundle(const BundleRequest &request)
{
    auto manifest = readManifestFile(request.manifestPath);
    if (!manifest)
        return passOn(manifest.error(), QStringLiteral("reading %1").arg(request.manifestPath));
    auto entries = collectFiles(*manifest, QFileInfo(request.manifestPath).dir());
    if (!entries)
        return passOn(entries.error(), QStringLiteral("creating the bundle"));
    const auto document = signManifest(*manifest, request.keys);
    if (!document)
        return passOn(document.error(), QStringLiteral("signing the manifest"));
    const auto manifestBytes = toBytes(*document);
    if (!manifestBytes)
        return passOn(manifestBytes.error());
    entries->prepend({manifestName(), *manifestBytes});

    const auto bytes = writeArchive(*entries);
    if (!bytes)
        return passOn(bytes.error());
    // Read back before it is written: what we could not open ourselves is not to be released.
    auto bundle = parseBundle(*bytes);
    if (!bundle)
        return passOn(bundle.error(), QStringLiteral("reading the new bundle back"));
    if (auto checked = checkFiles(*bundle); !checked)
        return passOn(checked.error(), QStringLiteral("reading the new bundle back"));
    if (auto written = replaceFile(request.outputPath, *bytes); !written)
        return passOn(written.error());
    return bundle;
}

} // namespace core
