// SPDX-License-Identifier: Apache-2.0
#include "core/release/archive_directory.h"

#include "core/release/bundle_archive.h"
#include "tests/support/archive_tricks.h"

#include <QTest>

#include <QBuffer>

#include <functional>
#include <limits>

using core::ErrorKind;
using test_support::ArchiveTrick;
using test_support::ZipParts;

namespace {

/// What Python's zipfile makes of "a.bin" (100 times x, stored) …
const QByteArray kOfPython =
    QByteArray::fromHex("504b0304140000000000" // version, flags, method
                        "33b67b5d8f5d0e5e640000006400000005000000" // time, checksum, sizes
                        "612e62696e")
    + QByteArray(100, 'x')
    + QByteArray::fromHex("504b01021403140000000000"
                          "33b67b5d8f5d0e5e640000006400000005000000000000000000000080010000000061"
                          "2e62696e504b0506000000000100010033000000870000000000");

/// … and Info-ZIP's zip of one with "hello hello hello\n", deflated, with times and owner.
const QByteArray kOfInfoZip =
    QByteArray::fromHex("504b03041400000008007db67b5d3b7c8adf0b0000001200000005001c00612e62696e"
                        "55540900038e090a6b8e090a6b75780b000104000000000400000000"
                        "cb48cdc9c957c840905c00"
                        "504b01021e031400000008007db67b5d3b7c8adf0b00000012000000050018000000000001000000a481"
                        "00000000612e62696e55540500038e090a6b75780b000104000000000400000000"
                        "504b050600000000010001004b0000004a0000000000");

const QList<core::BundleEntry> kFiles{{QStringLiteral("first.bin"), "the first"},
                                      {QStringLiteral("second.bin"), "the second one"},
                                      {QStringLiteral("third.bin"), ""}};

core::Result<QList<core::ArchiveRecord>> read(const QByteArray &archive)
{
    QBuffer buffer;
    buffer.setData(archive);
    buffer.open(QIODevice::ReadOnly);
    return core::readArchiveDirectory(buffer);
}

/// Counts what is read of it; may be damaged from some place on.
class CountingBuffer : public QBuffer
{
public:
    qint64 bytesRead = 0;
    qint64 brokenFrom = std::numeric_limits<qint64>::max();

    explicit CountingBuffer(const QByteArray &bytes)
    {
        setData(bytes);
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        if (pos() >= brokenFrom)
            return -1;
        bytesRead += size;
        return QBuffer::readData(data, size);
    }
};

} // namespace

