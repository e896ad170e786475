// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/elf.h"

#include "tests/support/foreign_writers.h"

#include <QTest>

using core::FirmwareSegments;
using test_support::littleEndian;
using test_support::writeElf;

namespace {

const FirmwareSegments kTwo{{0x08000000, "vectors"}, {0x08000100, "text"}};

// Where fields stand in 32 bits: gABI, chapters 4 and 5.
constexpr qsizetype kClass = 4;
constexpr qsizetype kOrder = 5;
constexpr qsizetype kType = 16;
constexpr qsizetype kHeadersAt = 28;
constexpr qsizetype kHeaderSize = 42;
constexpr qsizetype kHeaderCount = 44;
constexpr qsizetype kFirst = 52; // program header
constexpr qsizetype kOffset = kFirst + 4;
constexpr qsizetype kPhysical = kFirst + 12;
constexpr qsizetype kFileSize = kFirst + 16;
constexpr qsizetype kMemorySize = kFirst + 20;

QByteArray changed(qsizetype at, const QByteArray &value)
{
    return writeElf(kTwo).replace(at, value.size(), value);
}

QByteArray changed(qsizetype at, quint32 value)
{
    return changed(at, littleEndian(value));
}

} // namespace

class TestElf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsSegmentsByPhysicalAddress()
    {
        const auto elf = core::readElf(writeElf(kTwo));
        QVERIFY(elf.has_value());
        QCOMPARE(elf->segments, kTwo);
        QCOMPARE(elf->entryPoint, 0x08000101u);
        QCOMPARE(core::elfMachineName(elf->machine), QStringLiteral("Arm"));
    }

    void passesOverWhatHasNoContent()
    {
        QCOMPARE(core::readElf(changed(kFileSize, 0))->segments, FirmwareSegments{kTwo.last()});
        QCOMPARE(core::readElf(changed(kFirst, 4))->segments, FirmwareSegments{kTwo.last()}); // PT_NOTE
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray good = writeElf(kTwo);
        QTest::newRow("only the magic") << good.first(4);
        QTest::newRow("within its header") << good.first(40);
        QTest::newRow("without program headers") << good.first(52);
        QTest::newRow("cut off") << good.chopped(1);
        QTest::newRow("class 3") << changed(kClass, QByteArray("\x03"));
        QTest::newRow("no order of bytes") << changed(kOrder, QByteArray("\x03"));
        QTest::newRow("object file") << changed(kType, littleEndian(quint16(1)));
        QTest::newRow("library") << changed(kType, littleEndian(quint16(3)));
        QTest::newRow("core dump") << changed(kType, littleEndian(quint16(4)));
        QTest::newRow("headers of 31 bytes") << changed(kHeaderSize, littleEndian(quint16(31)));
        QTest::newRow("no headers") << changed(kHeaderCount, littleEndian(quint16(0)));
        QTest::newRow("65535 headers") << changed(kHeaderCount, littleEndian(quint16(0xffff)));
        QTest::newRow("1024 headers") << changed(kHeaderCount, littleEndian(quint16(1024)));
        QTest::newRow("headers at 4 GiB") << changed(kHeadersAt, 0xffffffff);
        QTest::newRow("segment beyond the file") << changed(kOffset, 0xfffffff0);
        QTest::newRow("segment of 4 GiB")
            << changed(kMemorySize, 0xffffffff).replace(kFileSize, 4, "\xff\xff\xff\xff");
        QTest::newRow("less memory than content") << changed(kMemorySize, 3);
        QTest::newRow("beyond the memory") << changed(kPhysical, 0xfffffffe);
        QTest::newRow("address twice") << changed(kPhysical, 0x080000fa);
        QTest::newRow("nothing to write") << writeElf({{0x08000000, QByteArray()}});
    }

    void refuses()
    {
        QFETCH(QByteArray, file);
        const auto elf = core::readElf(file);
        QVERIFY(!elf.has_value());
        QCOMPARE(elf.error().kind, core::ErrorKind::InvalidFile);
    }

    void readsWhatWasWritten()
    {
        std::mt19937 random(4);
        for (int round = 0; round < 40; ++round) {
            const FirmwareSegments segments = test_support::anySegments(random, 1 + round % 5);
            const auto elf = core::readElf(writeElf(segments));
            QVERIFY(elf.has_value());
            QCOMPARE(elf->segments, segments);
        }
    }
};

QTEST_GUILESS_MAIN(TestElf)
#include "tst_elf.moc"
