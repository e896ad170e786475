// SPDX-License-Identifier: Apache-2.0
#include "tests/support/archive_tricks.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace test_support {

namespace {

constexpr qsizetype kLocalHeader = 30;
constexpr qsizetype kRecord = 46;
constexpr qsizetype kDescriptor = 16;
constexpr qsizetype kEnd = 22;

ArchiveTrick changed(const QByteArray &zip, const char *name, const std::function<void(ZipParts &)> &change)
{
    ZipParts parts(zip);
    change(parts);
    return {name, parts.joined()};
}

template<class Number>
ArchiveTrick withEnd(QByteArray zip, const char *name, qsizetype field, Number number)
{
    put(zip, zip.size() - kEnd + field, number);
    return {name, zip};
}

QList<ArchiveTrick> tricksOfTheEnd(const QByteArray &zip)
{
    const auto count = numberAt<quint16>(zip, zip.size() - 12);
    const auto size = numberAt<quint32>(zip, zip.size() - 10);
    const auto offset = numberAt<quint32>(zip, zip.size() - 6);
    QByteArray commented = zip + QByteArray(kEnd, 'c');
    put(commented, zip.size() - 2, quint16(kEnd));
    QByteArray shifted = zip;
    put(shifted, zip.size() - 10, quint32(size - 1));
    put(shifted, zip.size() - 6, quint32(offset + 1));
    return {withEnd(zip, "a record count too low", 10, quint16(count - 1)),
            withEnd(zip, "record counts too low", 8, quint32((count - 1) * 0x10001u)),
            withEnd(zip, "record counts too high", 8, quint32((count + 1) * 0x10001u)),
            withEnd(zip, "record counts of ZIP64", 8, quint32(0xffffffff)),
            withEnd(zip, "no record", 8, quint32(0)),
            withEnd(zip, "another count on this disk", 8, quint16(count + 1)),
            withEnd(zip, "a second disk", 4, quint16(1)),
            withEnd(zip, "a directory on a second disk", 6, quint16(1)),
            withEnd(zip, "a directory size of ZIP64", 12, quint32(0xffffffff)),
            withEnd(zip, "a directory offset of ZIP64", 16, quint32(0xffffffff)),
            withEnd(zip, "a comment that is not there", 20, quint16(1)),
            withEnd(zip, "a signature of the end that is none", 0, quint16(0)),
            {"junk behind the directory", QByteArray(zip).insert(zip.size() - kEnd, QByteArray(4096, 'j'))},
            {"a directory that begins later", shifted},
            {"a comment", commented}};
}

QList<ArchiveTrick> tricksOfTheDirectory(const QByteArray &zip)
{
    const auto with = [&](const char *name, const std::function<void(ZipParts &)> &change) {
        return changed(zip, name, change);
    };
    const auto withOther = [&](const char *name, qsizetype field, quint16 number) {
        return with(name, [=](ZipParts &parts) { put(parts.records[0], field, number); });
    };
    return {
        with("a second record for one entry",
             [](ZipParts &parts) {
                 parts.records.append(parts.records[0]);
                 parts.records.last()[kRecord] = 'e';
             }),
        with("a record twice", [](ZipParts &parts) { parts.records.append(parts.records[0]); }),
        with("a record without an entry",
             [](ZipParts &parts) {
                 parts.records.append(parts.records[0]);
                 parts.records.last()[kRecord] = 'e';
                 put(parts.records.last(), 42, quint32(parts.entries[0].size() / 2));
             }),
        with("records in another order",
             [](ZipParts &parts) {
                 parts.keepsOffsets = true;
                 parts.records.swapItemsAt(0, 1);
             }),
        with("a signature behind the records", // APPNOTE.TXT 4.3.13
             [](ZipParts &parts) { parts.behindRecords = QByteArray("PK\x05\x05\0\0", 6); }),
        with("a comment of a file",
             [](ZipParts &parts) {
                 put(parts.records[0], 32, quint16(4));
                 parts.records[0] += "note";
             }),
        with("a comment of a file that is not there",
             [](ZipParts &parts) { put(parts.records.last(), 32, quint16(4)); }),
        withOther("a signature of a record that is none", 0, 0),
        withOther("a file on a second disk", 34, 1),
        with("a ZIP64 locator", // APPNOTE.TXT 4.3.15, in a field of times
             [](ZipParts &parts) {
                 parts.addExtra(parts.records.size() - 1, 0x000a, "PK\x06\x07" + QByteArray(16, '\0'));
             }),
        with("sizes in a ZIP64 field", [](ZipParts &parts) { parts.addExtra(0, 1, QByteArray(8, '\0')); }),
        with("a name in Unicode", // APPNOTE.TXT 4.6.9
             [](ZipParts &parts) { parts.addExtra(0, 0x7075, QByteArray(5, '\1') + "evil.bin"); }),
        with("extra fields cut off",
             [](ZipParts &parts) {
                 parts.addExtra(0, 0x000a, "");
                 put(parts.records[0], parts.records[0].size() - 2, quint16(1));
             }),
        with("extra fields too large",
             [](ZipParts &parts) { parts.addExtra(0, 0x000a, QByteArray(100, '\0')); }),
        withOther("a name that is too long", 28, 0xffff),
        withOther("extra fields that are too long", 30, 0xffff)};
}

/// The second entry is also the end of the first one's content.
ArchiveTrick overlappingEntries(const QByteArray &zip)
{
    ZipParts parts(zip);
    const QByteArray inner = std::exchange(parts.entries[1], {});
    QByteArray &outer = parts.entries[0];
    const auto size = quint32(numberAt<quint32>(outer, 18) + inner.size());
    parts.putInBoth(0, 18, size);
    parts.putInBoth(0, 22, size);
    put(outer, outer.size() - 8, size);
    put(outer, outer.size() - 4, size);
    const qsizetype innerAt = outer.size() - kDescriptor;
    outer.insert(innerAt, inner);
    QByteArray joined = parts.joined();
    const qsizetype directory = numberAt<quint32>(joined, joined.size() - 6);
    put(joined, directory + parts.records[0].size() + 42, quint32(innerAt));
    return {"overlapping entries", joined};
}

QList<ArchiveTrick> tricksWithHiddenBytes(const QByteArray &zip)
{
    const QByteArray hidden = ZipParts(zip).entries.last();
    const QByteArray junk(4096, 'j');
    const auto with = [&](const char *name, const std::function<void(ZipParts &)> &change) {
        return changed(zip, name, change);
    };
    return {with("a hidden entry at the end", [&](ZipParts &parts) { parts.entries.append(hidden); }),
            with("a hidden entry in the middle", [&](ZipParts &parts) { parts.entries[0] += hidden; }),
            with("a hidden entry in front",
                 [&](ZipParts &parts) {
                     parts.entries.prepend(hidden);
                     parts.records.prepend({});
                 }),
            with("junk before the directory", [&](ZipParts &parts) { parts.entries.append(junk); }),
            with("a hidden entry, then junk",
                 [&](ZipParts &parts) {
                     parts.entries += {hidden, junk};
                 }),
            with("junk between entries", [&](ZipParts &parts) { parts.entries[0] += junk; }),
            with("one byte between entries", [](ZipParts &parts) { parts.entries[0] += 'j'; }),
            with("a hidden entry in the local header",
                 [&](ZipParts &parts) {
                     QByteArray &entry = parts.entries[0];
                     const qsizetype name = numberAt<quint16>(entry, 26);
                     put(entry, 28, quint16(numberAt<quint16>(entry, 28) + hidden.size()));
                     entry.insert(kLocalHeader + name, hidden);
                 }),
            overlappingEntries(zip)};
}

QList<ArchiveTrick> tricksOfHeaders(const QByteArray &zip)
{
    const auto with = [&](const char *name, const std::function<void(ZipParts &)> &change) {
        return changed(zip, name, change);
    };
    const auto inBoth = [&](const char *name, qsizetype field, quint16 number) {
        return with(name, [=](ZipParts &parts) { parts.putInBoth(0, field, number); });
    };
    const auto inLocal = [&](const char *name, qsizetype field, quint16 number) {
        return with(name, [=](ZipParts &parts) { put(parts.entries[0], field, number); });
    };
    const auto ofDescriptor = [&](const char *name, qsizetype fromItsEnd) {
        return with(name, [=](ZipParts &parts) {
            QByteArray &entry = parts.entries[0];
            entry[entry.size() - fromItsEnd] = char(entry.at(entry.size() - fromItsEnd) ^ 1);
        });
    };
    return {with("names that differ", [](ZipParts &parts) { parts.entries[0][kLocalHeader] = 'e'; }),
            with("a name that ends early",
                 [](ZipParts &parts) {
                     parts.entries[0][kLocalHeader + 3] = '\0';
                     parts.records[0][kRecord + 3] = '\0';
                 }),
            inLocal("a name of another length", 26, 1),
            inLocal("another compression in the local header", 8, 8),
            inLocal("other flags in the local header", 6, 0x808),
            inLocal("another checksum in the local header", 14, 1),
            inLocal("another compressed size in the local header", 18, 0),
            inLocal("another size in the local header", 22, 0),
            inLocal("a signature that is none", 0, 0),
            with("a stored file of two sizes",
                 [](ZipParts &parts) {
                     parts.putInBoth(0, 22, quint32(1));
                     put(parts.entries[0], parts.entries[0].size() - 4, quint32(1));
                 }),
            inBoth("a compression of another kind", 8, 12),
            inBoth("encrypted", 6, 0x9),
            inBoth("patched", 6, 0x28),
            inBoth("hidden headers", 6, 0x2008),
            inBoth("no descriptor", 6, 0),
            ofDescriptor("another signature of the descriptor", 16),
            ofDescriptor("another checksum in the descriptor", 12),
            ofDescriptor("another compressed size in the descriptor", 8),
            ofDescriptor("another size in the descriptor", 4),
            with("more than 4 GiB", [](ZipParts &parts) {
                for (const qsizetype index : {0, 1}) {
                    parts.putInBoth(index, 8, quint16(8));
                    parts.putInBoth(index, 22, quint32(0xffffffff));
                    QByteArray &entry = parts.entries[index];
                    put(entry, entry.size() - 4, quint32(0xffffffff));
                }
            })};
}

} // namespace