class TestArchiveDirectory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsWhatTheWriterMade()
    {
        const auto records = read(*core::writeArchive(kFiles));
        QVERIFY2(records.has_value(), records ? "" : qPrintable(records.error().detail));
        QCOMPARE(records->size(), kFiles.size());
        for (qsizetype index = 0; index < kFiles.size(); ++index) {
            QCOMPARE(QString::fromLatin1(records->at(index).name), kFiles[index].name);
            QCOMPARE(records->at(index).size, kFiles[index].content.size());
        }
    }

    void takesWhatOtherProgramsMake()
    {
        for (const auto &[archive, content] : {std::pair(kOfPython, QByteArray(100, 'x')),
                                               std::pair(kOfInfoZip, QByteArray("hello hello hello\n"))}) {
            const auto records = read(archive);
            QVERIFY2(records.has_value(), records ? "" : qPrintable(records.error().detail));
            QCOMPARE(records->first().size, content.size());
            const auto entries = core::readArchive(archive, core::ArchiveChecksums::Checked);
            QVERIFY(entries.has_value());
            QCOMPARE(entries->first().name, QStringLiteral("a.bin"));
            QCOMPARE(entries->first().content, content);
        }
    }

    void takesAnArchiveThatWasTakenApart()
    {
        const QByteArray archive = *core::writeArchive(kFiles);
        QCOMPARE(ZipParts(archive).joined(), archive); // otherwise the tricks are none
    }

    void refusesTricks_data()
    {
        QTest::addColumn<QByteArray>("archive");
        for (const ArchiveTrick &trick : test_support::archiveTricks(*core::writeArchive(kFiles)))
            QTest::newRow(trick.name) << trick.archive;
        QTest::newRow("a file twice") << *core::writeArchive({kFiles[0], kFiles[1], kFiles[0]});
        const auto withoutDescriptor = [](const char *name, const std::function<void(ZipParts &)> &change) {
            ZipParts parts(kOfInfoZip);
            change(parts);
            QTest::newRow(name) << parts.joined();
        };
        withoutDescriptor("a byte behind the only file", [](ZipParts &parts) { parts.entries[0] += 'j'; });
        withoutDescriptor("no checksum, no descriptor",
                          [](ZipParts &parts) { test_support::put(parts.entries[0], 14, quint32(0)); });
        withoutDescriptor("another compressed size in the record",
                          [](ZipParts &parts) { test_support::put(parts.records[0], 20, quint32(10)); });
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("an end record alone") << "PK\x05\x06" + QByteArray(18, '\0');
    }

    void refusesTricks()
    {
        QFETCH(QByteArray, archive);
        const auto records = read(archive);
        QVERIFY(!records.has_value());
        QCOMPARE(records.error().kind, ErrorKind::InvalidFile);
        QVERIFY(!core::readArchive(archive).has_value());
    }

    void takesNoPrefixOfAnArchive()
    {
        const QByteArray archive = *core::writeArchive(kFiles);
        for (qsizetype size = 0; size < archive.size(); ++size)
            QVERIFY(!read(archive.first(size)).has_value());
    }

    /// libarchive took 331 MB and eleven seconds for a directory of two million records.
    void readsNothingOfAHugeDirectory()
    {
        const QByteArray archive = test_support::hugeDirectory(*core::writeArchive(kFiles), 200'000);
        QVERIFY(archive.size() > 10'000'000);
        for (const quint32 counts : {0x0001'0001u, 0x0028'0028u, 0x0d40'0d40u, 0xffff'ffffu}) {
            QByteArray changed = archive;
            test_support::put(changed, changed.size() - 14, counts);
            CountingBuffer device(changed);
            QVERIFY(!core::readArchiveDirectory(device).has_value());
            QVERIFY2(device.bytesRead <= 22, QByteArray::number(device.bytesRead));
        }
    }

    void readsNoContent()
    {
        CountingBuffer device(*core::writeArchive({{QStringLiteral("a"), QByteArray(1'000'000, 'x')}}));
        QVERIFY(core::readArchiveDirectory(device).has_value());
        QVERIFY2(device.bytesRead < 500, QByteArray::number(device.bytesRead));
    }

    void bringsNoMoreThanItAnnounces()
    {
        ZipParts parts(kOfInfoZip);
        for (const quint32 size : {0u, 17u, 19u, 0xffffffffu}) {
            parts.putInBoth(0, 22, size);
            QCOMPARE(read(parts.joined())->first().size, qint64(size));
            const auto entries = core::readArchive(parts.joined());
            QVERIFY(!entries.has_value());
            QCOMPARE(entries.error().kind, ErrorKind::InvalidFile);
        }
    }

    /// A reader from the front takes for the next entry what lies behind the end of the compressed bytes.
    void hidesNothingBehindCompressedBytes()
    {
        ZipParts parts(kOfInfoZip);
        const QByteArray hidden = ZipParts(kOfPython).entries.first();
        parts.entries[0] += hidden;
        parts.putInBoth(0, 18, quint32(0x0b + hidden.size()));
        QVERIFY(read(parts.joined()).has_value());
        QVERIFY(!core::readArchive(parts.joined()).has_value());
    }

    void tellsABrokenDiskFromABadFile()
    {
        const QByteArray archive = *core::writeArchive(kFiles);
        for (const qint64 place : {qint64(0), qint64(archive.size() / 2), qint64(archive.size() - 22)}) {
            CountingBuffer device(archive);
            device.brokenFrom = place;
            const auto records = core::readArchiveDirectory(device);
            QVERIFY(!records.has_value());
            QCOMPARE(records.error().kind, ErrorKind::FileFailed);
        }
    }
};

QTEST_GUILESS_MAIN(TestArchiveDirectory)
#include "tst_archive_directory.moc"
