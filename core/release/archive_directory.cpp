// SPDX-License-Identifier: Apache-2.0
#include "core/release/archive_directory.h"

#include "core/base/byte_reader.h"
#include "core/release/bundle_names.h"

#include <QSet>

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr quint16 kMostEntries = 40;
constexpr quint16 kLongestName = 128;
constexpr quint16 kMostExtra = 64; // of times and owners, programs write 20 to 45 bytes
constexpr qint64 kMostContent = 4ll * 1024 * 1024 * 1024;

// APPNOTE.TXT 4.3.7, 4.3.9, 4.3.12, 4.3.15 and 4.3.16.
constexpr QByteArrayView kLocalHeader("PK\x03\x04", 4);
constexpr QByteArrayView kDescriptor("PK\x07\x08", 4);
constexpr QByteArrayView kDirectoryRecord("PK\x01\x02", 4);
constexpr QByteArrayView kZip64Locator("PK\x06\x07", 4);
constexpr QByteArrayView kEndRecord("PK\x05\x06", 4);
constexpr qsizetype kLocalHeaderSize = 30;
constexpr qsizetype kDescriptorSize = 16;
constexpr qsizetype kDirectoryRecordSize = 46;
constexpr qsizetype kZip64LocatorSize = 20;
constexpr qsizetype kEndRecordSize = 22;

// APPNOTE.TXT 4.4.4: how hard the compressor tried (bits 1 and 2), descriptor (3), UTF-8 (11). Others change
// what the bytes mean: encryption, patches, hidden headers.
constexpr quint16 kHasDescriptor = 1 << 3;
constexpr quint16 kHarmlessFlags = 1 << 1 | 1 << 2 | kHasDescriptor | 1 << 11;

// APPNOTE.TXT 4.4.5.
constexpr quint16 kStored = 0;
constexpr quint16 kDeflated = 8;

// Times and owners: NTFS (APPNOTE.TXT 4.5.5), and what Info-ZIP's proginfo/extrafld.txt has as "UT", "UX",
// "Ux" and "ux". Others give an entry another name, size or place, for those that read them (4.5.3, 4.6.9).
constexpr std::array<quint16, 5> kHarmlessExtra{0x000a, 0x5455, 0x5855, 0x7855, 0x7875};

/// What an entry's local header and its record in the directory both have, in the same order.
struct Header {
    quint16 flags = 0;
    quint16 method = 0;
    quint32 checksum = 0;
    quint32 packedSize = 0;
    quint32 size = 0;
    quint16 nameSize = 0;
    quint16 extraSize = 0;
};

struct Entry {
    Header header;
    QByteArray name;
    qint64 offset = 0;
};

struct EndRecord {
    quint16 entries = 0;
    qint64 directorySize = 0;
    qint64 directoryOffset = 0;
};

template<class Number>
Number numberAt(QByteArrayView bytes, qsizetype at)
{
    return ByteReader(bytes.sliced(at)).littleEndian<Number>().value_or(0);
}

Result<QByteArray> bytesAt(QIODevice &device, qint64 offset, qint64 size)
{
    if (offset < 0 || size < 0 || offset + size > device.size())
        return notAnArchive(QStringLiteral("it is not one ZIP archive from its first to its last byte"));
    if (!device.seek(offset))
        return fail(ErrorKind::FileFailed, device.errorString());
    const QByteArray bytes = device.read(size);
    if (bytes.size() != size)
        return fail(ErrorKind::FileFailed, device.errorString());
    return bytes;
}

/// `fields` begins with the flags: APPNOTE.TXT 4.3.7 from byte 6 on, 4.3.12 from byte 8 on.
Header headerOf(QByteArrayView fields)
{
    return {.flags = numberAt<quint16>(fields, 0),
            .method = numberAt<quint16>(fields, 2), // then time and date
            .checksum = numberAt<quint32>(fields, 8),
            .packedSize = numberAt<quint32>(fields, 12),
            .size = numberAt<quint32>(fields, 16),
            .nameSize = numberAt<quint16>(fields, 20),
            .extraSize = numberAt<quint16>(fields, 22)};
}

