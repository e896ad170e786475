// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/uf2.h"

#include "core/base/byte_reader.h"

#include <algorithm>
#include <vector>

namespace core {

namespace {

// README, "File format" and "Flags".
constexpr qsizetype kBlockSize = 512;
constexpr qsizetype kDataAt = 32;
constexpr qsizetype kDataSize = 476;
constexpr qsizetype kMd5Size = 24; // at the end of the data
constexpr quint32 kFirstMagic = 0x0a324655;
constexpr quint32 kSecondMagic = 0x9e5d5157;
constexpr quint32 kFinalMagic = 0x0ab16f30;
constexpr quint32 kNotMainFlash = 0x00000001;
constexpr quint32 kFileContainer = 0x00001000;
constexpr quint32 kHasFamily = 0x00002000;
constexpr quint32 kHasMd5 = 0x00004000;
constexpr quint32 kHasTags = 0x00008000;
constexpr quint32 kKnownFlags = kNotMainFlash | kFileContainer | kHasFamily | kHasMd5 | kHasTags;
// pico-sdk boot/uf2.h: a block that is there for an erratum of the RP2350 (E10), alone and out of the count.
constexpr quint32 kIgnoreBlockTag = 0x9957e304;

constexpr qsizetype kMostFamilies = 32;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

struct Block {
    quint32 flags = 0;
    quint32 address = 0;
    quint32 number = 0;
    quint32 count = 0;
    std::optional<quint32> family;
    QByteArrayView payload;
    bool isToBeIgnored = false;
};

Result<Done> checkFlags(quint32 flags)
{
    if ((flags & ~kKnownFlags) != 0)
        return malformed(
            QStringLiteral("its flags 0x%1 are not all known").arg(flags, 8, 16, QLatin1Char('0')));
    if ((flags & kFileContainer) != 0)
        return malformed(QStringLiteral("it holds files for a file system, and not firmware"));
    return Done{};
}

/// `bytes` are one block.
Result<Block> readBlock(QByteArrayView bytes)
{
    ByteReader reader(bytes);
    const bool hasMagic = reader.littleEndian<quint32>() == kFirstMagic
        && reader.littleEndian<quint32>() == kSecondMagic
        && ByteReader(bytes.last(4)).littleEndian<quint32>() == kFinalMagic;
    if (!hasMagic)
        return malformed(QStringLiteral("its magic numbers are wrong"));
    Block block; // 512 bytes are there, so no read fails
    block.flags = *reader.littleEndian<quint32>();
    block.address = *reader.littleEndian<quint32>();
    const quint32 size = *reader.littleEndian<quint32>();
    block.number = *reader.littleEndian<quint32>();
    block.count = *reader.littleEndian<quint32>();
    const quint32 family = *reader.littleEndian<quint32>();
    if (auto checked = checkFlags(block.flags); !checked)
        return passOn(checked.error());
    if ((block.flags & kHasFamily) != 0)
        block.family = family;
    const quint32 most = quint32((block.flags & kHasMd5) != 0 ? kDataSize - kMd5Size : kDataSize);
    if (size == 0 || size > most || size % 4 != 0 || block.address % 4 != 0)
        return malformed(QStringLiteral("%1 bytes for %2").arg(size).arg(addressText(block.address)));
    if (block.number >= block.count)
        return malformed(QStringLiteral("it is number %1 of %2").arg(block.number).arg(block.count));
    block.payload = bytes.sliced(kDataAt, size);
    ByteReader behind(bytes.sliced(kDataAt + size, kDataSize - size));
    block.isToBeIgnored = (block.flags & kHasTags) != 0 && behind.littleEndian<quint32>() == kIgnoreBlockTag;
    return block;
}

/// The blocks of one family.
struct Group {
    std::optional<quint32> family;
    quint32 count = 0; // as its blocks say
    std::vector<quint32> numbers;
    SegmentBuilder builder{SegmentBuilder::Touching::Joined};
};

bool isComplete(Group &group)
{
    std::sort(group.numbers.begin(), group.numbers.end());
    for (std::size_t index = 0; index < group.numbers.size(); ++index) {
        if (group.numbers[index] != index)
            return false;
    }
    return group.numbers.size() == group.count;
}

Result<Group *> groupOf(const Block &block, std::vector<Group> &groups)
{
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&block](const Group &one) { return one.family == block.family; });
    if (group == groups.end()) {
        if (groups.size() == kMostFamilies)
            return malformed(QStringLiteral("there are more than %1 families").arg(kMostFamilies));
        groups.push_back(Group{block.family, block.count, {}});
        group = groups.end() - 1;
    }
    if (group->count != block.count)
        return malformed(QStringLiteral("its family has %1 or %2 blocks").arg(group->count).arg(block.count));
    return &*group;
}

