// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/foreign_firmware.h"

#include "core/base/file_access.h"
#include "core/release/foreign/dfu_zip.h"
#include "core/release/foreign/dfuse.h"
#include "core/release/foreign/elf.h"
#include "core/release/foreign/intel_hex.h"
#include "core/release/foreign/uf2.h"
#include "core/release/image_agreement.h"

#include <QCryptographicHash>

#include <algorithm>

namespace core {

namespace {

/// More zeros behind an image than a container's last block can have are no padding.
constexpr qsizetype kMostPadding = 511;

/// An image in a container of blocks is followed by the zeros that filled the last one.
QByteArray withoutPadding(const QByteArray &bytes)
{
    const qint64 end = endOfImage(bytes).value_or(bytes.size());
    const QByteArrayView rest = QByteArrayView(bytes).sliced(end);
    const bool isPadding = rest.size() <= kMostPadding
        && std::all_of(rest.begin(), rest.end(), [](char byte) { return byte == '\0'; });
    return isPadding ? bytes.first(end) : bytes;
}

void lookForImage(ForeignPart &part)
{
    if (!beginsAsImage(part.bytes))
        return;
    auto image = parseImage(part.bytes);
    if (image)
        part.image = *std::move(image);
    else
        part.damage = image.error();
}

void append(ForeignFirmware &firmware, const QString &name, const FirmwareSegments &segments)
{
    for (const FirmwareSegment &segment : segments) {
        ForeignPart part{.name = name, .address = segment.address, .bytes = withoutPadding(segment.bytes)};
        lookForImage(part);
        firmware.parts.append(std::move(part));
    }
}

Result<ForeignFirmware> fromImage(const QByteArray &file)
{
    auto image = parseImage(file);
    if (!image)
        return passOn(image.error());
    ForeignPart part{.bytes = file, .image = *std::move(image)};
    return ForeignFirmware{ForeignFormat::Mcuboot, file, {std::move(part)}};
}

Result<ForeignFirmware> fromIntelHex(const QByteArray &file)
{
    const auto hex = readIntelHex(file);
    if (!hex)
        return passOn(hex.error());
    ForeignFirmware firmware{ForeignFormat::IntelHex, file, {}, hex->entryPoint};
    append(firmware, QString(), hex->segments);
    return firmware;
}

Result<ForeignFirmware> fromUf2(const QByteArray &file)
{
    const auto uf2 = readUf2(file);
    if (!uf2)
        return passOn(uf2.error());
    ForeignFirmware firmware{ForeignFormat::Uf2, file};
    for (const Uf2Family &family : uf2->families)
        append(firmware, family.id ? uf2FamilyName(*family.id) : QString(), family.segments);
    if (uf2->skippedBlocks != 0)
        firmware.notes.append(
            QStringLiteral("%1 blocks that are not for the flash were passed over").arg(uf2->skippedBlocks));
    return firmware;
}

Result<ForeignFirmware> fromDfuSe(const QByteArray &file)
{
    const auto dfuSe = readDfuSe(file);
    if (!dfuSe)
        return passOn(dfuSe.error());
    ForeignFirmware firmware{ForeignFormat::DfuSe, file};
    for (const DfuSeTarget &target : dfuSe->targets) {
        const QString number = QStringLiteral("alternate setting %1").arg(target.alternate);
        append(firmware, target.name.isEmpty() ? number : number + QStringLiteral(": ") + target.name,
               target.segments);
    }
    firmware.notes.append(QStringLiteral("for USB %1:%2")
                              .arg(dfuSe->suffix.vendor, 4, 16, QLatin1Char('0'))
                              .arg(dfuSe->suffix.product, 4, 16, QLatin1Char('0')));
    return firmware;
}

Result<ForeignFirmware> fromElf(const QByteArray &file)
{
    const auto elf = readElf(file);
    if (!elf)
        return passOn(elf.error());
    ForeignFirmware firmware{ForeignFormat::Elf,
                             file,
                             {},
                             elf->entryPoint,
                             {QStringLiteral("for %1").arg(elfMachineName(elf->machine))}};
    append(firmware, QString(), elf->segments);
    return firmware;
}

Result<ForeignFirmware> fromDfuZip(const QByteArray &file)
{
    const auto zip = readDfuZip(file);
    if (!zip)
        return passOn(zip.error());
    ForeignFirmware firmware{ForeignFormat::DfuZip, file};
    if (!zip->name.isEmpty())
        firmware.notes.append(QStringLiteral("called \"%1\"").arg(zip->name));
    for (const DfuZipFile &entry : zip->files) {
        ForeignPart part{.name = entry.name,
                         .address = entry.loadAddress,
                         .bytes = entry.content,
                         .imageIndex = entry.imageIndex,
                         .slotNumbers = entry.slotNumbers};
        lookForImage(part);
        firmware.parts.append(std::move(part));
        if (!entry.board.isEmpty())
            firmware.notes.append(QStringLiteral("%1 is for the board %2").arg(entry.name, entry.board));
    }
    return firmware;
}

/// A file begins as one of them at most.
struct Format {
    bool (*begins)(QByteArrayView);
    Result<ForeignFirmware> (*read)(const QByteArray &);
};
constexpr Format kFormats[] = {
    {beginsAsImage, fromImage}, {beginsAsIntelHex, fromIntelHex}, {beginsAsUf2, fromUf2},
    {beginsAsDfuSe, fromDfuSe}, {beginsAsElf, fromElf},           {beginsAsZip, fromDfuZip},
};

/// What a file of another format is, as far as one can tell; else what parseImage() makes of its beginning.
QString hintAt(const QByteArray &file)
{
    if (const auto suffix = readDfuSuffix(file)) {
        return QStringLiteral("this is a plain DFU file for USB %1:%2, which does not say where its content "
                              "belongs; use the DfuSe or HEX file of the build, or the signed image")
            .arg(suffix->vendor, 4, 16, QLatin1Char('0'))
            .arg(suffix->product, 4, 16, QLatin1Char('0'));
    }
    struct Beginning {
        QByteArrayView bytes;
        const char *what;
    };
    const Beginning kKnown[] = {
        {"S0", "these look like Motorola S-records; use the HEX file of the build"},
        {"\x1f\x8b", "this is compressed with gzip; unpack it first"},
        {"7z\xbc\xaf", "this is a 7-Zip archive; unpack it first"},
        {"\xef\xbb\xbf", "this is a text file"},
        {"PK", "this is a ZIP archive that does not begin with a file"},
    };
    for (const Beginning &known : kKnown) {
        if (file.startsWith(known.bytes))
            return QString::fromLatin1(known.what);
    }
    if (file.isEmpty())
        return QStringLiteral("the file is empty");
    return parseImage(file).error().detail; // it does not begin as an image, so there is an error
}

} // namespace

QString formatName(ForeignFormat format)
{
    switch (format) {
    case ForeignFormat::Mcuboot:
        return QStringLiteral("mcuboot");
    case ForeignFormat::IntelHex:
        return QStringLiteral("intel-hex");
    case ForeignFormat::Uf2:
        return QStringLiteral("uf2");
    case ForeignFormat::DfuSe:
        return QStringLiteral("dfuse");
    case ForeignFormat::Elf:
        return QStringLiteral("elf");
    case ForeignFormat::DfuZip:
        return QStringLiteral("dfu-zip");
    }
    Q_UNREACHABLE();
}

QByteArray ForeignFirmware::sha256() const
{
    return QCryptographicHash::hash(file, QCryptographicHash::Sha256);
}

Result<ForeignFirmware> identify(const QByteArray &file)
{
    for (const Format &format : kFormats) {
        if (format.begins(file))
            return format.read(file);
    }
    return fail(ErrorKind::InvalidFile, QStringLiteral("no known form of firmware: %1").arg(hintAt(file)));
}

Result<ForeignFirmware> readForeignFile(const QString &path)
{
    const auto file = readWholeFile(path, kLargestForeignFile);
    if (!file)
        return passOn(file.error());
    auto firmware = identify(*file);
    if (!firmware)
        return passOn(firmware.error(), QStringLiteral("identifying %1").arg(path));
    return firmware;
}

} // namespace core