/// Whether it is a short list of known fields (APPNOTE.TXT 4.5.1) from its first to its last byte.
bool isHarmlessExtra(QByteArrayView extra)
{
    if (extra.size() > kMostExtra)
        return false;
    ByteReader reader(extra);
    while (!reader.isAtEnd()) {
        const quint16 id = reader.littleEndian<quint16>().value_or(0);
        const auto size = reader.littleEndian<quint16>();
        const bool isKnown =
            std::find(kHarmlessExtra.begin(), kHarmlessExtra.end(), id) != kHarmlessExtra.end();
        if (!isKnown || !size || !reader.take(*size))
            return false;
    }
    return true;
}

/// Programs look for it from the end of the file, and take the first that they find. A comment could hold
/// another.
Result<EndRecord> readEndRecord(QIODevice &device)
{
    const auto bytes = bytesAt(device, device.size() - kEndRecordSize, kEndRecordSize);
    if (!bytes)
        return passOn(bytes.error());
    const EndRecord end{.entries = numberAt<quint16>(*bytes, 10),
                        .directorySize = numberAt<quint32>(*bytes, 12),
                        .directoryOffset = numberAt<quint32>(*bytes, 16)};
    const bool isOneDisk = numberAt<quint32>(*bytes, 4) == 0 && numberAt<quint16>(*bytes, 8) == end.entries;
    const bool hasComment = numberAt<quint16>(*bytes, 20) != 0;
    const bool fillsTheFile = end.directoryOffset + end.directorySize + kEndRecordSize == device.size();
    if (!bytes->startsWith(kEndRecord) || !isOneDisk || hasComment || !fillsTheFile)
        return notAnArchive(QStringLiteral("it is not one ZIP archive from its first to its last byte"));
    if (end.entries == 0 || end.entries > kMostEntries)
        return notAnArchive(QStringLiteral("it holds no file, or too many"));
    if (end.directorySize > end.entries * (kDirectoryRecordSize + kLongestName + kMostExtra))
        return notAnArchive(QStringLiteral("its directory is too large"));
    return end;
}

/// A record of the directory, APPNOTE.TXT 4.3.12.
Result<Entry> nextEntry(ByteReader &directory)
{
    const auto fields = directory.take(kDirectoryRecordSize);
    if (!fields || !fields->startsWith(kDirectoryRecord))
        return notAnArchive(QStringLiteral("its directory is damaged"));
    const Header header = headerOf(fields->sliced(8));
    const auto name = directory.take(header.nameSize);
    const auto extra = directory.take(header.extraSize);
    const bool hasComment = numberAt<quint16>(*fields, 32) != 0;
    const bool isOnFirstDisk = numberAt<quint16>(*fields, 34) == 0;
    if (!name || !extra || hasComment || !isOnFirstDisk)
        return notAnArchive(QStringLiteral("its directory is damaged, or holds comments"));
    if (!isPlainEntryName(QString::fromLatin1(*name)))
        return notAnArchive(QStringLiteral("it holds a file whose name is not plain"));
    if (header.flags & ~kHarmlessFlags)
        return notAnArchive(QStringLiteral("it is encrypted, or of another kind"));
    const bool isPackedInAKnownWay =
        header.method == kDeflated || (header.method == kStored && header.packedSize == header.size);
    if (!isPackedInAKnownWay)
        return notAnArchive(QStringLiteral("it is compressed in another way than deflate"));
    if (!isHarmlessExtra(*extra))
        return notAnArchive(QStringLiteral("it holds other extra fields than times and owners"));
    return Entry{header, name->toByteArray(), numberAt<quint32>(*fields, 42)};
}