Result<Done> takeBlock(QByteArrayView bytes, std::vector<Group> &groups, qint64 &skipped)
{
    const auto block = readBlock(bytes);
    if (!block)
        return passOn(block.error());
    if (block->isToBeIgnored) {
        ++skipped;
        return Done{};
    }
    const auto group = groupOf(*block, groups);
    if (!group)
        return passOn(group.error());
    (*group)->numbers.push_back(block->number);
    if ((block->flags & kNotMainFlash) != 0) {
        ++skipped;
        return Done{};
    }
    return (*group)->builder.add(block->address, block->payload);
}

QString nameOf(const std::optional<quint32> &family)
{
    return family ? uf2FamilyName(*family) : QStringLiteral("(none)");
}

Result<QList<Uf2Family>> familiesOf(std::vector<Group> groups)
{
    QList<Uf2Family> families;
    for (Group &group : groups) {
        if (!isComplete(group)) {
            return malformed(QStringLiteral("of the %1 blocks for the family %2 some are missing, or twice")
                                 .arg(group.count)
                                 .arg(nameOf(group.family)));
        }
        auto segments = group.builder.finish();
        if (!segments)
            return passOn(segments.error(), QStringLiteral("family %1").arg(nameOf(group.family)));
        if (!segments->isEmpty())
            families.append({group.family, *std::move(segments)});
    }
    if (families.isEmpty())
        return malformed(QStringLiteral("no block is for the flash"));
    return families;
}

} // namespace

QString uf2FamilyName(quint32 id)
{
    struct Known {
        quint32 id;
        const char *name;
    };
    // utils/uf2families.json, as far as boards that people update with us have one.
    constexpr Known kKnown[] = {
        {0xe48bff56, "RP2040"},     {0xe48bff57, "RP2xxx absolute"}, {0xe48bff58, "RP2xxx data"},
        {0xe48bff59, "RP2350 Arm"}, {0xe48bff5a, "RP2350 RISC-V"},   {0xe48bff5b, "RP2350 Arm non-secure"},
        {0x1b57745f, "nRF52"},      {0x621e937a, "nRF52833"},        {0xada52840, "nRF52840"},
        {0x57755a57, "STM32F4"},    {0x53b80f00, "STM32F7"},         {0x6db66082, "STM32H7"},
        {0x70d16653, "STM32WB"},    {0x68ed2b88, "SAMD21"},          {0x55114460, "SAMD51"},
        {0xbfdd4eee, "ESP32-S2"},   {0xc47e5767, "ESP32-S3"},        {0x4fb2d5bd, "i.MX RT10xx"},
    };
    for (const Known &known : kKnown) {
        if (known.id == id)
            return QString::fromLatin1(known.name);
    }
    return addressText(id);
}

bool beginsAsUf2(QByteArrayView file)
{
    ByteReader reader(file);
    return reader.littleEndian<quint32>() == kFirstMagic && reader.littleEndian<quint32>() == kSecondMagic;
}

Result<Uf2> readUf2(const QByteArray &file)
{
    if (file.isEmpty() || file.size() % kBlockSize != 0)
        return malformed(
            QStringLiteral("UF2 is in blocks of 512 bytes, and the file has %1").arg(file.size()));
    std::vector<Group> groups;
    Uf2 result;
    for (qsizetype at = 0; at < file.size(); at += kBlockSize) {
        const QByteArrayView bytes = QByteArrayView(file).sliced(at, kBlockSize);
        if (auto taken = takeBlock(bytes, groups, result.skippedBlocks); !taken)
            return passOn(taken.error(), QStringLiteral("reading block %1 of UF2").arg(at / kBlockSize));
    }
    auto families = familiesOf(std::move(groups));
    if (!families)
        return passOn(families.error(), QStringLiteral("reading UF2"));
    result.families = *std::move(families);
    return result;
}

} // namespace core
