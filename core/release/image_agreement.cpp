// SPDX-License-Identifier: Apache-2.0
#include "core/release/image_agreement.h"

#include "recovery_bootloader/include/bootmend/device_wire.h"

#include <QtEndian>

namespace core {

namespace {

tl::unexpected<Error> disagree(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

Result<Done> checkNumbers(const Manifest &manifest, const McubootImage &image)
{
    if (image.version != manifest.version) {
        return disagree(Reason::ManifestMalformed,
                        QStringLiteral("the manifest says version %1 and the image is %2")
                            .arg(toText(manifest.version), toText(image.version)));
    }
    if (image.rollbackIndex && *image.rollbackIndex != manifest.rollbackIndex) {
        return disagree(Reason::ManifestMalformed,
                        QStringLiteral("the manifest says rollback index %1 and the image has %2")
                            .arg(manifest.rollbackIndex)
                            .arg(*image.rollbackIndex));
    }
    const bool areBothStated = image.minBootloader && manifest.minBootloader;
    if (areBothStated && *image.minBootloader != *manifest.minBootloader) {
        return disagree(Reason::ManifestMalformed,
                        QStringLiteral("the manifest says bootloader %1 and the image needs %2")
                            .arg(toText(*manifest.minBootloader), toText(*image.minBootloader)));
    }
    return Done{};
}

} // namespace

bool beginsAsImage(QByteArrayView file)
{
    return file.size() >= kImageMagicSize && qFromLittleEndian<quint32>(file.data()) == BM_IMAGE_MAGIC;
}

bool hasToBeImage(const ManifestPayload &payload)
{
    return payload.image == QStringLiteral("application");
}

Result<std::optional<McubootImage>> imageOf(const ManifestPayload &payload, const QByteArray &file)
{
    if (!beginsAsImage(file) && !hasToBeImage(payload))
        return std::optional<McubootImage>();
    auto image = parseImage(file);
    if (!image)
        return passOn(image.error(), QStringLiteral("reading the image %1").arg(payload.entry().name));
    if (auto checked = checkDigest(*image); !checked)
        return passOn(checked.error(), QStringLiteral("reading the image %1").arg(payload.entry().name));
    if (image->trailer && image->trailer->isConfirmed) {
        return fail(ErrorKind::InvalidFile, Reason::ImageMalformed,
                    QStringLiteral("%1 is marked as confirmed: it would boot for good, without a trial")
                        .arg(payload.entry().name));
    }
    return std::optional(std::move(*image));
}

Result<Done> checkAgreement(const Manifest &manifest, const McubootImage &image)
{
    if (auto checked = checkNumbers(manifest, image); !checked)
        return checked;
    const bool isOtherProduct = image.vendor && image.productClass
        && *image.productClass != classUuid(*image.vendor, manifest.product);
    if (isOtherProduct) {
        return disagree(
            Reason::IncompatibleProduct,
            QStringLiteral("the manifest is for %1 and the image for another product").arg(manifest.product));
    }
    for (const QString &revision : manifest.hardware) {
        if (!image.hardwareRevisions.isEmpty() && !image.hardwareRevisions.contains(revision)) {
            return disagree(Reason::IncompatibleHardware,
                            QStringLiteral("the manifest names the hardware %1 and the image only %2")
                                .arg(revision, image.hardwareRevisions.join(QStringLiteral(", "))));
        }
    }
    return Done{};
}

} // namespace core