ZipParts::ZipParts(const QByteArray &zip) : end(zip.last(kEnd))
{
    QList<qsizetype> offsets;
    qsizetype at = numberAt<quint32>(end, 16);
    for (int left = numberAt<quint16>(end, 10); left > 0; --left) {
        const qsizetype size = kRecord + numberAt<quint16>(zip, at + 28) + numberAt<quint16>(zip, at + 30);
        records.append(zip.mid(at, size));
        offsets.append(numberAt<quint32>(zip, at + 42));
        at += size;
    }
    offsets.append(numberAt<quint32>(end, 16));
    for (qsizetype index = 0; index < records.size(); ++index)
        entries.append(zip.mid(offsets[index], offsets[index + 1] - offsets[index]));
}

QByteArray ZipParts::joined() const
{
    QByteArray zip;
    QByteArray directory;
    quint16 count = 0;
    for (qsizetype index = 0; index < std::max(entries.size(), records.size()); ++index) {
        QByteArray record = records.value(index);
        if (!record.isEmpty()) {
            ++count;
            if (!keepsOffsets && index < entries.size())
                put(record, 42, quint32(zip.size()));
        }
        zip += entries.value(index);
        directory += record;
    }
    directory += behindRecords;
    QByteArray last = end;
    put(last, 8, count);
    put(last, 10, count);
    put(last, 12, quint32(directory.size()));
    put(last, 16, quint32(zip.size()));
    return zip + directory + last;
}

QByteArray ZipParts::content(qsizetype index) const
{
    const QByteArray &entry = entries[index];
    const qsizetype at = kLocalHeader + numberAt<quint16>(entry, 26) + numberAt<quint16>(entry, 28);
    return entry.mid(at, numberAt<quint32>(entry, 18));
}

void ZipParts::addExtra(qsizetype index, quint16 id, const QByteArray &content)
{
    QByteArray field(4, '\0');
    put(field, 0, id);
    put(field, 2, quint16(content.size()));
    QByteArray &record = records[index];
    put(record, 30, quint16(numberAt<quint16>(record, 30) + field.size() + content.size()));
    record += field + content;
}

QList<ArchiveTrick> archiveTricks(const QByteArray &zip)
{
    return tricksOfTheEnd(zip) + tricksOfTheDirectory(zip) + tricksWithHiddenBytes(zip)
        + tricksOfHeaders(zip);
}

QByteArray hugeDirectory(const QByteArray &zip, int records)
{
    ZipParts parts(zip);
    const QByteArray record = parts.records[0];
    parts.entries = {parts.entries[0]};
    parts.records = {record.repeated(records)};
    return parts.joined(); // it says that there is one
}

} // namespace test_support
