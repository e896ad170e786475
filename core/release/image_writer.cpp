// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"

#include "core/base/sha256.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

#include <QtEndian>

namespace core {

namespace {

constexpr qint64 kLargestPayload = 256ll * 1024 * 1024 - 128 * 1024; // header and TLVs fit beside it
constexpr qsizetype kFixedProtectedSize = 56; // everything in the area but the list of revisions …
constexpr qsizetype kMinBootloaderSize = 8; // … and what is there only when it was asked for
constexpr qsizetype kTlvInfoSize = 4;

template<class Number>
void appendLittleEndian(QByteArray &bytes, Number value)
{
    const Number wire = qToLittleEndian(value);
    bytes.append(reinterpret_cast<const char *>(&wire), sizeof wire);
}

void appendTlv(QByteArray &area, quint16 type, const QByteArray &value)
{
    appendLittleEndian(area, type);
    appendLittleEndian(area, quint16(value.size()));
    area.append(value);
}

QByteArray tlvArea(quint16 magic, const QByteArray &entries)
{
    QByteArray area;
    appendLittleEndian(area, magic);
    appendLittleEndian(area, quint16(kTlvInfoSize + entries.size()));
    return area + entries;
}

QByteArray revisionList(const QStringList &revisions)
{
    QByteArray list;
    for (const QString &revision : revisions)
        list.append(revision.toLatin1()).append('\0');
    return list;
}

bool isRevisionName(const QString &name)
{
    return !name.isEmpty() && std::all_of(name.cbegin(), name.cend(), [](QChar c) {
        return c.unicode() > 0x20 && c.unicode() < 0x7f;
    });
}

Result<Done> checkSpec(const ImageSpec &spec)
{
    const auto refuse = [](const QString &detail) {
        return fail(ErrorKind::InvalidFile, Reason::ImageMalformed, detail);
    };
    if (spec.payload.isEmpty() || spec.payload.size() > kLargestPayload)
        return refuse(QStringLiteral("a payload of %1 bytes").arg(spec.payload.size()));
    if (spec.headerSize < BM_IMAGE_HEADER_SIZE || spec.headerSize % 4 != 0)
        return refuse(
            QStringLiteral("a header of %1 bytes: at least 32, and a multiple of 4").arg(spec.headerSize));
    if (spec.vendorDomain.isEmpty() || spec.product.isEmpty())
        return refuse(QStringLiteral("an image names its vendor's domain and its product"));
    const bool areNames =
        std::all_of(spec.hardwareRevisions.cbegin(), spec.hardwareRevisions.cend(), isRevisionName);
    if (spec.hardwareRevisions.isEmpty() || !areNames)
        return refuse(QStringLiteral("an image names the hardware revisions it is for, in printable ASCII"));
    const qsizetype room =
        BM_IMAGE_MAX_TLV_AREA - kFixedProtectedSize - (spec.minBootloader ? kMinBootloaderSize : 0);
    if (revisionList(spec.hardwareRevisions).size() > room)
        return refuse(QStringLiteral("the list of hardware revisions is too long"));
    if (spec.minBootloader && spec.minBootloader->build != 0)
        return refuse(QStringLiteral("a bootloader's version has no build number"));
    if (spec.loadAddress && spec.slotAddress)
        return refuse(QStringLiteral("an image runs from RAM or in its slot, not both"));
    return Done{};
}

quint32 placeFlag(const ImageSpec &spec)
{
    if (spec.slotAddress)
        return BM_IMAGE_FLAG_ROM_FIXED;
    return spec.loadAddress ? BM_IMAGE_FLAG_RAM_LOAD : 0;
}

QByteArray versionBytes(const Version &version)
{
    QByteArray bytes;
    bytes.append(char(version.major)).append(char(version.minor));
    appendLittleEndian(bytes, version.patch);
    return bytes;
}

QByteArray protectedTlvs(const ImageSpec &spec)
{
    QByteArray rollbackIndex;
    appendLittleEndian(rollbackIndex, spec.rollbackIndex);
    const QUuid vendor = vendorUuid(spec.vendorDomain);
    QByteArray entries;
    appendTlv(entries, BM_TLV_SECURITY_COUNTER, rollbackIndex);
    appendTlv(entries, BM_TLV_VENDOR_UUID, vendor.toRfc4122());
    appendTlv(entries, BM_TLV_CLASS_UUID, classUuid(vendor, spec.product).toRfc4122());
    appendTlv(entries, BM_TLV_HW_REVISIONS, revisionList(spec.hardwareRevisions));
    if (spec.minBootloader)
        appendTlv(entries, BM_TLV_MIN_BOOTLOADER, versionBytes(*spec.minBootloader));
    return tlvArea(BM_TLV_PROTECTED_INFO_MAGIC, entries);
}

QByteArray header(const ImageSpec &spec, qsizetype protectedSize)
{
    QByteArray bytes;
    appendLittleEndian(bytes, quint32(BM_IMAGE_MAGIC));
    appendLittleEndian(bytes, spec.loadAddress.value_or(spec.slotAddress.value_or(0)));
    appendLittleEndian(bytes, spec.headerSize);
    appendLittleEndian(bytes, quint16(protectedSize));
    appendLittleEndian(bytes, quint32(spec.payload.size()));
    appendLittleEndian(bytes, placeFlag(spec));
    bytes.append(char(spec.version.major)).append(char(spec.version.minor));
    appendLittleEndian(bytes, spec.version.patch);
    appendLittleEndian(bytes, spec.version.build);
    return bytes.leftJustified(spec.headerSize, '\0');
}

} // namespace

QUuid vendorUuid(const QString &domain)
{
    static const QUuid kDnsNamespace(
        QStringLiteral("6ba7b810-9dad-11d1-80b4-00c04fd430c8")); // RFC 4122, appendix C
    return QUuid::createUuidV5(kDnsNamespace, domain.toUtf8());
}

QUuid classUuid(const QUuid &vendor, const QString &product)
{
    return QUuid::createUuidV5(vendor, product.toUtf8());
}

Result<QByteArray> createImage(const ImageSpec &spec, const PrivateKey &key)
{
    if (auto checked = checkSpec(spec); !checked)
        return passOn(checked.error(), QStringLiteral("creating an image"));
    const auto algorithm = imageAlgorithm(key.publicKey());
    if (!algorithm)
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("images are not signed with RSA keys of %1 bits, only of 2048 or 3072")
                        .arg(key.publicKey().bits()));
    const QByteArray protectedArea = protectedTlvs(spec);
    QByteArray image = header(spec, protectedArea.size()) + spec.payload + protectedArea;
    const QByteArray digest = Sha256::of(image);
    const auto signature = key.signDigest(digest);
    if (!signature)
        return passOn(signature.error(), QStringLiteral("signing an image"));

    QByteArray entries;
    appendTlv(entries, BM_TLV_SHA256, digest);
    appendTlv(entries, BM_TLV_KEYHASH, key.publicKey().keyHash());
    appendTlv(entries, tlvType(*algorithm), *signature);
    return image + tlvArea(BM_TLV_INFO_MAGIC, entries);
}

} // namespace core