Result<QList<Entry>> readEntries(QIODevice &device, const EndRecord &end)
{
    const auto directory = bytesAt(device, end.directoryOffset, end.directorySize);
    if (!directory)
        return passOn(directory.error());
    // Who finds a ZIP64 locator in front of the end record looks for the directory where that one says.
    if (directory->size() >= kZip64LocatorSize
        && directory->last(kZip64LocatorSize).startsWith(kZip64Locator))
        return notAnArchive(QStringLiteral("it is of the ZIP64 kind"));
    QList<Entry> entries;
    QSet<QByteArray> names;
    qint64 content = 0;
    ByteReader reader(*directory);
    for (int index = 0; index < end.entries; ++index) {
        const auto entry = nextEntry(reader);
        if (!entry)
            return passOn(entry.error());
        entries.append(*entry);
        names.insert(entry->name);
        content += entry->header.size;
    }
    if (!reader.isAtEnd())
        return notAnArchive(QStringLiteral("its directory holds more than it says"));
    if (names.size() != entries.size())
        return notAnArchive(QStringLiteral("it holds a file twice"));
    if (content > kMostContent)
        return notAnArchive(QStringLiteral("it holds more than 4 GiB"));
    return entries;
}

/// Whether the local header (APPNOTE.TXT 4.3.7) says what the directory says. With a descriptor, it may leave
/// the checksum to that; not the sizes, without which a reader from the front has to guess where a stored
/// entry ends.
bool isSame(const Header &local, const Header &announced)
{
    const bool isChecksumLater = (announced.flags & kHasDescriptor) && local.checksum == 0;
    return local.flags == announced.flags && local.method == announced.method
        && local.packedSize == announced.packedSize && local.size == announced.size
        && (local.checksum == announced.checksum || isChecksumLater);
}

/// That the entry is what its record says, and ends where the next one begins.
Result<Done> checkEntry(QIODevice &device, const Entry &entry, qint64 end)
{
    const auto differs = [] {
        return notAnArchive(QStringLiteral("its entries are not what its directory says, or do not touch"));
    };
    const qint64 most = kLocalHeaderSize + kLongestName + kMostExtra;
    const auto bytes = bytesAt(device, entry.offset, std::clamp<qint64>(end - entry.offset, 0, most));
    if (!bytes)
        return passOn(bytes.error());
    ByteReader reader(*bytes);
    const auto fields = reader.take(kLocalHeaderSize);
    if (!fields || !fields->startsWith(kLocalHeader))
        return differs();
    const Header local = headerOf(fields->sliced(6));
    const auto name = reader.take(local.nameSize);
    const auto extra = reader.take(local.extraSize);
    if (!isSame(local, entry.header) || !name || *name != entry.name || !extra || !isHarmlessExtra(*extra))
        return differs();
    const qint64 endOfContent = entry.offset + reader.position() + local.packedSize;
    if (!(local.flags & kHasDescriptor))
        return endOfContent == end ? Result<Done>(Done{}) : differs();
    if (endOfContent + kDescriptorSize != end)
        return differs();
    const auto descriptor = bytesAt(device, endOfContent, kDescriptorSize);
    if (!descriptor)
        return passOn(descriptor.error());
    const bool isRight = descriptor->startsWith(kDescriptor)
        && numberAt<quint32>(*descriptor, 4) == entry.header.checksum
        && numberAt<quint32>(*descriptor, 8) == entry.header.packedSize
        && numberAt<quint32>(*descriptor, 12) == entry.header.size;
    return isRight ? Result<Done>(Done{}) : differs();
}

} // namespace

tl::unexpected<Error> notAnArchive(const QString &why)
{
    return fail(ErrorKind::InvalidFile, QStringLiteral("not an archive that can be taken: %1").arg(why));
}

Result<QList<ArchiveRecord>> readArchiveDirectory(QIODevice &device)
{
    const auto end = readEndRecord(device);
    if (!end)
        return passOn(end.error());
    const auto entries = readEntries(device, *end);
    if (!entries)
        return passOn(entries.error());
    if (entries->first().offset != 0)
        return notAnArchive(QStringLiteral("it does not begin with its first file"));
    QList<ArchiveRecord> records;
    for (qsizetype index = 0; index < entries->size(); ++index) {
        const Entry &entry = entries->at(index);
        const bool isLast = index + 1 == entries->size();
        const qint64 next = isLast ? end->directoryOffset : entries->at(index + 1).offset;
        if (auto checked = checkEntry(device, entry, next); !checked)
            return passOn(checked.error());
        records.append({entry.name, entry.header.size});
    }
    return records;
}

} // namespace core
