// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/uf2.h"

#include "tests/support/foreign_writers.h"

#include <QTest>

using core::FirmwareSegments;
using test_support::littleEndian;
using test_support::writeUf2;

namespace {

constexpr quint32 kRp2040 = 0xe48bff56;
constexpr quint32 kAbsolute = 0xe48bff57;

// Where the fields of a block stand.
constexpr qsizetype kFlags = 8;
constexpr qsizetype kAddress = 12;
constexpr qsizetype kSize = 16;
constexpr qsizetype kNumber = 20;
constexpr qsizetype kCount = 24;
constexpr qsizetype kFinalMagic = 508;

const FirmwareSegments kTwo{{0x10000000, QByteArray(600, 'a')}, {0x10010000, QByteArray(256, 'b')}};

QByteArray changed(QByteArray file, qsizetype block, qsizetype field, quint32 value)
{
    return file.replace(512 * block + field, 4, littleEndian(value));
}

} // namespace

class TestUf2 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsItsBlocks()
    {
        const auto uf2 = core::readUf2(writeUf2(kTwo));
        QVERIFY(uf2.has_value());
        QCOMPARE(uf2->families.size(), 1);
        QCOMPARE(uf2->families[0].id, std::optional(kRp2040));
        QCOMPARE(uf2->families[0].segments, kTwo);
        QCOMPARE(uf2->skippedBlocks, 0);
        QCOMPARE(core::uf2FamilyName(kRp2040), QStringLiteral("RP2040"));
        QCOMPARE(core::uf2FamilyName(0x12345678), QStringLiteral("0x12345678"));
    }

    void keepsFamiliesApart()
    {
        const FirmwareSegments other{{0x10000000, QByteArray(300, 'c')}};
        const auto uf2 = core::readUf2(writeUf2(kTwo) + writeUf2(other, {.family = 0xe48bff59})
                                       + writeUf2(other, {.family = {}}));
        QVERIFY(uf2.has_value());
        QCOMPARE(uf2->families.size(), 3);
        QCOMPARE(uf2->families[0].segments, kTwo);
        QCOMPARE(uf2->families[1].id, std::optional<quint32>(0xe48bff59));
        QCOMPARE(uf2->families[1].segments, other);
        QVERIFY(!uf2->families[2].id);
    }

    void takesBlocksInAnyOrder()
    {
        const QByteArray file = writeUf2(kTwo);
        QByteArray reversed;
        for (qsizetype at = file.size() - 512; at >= 0; at -= 512)
            reversed += file.mid(at, 512);
        QCOMPARE(core::readUf2(reversed)->families[0].segments, kTwo);
    }

    void passesOverWhatIsNotForTheFlash()
    {
        const auto uf2 = core::readUf2(changed(writeUf2(kTwo), 3, kFlags, 0x2001));
        QVERIFY(uf2.has_value());
        QCOMPARE(uf2->families[0].segments, FirmwareSegments{kTwo.first()});
        QCOMPARE(uf2->skippedBlocks, 1);
    }

    // pico-sdk: number 0 of 2, and the other does not exist.
    void passesOverTheBlockOfAnErratum()
    {
        QByteArray block = writeUf2({{0x10ffff00, QByteArray(256, '\xef')}}, {.family = kAbsolute});
        block = changed(changed(block, 0, kFlags, 0xa000), 0, kCount, 2);
        block = changed(block, 0, 32 + 256, 0x9957e304);
        const auto uf2 = core::readUf2(block + writeUf2(kTwo));
        QVERIFY(uf2.has_value());
        QCOMPARE(uf2->families.size(), 1);
        QCOMPARE(uf2->families[0].segments, kTwo);
        QCOMPARE(uf2->skippedBlocks, 1);
        QVERIFY(!core::readUf2(block).has_value());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray good = writeUf2(kTwo);
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("half a block") << good.chopped(256);
        QTest::newRow("a block is missing") << good.chopped(512);
        QTest::newRow("the first is missing") << good.sliced(512);
        QTest::newRow("a block twice") << good + good.first(512);
        QTest::newRow("the whole twice") << good + good;
        QTest::newRow("first magic") << changed(good, 1, 0, 0x0a324656);
        QTest::newRow("second magic") << changed(good, 1, 4, 0x9e5d5158);
        QTest::newRow("final magic") << changed(good, 1, kFinalMagic, 0x0ab16f31);
        QTest::newRow("unknown flag") << changed(good, 1, kFlags, 0x2002);
        QTest::newRow("file container") << changed(good, 1, kFlags, 0x3000);
        QTest::newRow("no bytes") << changed(good, 1, kSize, 0);
        QTest::newRow("too many bytes") << changed(good, 1, kSize, 480);
        QTest::newRow("bytes over the checksum") << changed(changed(good, 3, kFlags, 0x6000), 3, kSize, 456);
        QTest::newRow("size not aligned") << changed(good, 3, kSize, 255);
        QTest::newRow("address not aligned") << changed(good, 3, kAddress, 0x10010001);
        QTest::newRow("address beyond the memory") << changed(good, 3, kAddress, 0xfffffffc);
        QTest::newRow("number twice") << changed(good, 1, kNumber, 0);
        QTest::newRow("number beyond the count") << changed(good, 3, kNumber, 4);
        QTest::newRow("another count") << changed(good, 1, kCount, 5);
        QTest::newRow("address twice") << changed(good, 3, kAddress, 0x10000000);
        QTest::newRow("nothing for the flash") << changed(writeUf2({kTwo.last()}), 0, kFlags, 0x2001);
    }

    void refuses()
    {
        QFETCH(QByteArray, file);
        const auto uf2 = core::readUf2(file);
        QVERIFY(!uf2.has_value());
        QCOMPARE(uf2.error().kind, core::ErrorKind::InvalidFile);
    }

    void boundsTheFamilies()
    {
        QByteArray file;
        for (quint32 family = 0; family < 32; ++family)
            file += writeUf2({{0, "abcd"}}, {.family = family});
        QCOMPARE(core::readUf2(file)->families.size(), 32);
        QVERIFY(!core::readUf2(file + writeUf2({{0, "abcd"}}, {.family = 32})).has_value());
    }

    void readsWhatWasWritten()
    {
        std::mt19937 random(2);
        for (int round = 0; round < 40; ++round) {
            const FirmwareSegments segments = test_support::anySegments(random, 4);
            const qsizetype payloadSize = round % 2 == 0 ? 256 : 476;
            const auto uf2 = core::readUf2(writeUf2(segments, {.payloadSize = payloadSize}));
            QVERIFY(uf2.has_value());
            QCOMPARE(uf2->families[0].segments, segments);
        }
    }
};

QTEST_GUILESS_MAIN(TestUf2)
#include "tst_uf2.moc"
