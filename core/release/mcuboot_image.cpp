// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"

#include "core/base/byte_reader.h"
#include "core/base/file_access.h"
#include "core/base/sha256.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

namespace core {

namespace {

constexpr qint64 kLargestImageFile = 256ll * 1024 * 1024;
constexpr int kMostTlvs = 64;
constexpr qsizetype kTlvInfoSize = 4;
constexpr qsizetype kDigestSize = 32;
constexpr qsizetype kUuidSize = 16;

// mcuboot boot/bootutil/include/bootutil/image.h; those that our own bootloader knows are in device_wire.h.
constexpr quint32 kOldMagic = 0x96f3b83c;
constexpr quint16 kTlvSha384 = 0x11;
constexpr quint16 kTlvSha512 = 0x12;
constexpr quint16 kTlvRsaPss2048 = 0x20;
constexpr quint16 kTlvEcdsa = 0x22;
constexpr quint16 kTlvRsaPss3072 = 0x23;
constexpr quint16 kTlvSignaturePure = 0x25;

constexpr quint8 kTrailerMagic[] = {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f,
                                    0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80};
constexpr qsizetype kTrailerConfirmedOffset = 24; // from the end: magic 16, then image_ok aligned to 8
constexpr quint8 kFlagIsSet = 0x01;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, Reason::ImageMalformed, detail);
}

/// What a file that is no image probably is, from its first bytes.
QString hintAt(QByteArrayView file)
{
    if (file.startsWith("\x7f"
                        "ELF"))
        return QStringLiteral("this is an ELF file, as the linker writes it; sign its binary form");
    if (file.startsWith("MZ"))
        return QStringLiteral("this is a Windows program");
    if (file.startsWith("PK\x03\x04"))
        return QStringLiteral("this is a ZIP archive or a bundle");
    if (file.startsWith(":"))
        return QStringLiteral("this is an Intel HEX file; use the signed .bin of the build");
    const quint32 first = ByteReader(file).littleEndian<quint32>().value_or(0);
    if (first == kOldMagic)
        return QStringLiteral(
            "this is an image in MCUboot's first format; sign it again with a current imgtool");
    if (first == qFromBigEndian<quint32>(QByteArray::fromHex("3db8f396").constData()))
        return QStringLiteral("this looks like a big-endian image");
    if (first == 0xffffffff)
        return QStringLiteral("this is empty flash");
    if (first >> 24 == 0x20)
        return QStringLiteral(
            "this looks like a raw binary (its first word is a stack pointer); use the signed one");
    return QStringLiteral("its first bytes are not those of an image");
}

struct Header {
    quint32 magic = 0;
    quint32 loadAddress = 0;
    quint16 headerSize = 0;
    quint16 protectedSize = 0;
    quint32 payloadSize = 0;
    quint32 flags = 0;
    Version version;
};

std::optional<Header> readHeader(QByteArrayView file)
{
    if (file.size() < qsizetype(BM_IMAGE_HEADER_SIZE))
        return std::nullopt;
    ByteReader reader(file.first(BM_IMAGE_HEADER_SIZE));
    Header header; // 32 bytes are there, so no read fails
    header.magic = *reader.littleEndian<quint32>();
    header.loadAddress = *reader.littleEndian<quint32>();
    header.headerSize = *reader.littleEndian<quint16>();
    header.protectedSize = *reader.littleEndian<quint16>();
    header.payloadSize = *reader.littleEndian<quint32>();
    header.flags = *reader.littleEndian<quint32>();
    header.version.major = *reader.littleEndian<quint8>();
    header.version.minor = *reader.littleEndian<quint8>();
    header.version.patch = *reader.littleEndian<quint16>();
    header.version.build = *reader.littleEndian<quint32>();
    return header;
}

/// One TLV area that begins where the reader stands; its total counts the info header (4 bytes).
Result<Done> readTlvArea(ByteReader &reader, quint16 magic, QList<ImageTlv> &tlvs)
{
    const auto actualMagic = reader.littleEndian<quint16>();
    const auto total = reader.littleEndian<quint16>();
    if (!actualMagic || !total)
        return malformed(QStringLiteral("the file ends before its TLV area; it was cut off"));
    if (*actualMagic != magic) {
        return malformed(QStringLiteral("a TLV area begins with 0x%1 and not with 0x%2")
                             .arg(*actualMagic, 4, 16, QLatin1Char('0'))
                             .arg(magic, 4, 16, QLatin1Char('0')));
    }
    const auto area = *total < kTlvInfoSize ? std::nullopt : reader.take(*total - kTlvInfoSize);
    if (!area)
        return malformed(QStringLiteral("a TLV area of %1 bytes does not fit the file").arg(*total));
    ByteReader entries(*area);
    while (!entries.isAtEnd()) {
        const auto type = entries.littleEndian<quint16>();
        const auto length = entries.littleEndian<quint16>();
        const auto value = length ? entries.take(*length) : std::nullopt;
        if (!type || !value)
            return malformed(QStringLiteral("a TLV reaches beyond its area"));
        if (tlvs.size() == kMostTlvs)
            return malformed(QStringLiteral("more than %1 TLVs").arg(kMostTlvs));
        tlvs.append({*type, value->toByteArray(), magic == BM_TLV_PROTECTED_INFO_MAGIC});
    }
    return Done{};
}

