// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfuse.h"

#include "core/base/byte_reader.h"

#include <QSet>

#include <array>

namespace core {

namespace {

constexpr qsizetype kSuffixSize = 16; // UM0391, section 2.2
constexpr qsizetype kChecksumSize = 4;
constexpr qsizetype kNameSize = 255; // section 2.3.2
constexpr quint16 kDfuSeVersion = 0x011a;
constexpr quint32 kIsNamed = 1;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

std::array<quint32, 256> makeCrcTable()
{
    std::array<quint32, 256> table;
    for (quint32 byte = 0; byte < 256; ++byte) {
        quint32 value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
        table[byte] = value;
    }
    return table;
}

/// The CRC-32 of Ethernet without its last inversion (USB DFU 1.1, appendix B).
quint32 dfuChecksum(QByteArrayView bytes)
{
    static const std::array<quint32, 256> kTable = makeCrcTable();
    quint32 value = 0xffffffff;
    for (const char byte : bytes)
        value = kTable[(value ^ quint8(byte)) & 0xff] ^ value >> 8;
    return value;
}

/// Section 2.3.3: address, size, data.
Result<Done> readElement(ByteReader &reader, SegmentBuilder &builder)
{
    const auto address = reader.littleEndian<quint32>();
    const auto size = reader.littleEndian<quint32>();
    const auto data = size ? reader.take(*size) : std::nullopt;
    if (!address || !data)
        return malformed(QStringLiteral("an element reaches beyond its image"));
    if (data->isEmpty())
        return malformed(QStringLiteral("an element is empty"));
    return builder.add(*address, *data);
}

/// Up to its first zero byte; only printable ASCII, as it is shown to people.
QString nameIn(QByteArrayView field)
{
    QString name;
    for (const char character : field) {
        if (character == '\0')
            break;
        if (character >= ' ' && character <= '~')
            name.append(QLatin1Char(character));
    }
    return name.trimmed();
}

/// Section 2.3.2: "Target", alternate setting, whether it is named, name, size and number of its elements.
Result<DfuSeTarget> readTarget(ByteReader &reader)
{
    const auto signature = reader.take(6);
    if (!signature || *signature != QByteArrayView("Target"))
        return malformed(QStringLiteral("an image does not begin with \"Target\""));
    const auto alternate = reader.littleEndian<quint8>();
    const auto isNamed = reader.littleEndian<quint32>();
    const auto name = reader.take(kNameSize);
    const auto size = reader.littleEndian<quint32>();
    const auto count = reader.littleEndian<quint32>();
    const auto elements = size && count ? reader.take(*size) : std::nullopt;
    if (!elements)
        return malformed(QStringLiteral("an image reaches beyond the file"));
    DfuSeTarget target{*alternate, *isNamed == kIsNamed ? nameIn(*name) : QString(), {}};
    SegmentBuilder builder(SegmentBuilder::Touching::Kept);
    ByteReader inside(*elements);
    for (quint32 index = 0; index < *count; ++index) { // each takes bytes, so the count cannot run away
        if (auto read = readElement(inside, builder); !read)
            return passOn(read.error());
    }
    if (!inside.isAtEnd() || *count == 0)
        return malformed(QStringLiteral("the elements do not fill their image"));
    auto segments = builder.finish();
    if (!segments)
        return passOn(segments.error());
    target.segments = *std::move(segments);
    return target;
}

/// Section 2.1: "DfuSe", version 1, size of the file without its suffix, number of images.
Result<quint8> readPrefix(ByteReader &reader)
{
    reader.take(5); // the signature, which brought us here
    const auto version = reader.littleEndian<quint8>();
    const auto size = reader.littleEndian<quint32>();
    const auto count = reader.littleEndian<quint8>();
    if (!version || !size || !count || *version != 1 || *count == 0)
        return malformed(QStringLiteral("the prefix is not that of version 1"));
    if (qint64(*size) != reader.position() + reader.remaining()) {
        return malformed(QStringLiteral("it says that it has %1 bytes, and has %2")
                             .arg(*size)
                             .arg(reader.position() + reader.remaining()));
    }
    return *count;
}

Result<QList<DfuSeTarget>> readTargets(QByteArrayView content)
{
    ByteReader reader(content);
    const auto count = readPrefix(reader);
    if (!count)
        return passOn(count.error());
    QList<DfuSeTarget> targets;
    QSet<quint8> alternates;
    for (int index = 0; index < *count; ++index) {
        auto target = readTarget(reader);
        if (!target)
            return passOn(target.error(), QStringLiteral("image %1").arg(index));
        if (alternates.contains(target->alternate))
            return malformed(
                QStringLiteral("two images are for alternate setting %1").arg(target->alternate));
        alternates.insert(target->alternate);
        targets.append(*std::move(target));
    }
    if (!reader.isAtEnd())
        return malformed(QStringLiteral("%1 bytes follow the last image").arg(reader.remaining()));
    return targets;
}

} // namespace

std::optional<DfuSuffix> readDfuSuffix(const QByteArray &file)
{
    if (file.size() < kSuffixSize)
        return std::nullopt;
    const QByteArrayView bytes(file);
    ByteReader reader(bytes.last(kSuffixSize));
    DfuSuffix suffix; // 16 bytes are there, so no read fails
    suffix.device = *reader.littleEndian<quint16>();
    suffix.product = *reader.littleEndian<quint16>();
    suffix.vendor = *reader.littleEndian<quint16>();
    suffix.version = *reader.littleEndian<quint16>();
    const bool isSuffix =
        reader.take(3) == QByteArrayView("UFD") && reader.littleEndian<quint8>() == kSuffixSize;
    if (!isSuffix || reader.littleEndian<quint32>() != dfuChecksum(bytes.chopped(kChecksumSize)))
        return std::nullopt;
    return suffix;
}

bool beginsAsDfuSe(QByteArrayView file)
{
    return file.startsWith("DfuSe");
}

Result<DfuSe> readDfuSe(const QByteArray &file)
{
    const auto suffix = readDfuSuffix(file);
    if (!suffix) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("DfuSe: the suffix or its checksum is wrong; the file is damaged"));
    }
    if (suffix->version != kDfuSeVersion) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("DfuSe: the suffix says version 0x%1")
                        .arg(suffix->version, 4, 16, QLatin1Char('0')));
    }
    auto targets = readTargets(QByteArrayView(file).chopped(kSuffixSize));
    if (!targets)
        return passOn(targets.error(), QStringLiteral("reading DfuSe"));
    return DfuSe{*suffix, *std::move(targets)};
}

} // namespace core
