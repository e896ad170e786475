// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/import_bundle.h"

#include "core/base/file_access.h"
#include "core/release/bundle_names.h"
#include "core/release/payload_signature.h"

#include <QCryptographicHash>
#include <QSet>
#include <QTemporaryDir>

#include <algorithm>

namespace core {

namespace {

/// A payload and what is in it.
struct Content {
    ManifestPayload payload;
    QByteArray bytes;
};

tl::unexpected<Error> open(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

Content contentOf(const QString &image, const QString &fileName, const QByteArray &bytes)
{
    ManifestPayload payload;
    payload.image = image;
    payload.file = {fileName, bytes.size(), QCryptographicHash::hash(bytes, QCryptographicHash::Sha256)};
    return {payload, bytes};
}

QString imageName(int index)
{
    return index == 0 ? QStringLiteral("application") : QStringLiteral("image-%1").arg(index);
}

/// One payload for each image.
Result<QList<Content>> imagesOf(const QList<ForeignPart> &parts)
{
    QList<Content> contents;
    QSet<int> indices;
    for (const ForeignPart &part : parts) {
        const int index = part.imageIndex.value_or(0);
        if (indices.contains(index)) {
            return open(
                QStringLiteral("it holds several images for the same place (image index %1): variants for "
                               "slots, or for other boards; import the one that is meant by itself")
                    .arg(index));
        }
        indices.insert(index);
        const QString name = imageName(index);
        contents.append(contentOf(name, name + QStringLiteral(".bin"), part.bytes));
    }
    return contents;
}

Result<QList<Content>> contentsOf(const ForeignFirmware &firmware)
{
    const QList<ForeignPart> &parts = firmware.parts;
    for (const ForeignPart &part : parts) {
        if (part.damage)
            return passOn(*part.damage, QStringLiteral("reading the image in it"));
    }
    const auto isImage = [](const ForeignPart &part) { return part.image.has_value(); };
    if (std::all_of(parts.cbegin(), parts.cend(), isImage))
        return imagesOf(parts);
    if (firmware.format == ForeignFormat::DfuZip)
        return open(QStringLiteral("not every file in it is an image in the MCUboot format"));
    const auto isOfOther = [&parts](const ForeignPart &part) { return part.name != parts.constFirst().name; };
    if (std::any_of(parts.cbegin(), parts.cend(), isOfOther)) {
        return open(QStringLiteral("it holds firmware for several places or boards: \"%1\" and others; "
                                   "import the one that is meant by itself")
                        .arg(parts.constFirst().name));
    }
    return QList<Content>{
        contentOf(QStringLiteral("rom-image"), QStringLiteral("rom-image.bin"), firmware.file)};
}

/// What was told, or else what the first image says.
Result<Done> completeNumbers(Manifest &manifest, const ForeignFirmware &firmware,
                             const ImportRequest &request)
{
    const std::optional<McubootImage> &image = firmware.parts.constFirst().image;
    const auto version = request.version ? request.version
        : image                          ? std::optional(image->version)
                                         : std::nullopt;
    if (!version)
        return open(QStringLiteral("the file does not say its version; give it with --version"));
    const auto rollbackIndex = request.rollbackIndex ? request.rollbackIndex
        : image                                      ? image->rollbackIndex
                                                     : std::nullopt;
    if (!rollbackIndex) {
        return open(QStringLiteral(
            "the file has no security counter; give the rollback index with --rollback-index"));
    }
    manifest.version = *version;
    manifest.rollbackIndex = *rollbackIndex;
    return Done{};
}

/// A signature of the whole file is of no use when only an image in it is installed: nothing would be left to
/// hold it against.
Result<Done> addContentSignature(QList<Content> &contents, const DetachedSignature &signature,
                                 const QByteArray &fileDigest)
{
    for (Content &content : contents) {
        const auto identified =
            identifyPayloadSignature(signature.signer, content.payload.file.sha256, signature.value);
        if (identified) {
            content.payload.signatures.append(*identified);
            return Done{};
        }
        if (reasonOf(identified.error()) != Reason::SignatureInvalid)
            return passOn(identified.error());
    }
    const auto ofFile = identifyPayloadSignature(signature.signer, fileDigest, signature.value);
    if (!ofFile)
        return passOn(ofFile.error());
    return open(QStringLiteral("it is a signature of the whole file, of which only the images in it become "
                               "payloads; sign an image in the MCUboot format as it is"));
}

Result<QByteArray> manifestOf(const QList<Content> &contents, const ForeignFirmware &firmware,
                              const ImportRequest &request)
{
    Manifest manifest;
    if (auto completed = completeNumbers(manifest, firmware, request); !completed)
        return passOn(completed.error());
    manifest.imported = ManifestOrigin{formatName(firmware.format), firmware.sha256()};
    manifest.build =
        QStringLiteral("imported %1 sha256 %2")
            .arg(manifest.imported->format, QString::fromLatin1(manifest.imported->sha256.toHex().left(16)));
    manifest.product = request.product;
    manifest.hardware = request.hardware;
    manifest.channel = request.channel;
    for (const Content &content : contents)
        manifest.payloads.append(content.payload);
    return bytesToSign(manifest);
}

} // namespace

Result<Bundle> importBundle(const ForeignFirmware &firmware, const ImportRequest &request)
{
    auto contents = contentsOf(firmware);
    if (!contents)
        return passOn(contents.error(), QStringLiteral("importing"));
    for (const DetachedSignature &signature : request.contentSignatures) {
        if (auto added = addContentSignature(*contents, signature, firmware.sha256()); !added)
            return passOn(added.error(), QStringLiteral("adding a signature of the content"));
    }
    const auto manifest = manifestOf(*contents, firmware, request);
    if (!manifest)
        return passOn(manifest.error(), QStringLiteral("importing"));
    // By way of files, as createBundle() takes what people write: there is one way to make a bundle.
    const QTemporaryDir folder;
    const QString manifestPath = folder.filePath(manifestEntryName());
    if (auto written = replaceFile(manifestPath, *manifest); !written)
        return passOn(written.error());
    for (const Content &content : *contents) {
        if (auto written = replaceFile(folder.filePath(content.payload.file.name), content.bytes); !written)
            return passOn(written.error());
    }
    return createBundle(
        {.manifestPath = manifestPath, .keys = request.keys, .outputPath = request.outputPath});
}

} // namespace core
