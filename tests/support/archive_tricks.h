// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>
#include <QtEndian>

namespace test_support {

template<class Number>
Number numberAt(const QByteArray &bytes, qsizetype at)
{
    return qFromLittleEndian<Number>(bytes.constData() + at);
}

template<class Number>
void put(QByteArray &bytes, qsizetype at, Number number)
{
    qToLittleEndian(number, bytes.data() + at);
}

/// A ZIP archive taken apart, to be put together in another way. Offsets of fields are those of APPNOTE.TXT
/// 4.3.7 (local header), 4.3.9 (descriptor), 4.3.12 (record of the directory) and 4.3.16 (end record).
struct ZipParts {
    QList<QByteArray> entries; // local header, name, extra, content, descriptor
    QList<QByteArray> records; // of the directory
    QByteArray behindRecords; // in the directory
    QByteArray end; // its record
    bool keepsOffsets = false;

    /// `zip` is whole, and its entries are in the order of its directory.
    explicit ZipParts(const QByteArray &zip);

    /// The parts one behind the other, with the offsets, sizes and counts that are right for them. A record
    /// beyond the entries keeps its offset.
    QByteArray joined() const;

    QByteArray content(qsizetype index) const;
    void addExtra(qsizetype index, quint16 id, const QByteArray &content); // to the record

    template<class Number>
    void putInBoth(qsizetype index, qsizetype atInLocalHeader, Number number)
    {
        put(entries[index], atInLocalHeader, number);
        put(records[index], atInLocalHeader + 2, number);
    }
};

/// An archive that has two readings, or that is of another kind than those that bundles may be.
struct ArchiveTrick {
    const char *name;
    QByteArray archive;
};

/// Tricks with an archive that core::writeArchive() made of two files or more.
QList<ArchiveTrick> archiveTricks(const QByteArray &zip);

/// An archive of one file whose directory has so many records.
QByteArray hugeDirectory(const QByteArray &zip, int records);

} // namespace test_support