/// The list in BM_TLV_HW_REVISIONS; nothing when the value is not in that form (0xa1 is in the range that
/// every vendor uses as they like).
QStringList hardwareRevisionsIn(const QByteArray &value)
{
    if (!value.endsWith('\0'))
        return {};
    QStringList revisions;
    for (const QByteArray &name : value.chopped(1).split('\0')) {
        const bool isPrintable =
            std::all_of(name.cbegin(), name.cend(), [](char c) { return c > 0x20 && c < 0x7f; });
        if (name.isEmpty() || !isPrintable)
            return {};
        revisions.append(QString::fromLatin1(name));
    }
    return revisions;
}

std::optional<ImageSignatureAlgorithm> signatureAlgorithm(quint16 type)
{
    for (const auto algorithm : {ImageSignatureAlgorithm::Ed25519, ImageSignatureAlgorithm::EcdsaSha256,
                                 ImageSignatureAlgorithm::RsaPss2048, ImageSignatureAlgorithm::RsaPss3072}) {
        if (tlvType(algorithm) == type)
            return algorithm;
    }
    return std::nullopt;
}

constexpr qsizetype kVersionSize = 4; // of a bootloader: major, minor, patch (u16)

/// Where a TLV that we read has to stand, how often and how long. An attacker may add what they like outside
/// of the protected area, so nothing that is read from the wrong area may count.
struct TlvRule {
    quint16 type;
    bool isProtected;
    qsizetype size; // 0: any
};
constexpr TlvRule kRules[] = {
    {BM_TLV_SHA256, false, kDigestSize},
    {BM_TLV_KEYHASH, false, 0},
    {BM_TLV_ED25519, false, 64},
    {kTlvSignaturePure, false, 0},
    {kTlvEcdsa, false, 0},
    {kTlvRsaPss2048, false, 256},
    {kTlvRsaPss3072, false, 384},
    {BM_TLV_SECURITY_COUNTER, true, 4},
    {BM_TLV_VENDOR_UUID, true, kUuidSize},
    {BM_TLV_CLASS_UUID, true, kUuidSize},
    {BM_TLV_HW_REVISIONS, true, 0},
    {BM_TLV_MIN_BOOTLOADER, true, 0},
};

Result<Done> checkRules(const QList<ImageTlv> &tlvs)
{
    for (const TlvRule &rule : kRules) {
        qsizetype count = 0;
        for (const ImageTlv &tlv : tlvs) {
            if (tlv.type != rule.type)
                continue;
            const QString name = QStringLiteral("TLV 0x%1").arg(tlv.type, 2, 16, QLatin1Char('0'));
            if (tlv.isProtected != rule.isProtected)
                return malformed(name + QStringLiteral(" stands in the wrong TLV area"));
            if (rule.size != 0 && tlv.value.size() != rule.size)
                return malformed(name + QStringLiteral(" has %1 bytes").arg(tlv.value.size()));
            if (++count > 1)
                return malformed(name + QStringLiteral(" is there twice"));
        }
    }
    return Done{};
}

void interpret(const ImageTlv &tlv, McubootImage &image)
{
    if (const auto algorithm = signatureAlgorithm(tlv.type); algorithm && !tlv.isProtected)
        image.signatures.append({*algorithm, tlv.value});
    switch (tlv.type) {
    case BM_TLV_SHA256:
        image.digest = tlv.value;
        break;
    case BM_TLV_KEYHASH:
        image.keyHash = tlv.value;
        break;
    case kTlvSignaturePure:
        image.signsWholeRegion = true;
        break;
    case BM_TLV_SECURITY_COUNTER:
        image.rollbackIndex = qFromLittleEndian<quint32>(tlv.value.constData());
        break;
    case BM_TLV_VENDOR_UUID:
        image.vendor = QUuid::fromRfc4122(tlv.value);
        break;
    case BM_TLV_CLASS_UUID:
        image.productClass = QUuid::fromRfc4122(tlv.value);
        break;
    case BM_TLV_HW_REVISIONS:
        image.hardwareRevisions = hardwareRevisionsIn(tlv.value);
        break;
    case BM_TLV_MIN_BOOTLOADER: // Another vendor's TLV of that number is of another size.
        if (tlv.value.size() == kVersionSize)
            image.minBootloader = Version{.major = quint8(tlv.value.at(0)),
                                          .minor = quint8(tlv.value.at(1)),
                                          .patch = qFromLittleEndian<quint16>(tlv.value.constData() + 2)};
        break;
    default:
        break;
    }
}

