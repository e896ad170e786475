// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfuse.h"

#include "core/base/byte_reader.h"

#include <QSet>

#include <algorithm>
#include <array>
#include <limits>

namespace core {

namespace {

constexpr qsizetype kSuffixSize = 16; // UM0391, section 2.2
constexpr qsizetype kPrefixSize = 11; // section 2.1
constexpr qsizetype kMostTargets = 255;
constexpr qsizetype kNameSize = 255; // section 2.3.2
constexpr quint32 kIsNamed = 1;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
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
    const auto elements = name && size && count ? reader.take(*size) : std::nullopt;
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

void append(QByteArray &bytes, quint32 value)
{
    std::array<char, sizeof(value)> raw;
    qToLittleEndian(value, raw.data());
    bytes.append(raw.data(), raw.size());
}

bool isName(const QString &name)
{
    return name.size() < kNameSize && std::all_of(name.cbegin(), name.cend(), [](QChar character) {
               return character >= u' ' && character <= u'~';
           });
}

QByteArray elementsOf(const DfuSeTarget &target)
{
    QByteArray elements;
    for (const FirmwareSegment &segment : target.segments) {
        append(elements, segment.address);
        append(elements, quint32(segment.bytes.size()));
        elements.append(segment.bytes);
    }
    return elements;
}

QByteArray written(const DfuSeTarget &target)
{
    const QByteArray elements = elementsOf(target);
    QByteArray bytes("Target");
    bytes.append(char(target.alternate));
    append(bytes, target.name.isEmpty() ? 0 : kIsNamed);
    bytes.append(target.name.toLatin1().leftJustified(kNameSize, '\0'));
    append(bytes, quint32(elements.size()));
    append(bytes, quint32(target.segments.size()));
    return bytes + elements;
}

} // namespace

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
    if (suffix->version != kDfuSeFileVersion) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("DfuSe: the suffix says version 0x%1")
                        .arg(suffix->version, 4, 16, QLatin1Char('0')));
    }
    auto targets = readTargets(QByteArrayView(file).chopped(kSuffixSize));
    if (!targets)
        return passOn(targets.error(), QStringLiteral("reading DfuSe"));
    return DfuSe{*suffix, *std::move(targets)};
}

Result<QByteArray> writeDfuSe(const DfuSe &dfuSe)
{
    const qsizetype count = dfuSe.targets.size();
    if (count == 0 || count > kMostTargets)
        return malformed(QStringLiteral("a DfuSe file cannot hold %1 images").arg(count));
    QByteArray targets;
    for (const DfuSeTarget &target : dfuSe.targets) {
        if (!isName(target.name) || target.segments.isEmpty())
            return malformed(QStringLiteral("the image for alternate setting %1 is empty or has no fit name")
                                 .arg(target.alternate));
        targets.append(written(target));
    }
    const qint64 size = kPrefixSize + targets.size();
    if (size > std::numeric_limits<quint32>::max())
        return malformed(QStringLiteral("a DfuSe file cannot hold %1 bytes").arg(size));
    QByteArray file("DfuSe\x01");
    append(file, quint32(size));
    file.append(char(count)).append(targets);
    DfuSuffix suffix = dfuSe.suffix;
    suffix.version = kDfuSeFileVersion;
    file = withDfuSuffix(file, suffix);
    if (const auto again = readDfuSe(file); !again)
        return passOn(again.error(), QStringLiteral("writing DfuSe"));
    return file;
}

} // namespace core