/// What follows the image: nothing, or the padding of a slot with or without marks (mcuboot design.md, "Image
/// trailer", for an alignment of 8).
Result<std::optional<ImageTrailer>> readTrailer(QByteArrayView rest)
{
    if (rest.isEmpty())
        return std::optional<ImageTrailer>();
    const QByteArrayView magic(reinterpret_cast<const char *>(kTrailerMagic),
                               qsizetype(sizeof kTrailerMagic));
    QByteArrayView padding = rest;
    ImageTrailer trailer;
    if (rest.endsWith(magic) && rest.size() >= kTrailerConfirmedOffset) {
        trailer.isConfirmed = quint8(rest[rest.size() - kTrailerConfirmedOffset]) == kFlagIsSet;
        padding = rest.chopped(kTrailerConfirmedOffset);
    }
    const bool isErased =
        std::all_of(padding.begin(), padding.end(), [](char byte) { return quint8(byte) == 0xff; });
    if (!isErased) {
        return malformed(QStringLiteral("%1 bytes follow the image, which are neither padding nor a trailer")
                             .arg(rest.size()));
    }
    return std::optional(trailer);
}

/// imgtool up to version 1.8 filled ECDSA signatures up to 72 bytes with zeros, behind the DER value whose
/// second byte is its length.
QByteArray withoutPadding(const ImageSignature &signature)
{
    if (signature.algorithm != ImageSignatureAlgorithm::EcdsaSha256 || signature.value.size() < 2)
        return signature.value;
    const QByteArray value =
        signature.value.first(std::min<qsizetype>(signature.value.size(), quint8(signature.value[1]) + 2));
    const QByteArray rest = signature.value.sliced(value.size());
    return rest.count('\0') == rest.size() ? value : signature.value;
}

} // namespace

QString toText(ImageSignatureAlgorithm algorithm)
{
    switch (algorithm) {
    case ImageSignatureAlgorithm::Ed25519:
        return QStringLiteral("Ed25519");
    case ImageSignatureAlgorithm::EcdsaSha256:
        return QStringLiteral("ECDSA");
    case ImageSignatureAlgorithm::RsaPss2048:
        return QStringLiteral("RSA-2048-PSS");
    case ImageSignatureAlgorithm::RsaPss3072:
        return QStringLiteral("RSA-3072-PSS");
    }
    Q_UNREACHABLE();
}

std::optional<ImageSignatureAlgorithm> imageAlgorithm(const PublicKey &key)
{
    switch (key.algorithm()) {
    case KeyAlgorithm::Ed25519:
        return ImageSignatureAlgorithm::Ed25519;
    case KeyAlgorithm::EcdsaP256:
        return ImageSignatureAlgorithm::EcdsaSha256;
    case KeyAlgorithm::RsaPss:
        break;
    }
    if (key.bits() == 2048)
        return ImageSignatureAlgorithm::RsaPss2048;
    return key.bits() == 3072 ? std::optional(ImageSignatureAlgorithm::RsaPss3072) : std::nullopt;
}

quint16 tlvType(ImageSignatureAlgorithm algorithm)
{
    switch (algorithm) {
    case ImageSignatureAlgorithm::Ed25519:
        return BM_TLV_ED25519;
    case ImageSignatureAlgorithm::EcdsaSha256:
        return kTlvEcdsa;
    case ImageSignatureAlgorithm::RsaPss2048:
        return kTlvRsaPss2048;
    case ImageSignatureAlgorithm::RsaPss3072:
        return kTlvRsaPss3072;
    }
    Q_UNREACHABLE();
}

bool McubootImage::isEncrypted() const
{
    return (flags & BM_IMAGE_FLAG_ENCRYPTED_MASK) != 0;
}

std::optional<qint64> endOfImage(QByteArrayView bytes)
{
    const auto header = readHeader(bytes);
    if (!header || header->magic != BM_IMAGE_MAGIC)
        return std::nullopt;
    ByteReader reader(bytes);
    const bool hasTlvs = reader.take(qint64(header->headerSize) + header->payloadSize + header->protectedSize)
        && reader.littleEndian<quint16>() == BM_TLV_INFO_MAGIC;
    const auto total = hasTlvs ? reader.littleEndian<quint16>() : std::nullopt;
    if (!total || *total < kTlvInfoSize || !reader.take(*total - kTlvInfoSize))
        return std::nullopt;
    return reader.position();
}

Result<McubootImage> parseImage(const QByteArray &file)
{
    if (file.size() > kLargestImageFile)
        return malformed(QStringLiteral("larger than 256 MiB"));
    const auto header = readHeader(file);
    if (!header || header->magic != BM_IMAGE_MAGIC)
        return malformed(QStringLiteral("not an image in the MCUboot format: %1").arg(hintAt(file)));

    McubootImage image{file};
    image.version = header->version;
    image.loadAddress = header->loadAddress;
    image.flags = header->flags;
    image.headerSize = header->headerSize;
    image.payloadSize = header->payloadSize;
    image.signedSize = image.headerSize + image.payloadSize + header->protectedSize;
    if (image.headerSize < qint64(BM_IMAGE_HEADER_SIZE))
        return malformed(QStringLiteral("a header of %1 bytes").arg(image.headerSize));
    if (image.signedSize > file.size()) {
        return malformed(QStringLiteral("the header announces %1 bytes and the file has %2; it was cut off")
                             .arg(image.signedSize)
                             .arg(file.size()));
    }

    ByteReader reader(file);
    reader.take(image.headerSize + image.payloadSize);
    if (header->protectedSize != 0) {
        if (auto area = readTlvArea(reader, BM_TLV_PROTECTED_INFO_MAGIC, image.tlvs); !area)
            return passOn(area.error());
        if (reader.position() != image.signedSize)
            return malformed(QStringLiteral("the protected TLV area is not as long as the header says"));
    }
    if (auto area = readTlvArea(reader, BM_TLV_INFO_MAGIC, image.tlvs); !area)
        return passOn(area.error());
    image.endOfTlvs = reader.position();
    if (auto checked = checkRules(image.tlvs); !checked)
        return passOn(checked.error());
    for (const ImageTlv &tlv : std::as_const(image.tlvs))
        interpret(tlv, image);

    const auto trailer = readTrailer(QByteArrayView(file).sliced(image.endOfTlvs));
    if (!trailer)
        return passOn(trailer.error());
    image.trailer = *trailer;
    return image;
}

Result<McubootImage> readImageFile(const QString &path)
{
    const auto file = readWholeFile(path, kLargestImageFile);
    if (!file)
        return passOn(file.error());
    return parseImage(*file);
}

QByteArray computeDigest(const McubootImage &image)
{
    return Sha256::of(QByteArrayView(image.file).first(image.signedSize));
}

Result<Done> checkDigest(const McubootImage &image)
{
    if (image.isEncrypted()) {
        return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                    QStringLiteral("the image is encrypted: only the device can check its digest"));
    }
    if (image.digest.isEmpty()) {
        const bool hasOther = std::any_of(image.tlvs.cbegin(), image.tlvs.cend(), [](const ImageTlv &tlv) {
            return tlv.type == kTlvSha384 || tlv.type == kTlvSha512;
        });
        return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                    hasOther ? QStringLiteral("the image's digest is not SHA-256, which is not supported yet")
                             : QStringLiteral("the image has no digest"));
    }
    if (computeDigest(image) != image.digest) {
        return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                    QStringLiteral(
                        "the image's content does not have the digest that it states; the file is damaged"));
    }
    return Done{};
}

Result<Done> verifyImage(const McubootImage &image, const PublicKey &key)
{
    if (auto checked = checkDigest(image); !checked)
        return passOn(checked.error());
    if (image.signatures.isEmpty())
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                    QStringLiteral("the image is not signed"));
    if (image.signsWholeRegion)
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                    QStringLiteral("the image has a signature over all of it, which is not supported yet"));
    if (image.keyHash != key.keyHash()) {
        return fail(ErrorKind::Untrusted, Reason::KeyUnknown,
                    QStringLiteral("the image was signed with the key %1 and not with %2")
                        .arg(image.keyHash.isEmpty() ? QStringLiteral("(not named)")
                                                     : QString::fromLatin1(image.keyHash.toHex()),
                             QString::fromLatin1(key.keyHash().toHex())));
    }
    const auto signature = std::find_if(
        image.signatures.cbegin(), image.signatures.cend(),
        [expected = imageAlgorithm(key)](const ImageSignature &one) { return one.algorithm == expected; });
    if (signature == image.signatures.cend())
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                    QStringLiteral("the image has a signature of the form %1, which the key does not make")
                        .arg(toText(image.signatures.first().algorithm)));
    if (!key.verifiesDigest(image.digest, withoutPadding(*signature))) {
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                    QStringLiteral("the image's signature is not that of the key %1").arg(key.keyId()));
    }
    return Done{};
}

QString modeName(const McubootImage &image)
{
    if ((image.flags & BM_IMAGE_FLAG_ROM_FIXED) != 0)
        return QStringLiteral("rom_fixed");
    return (image.flags & BM_IMAGE_FLAG_RAM_LOAD) != 0 ? QStringLiteral("ram_load") : QString();
}

} // namespace core
