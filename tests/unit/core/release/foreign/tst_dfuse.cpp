// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfuse.h"

#include "tests/support/foreign_writers.h"

#include <QTest>

using core::FirmwareSegments;
using test_support::littleEndian;
using test_support::withDfuSuffix;
using test_support::writeDfuSe;

namespace {

const FirmwareSegments kTwo{{0x08000000, "first"}, {0x08004000, "second"}};

// Where fields stand: prefix 11 bytes, target prefix 274, element 8.
constexpr qsizetype kVersion = 5;
constexpr qsizetype kWholeSize = 6;
constexpr qsizetype kTargetCount = 10;
constexpr qsizetype kTarget = 11;
constexpr qsizetype kTargetSize = kTarget + 266;
constexpr qsizetype kElementCount = kTarget + 270;
constexpr qsizetype kElementAddress = kTarget + 274;
constexpr qsizetype kElementSize = kElementAddress + 4;
constexpr qsizetype kSuffixSize = 16;

/// The sample with a field of another value and a correct checksum.
QByteArray changed(qsizetype at, const QByteArray &value)
{
    return withDfuSuffix(writeDfuSe(kTwo).chopped(kSuffixSize).replace(at, value.size(), value), 0x011a);
}

/// Two targets, the second for `alternate`.
QByteArray twoTargets(char alternate)
{
    const QByteArray target = writeDfuSe(kTwo).chopped(kSuffixSize).sliced(kTarget);
    const QByteArray second = QByteArray(target).replace(6, 1, QByteArray(1, alternate));
    const QByteArray whole =
        QByteArray("DfuSe\x01") + littleEndian(quint32(11 + 2 * target.size())) + char(2) + target + second;
    return withDfuSuffix(whole, 0x011a);
}

} // namespace

class TestDfuSe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsASuffixByHand()
    {
        const QByteArray file = QByteArray::fromHex("01020304ffff11df83041a0155464410f6673231");
        const auto suffix = core::readDfuSuffix(file);
        QVERIFY(suffix);
        QCOMPARE(suffix->vendor, quint16(0x0483));
        QCOMPARE(suffix->product, quint16(0xdf11));
        QCOMPARE(suffix->device, quint16(0xffff));
        QCOMPARE(suffix->version, quint16(0x011a));
        for (qsizetype bit = 0; bit < 8 * file.size(); ++bit) {
            QByteArray bad = file;
            bad[bit / 8] = char(bad[bit / 8] ^ (1 << (bit % 8)));
            QVERIFY(!core::readDfuSuffix(bad));
        }
    }

    void readsItsImage()
    {
        const auto dfuSe = core::readDfuSe(writeDfuSe(kTwo, "Internal \x1b[31mFlash  "));
        QVERIFY(dfuSe.has_value());
        QCOMPARE(dfuSe->targets.size(), 1);
        QCOMPARE(dfuSe->targets[0].alternate, quint8(0));
        QCOMPARE(dfuSe->targets[0].name, QStringLiteral("Internal [31mFlash"));
        QCOMPARE(dfuSe->targets[0].segments, kTwo);
        QCOMPARE(dfuSe->suffix.vendor, quint16(0x0483));
    }

    void keepsAlternateSettingsApart()
    {
        const auto dfuSe = core::readDfuSe(twoTargets(1));
        QVERIFY(dfuSe.has_value());
        QCOMPARE(dfuSe->targets.size(), 2);
        QCOMPARE(dfuSe->targets[1].alternate, quint8(1));
        QCOMPARE(dfuSe->targets[1].segments, kTwo);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray good = writeDfuSe(kTwo);
        QTest::newRow("no suffix") << good.chopped(kSuffixSize);
        QTest::newRow("plain DFU") << withDfuSuffix(good.chopped(kSuffixSize), 0x0110);
        QTest::newRow("only a prefix") << withDfuSuffix("DfuSe", 0x011a);
        QTest::newRow("an image that ends in its name")
            << withDfuSuffix(QByteArray("DfuSe\x01") + littleEndian(30u) + char(1) + "Target" + char(0)
                                 + littleEndian(1u) + littleEndian(0u) + littleEndian(1u),
                             0x011a);
        QTest::newRow("version 2") << changed(kVersion, "\x02");
        QTest::newRow("one byte more") << changed(kWholeSize, littleEndian(quint32(good.size() - 15)));
        QTest::newRow("no images") << changed(kTargetCount, QByteArray(1, '\0'));
        QTest::newRow("an image that is not there") << changed(kTargetCount, "\x02");
        QTest::newRow("no \"Target\"") << changed(kTarget, "target");
        QTest::newRow("image too long") << changed(kTargetSize, littleEndian(28u));
        QTest::newRow("image too short") << changed(kTargetSize, littleEndian(26u));
        QTest::newRow("size of 4 GiB") << changed(kTargetSize, littleEndian(0xffffffffu));
        QTest::newRow("an element is missing") << changed(kElementCount, littleEndian(3u));
        QTest::newRow("an element too many") << changed(kElementCount, littleEndian(1u));
        QTest::newRow("no elements") << changed(kElementCount, littleEndian(0u));
        QTest::newRow("4294967295 elements") << changed(kElementCount, littleEndian(0xffffffffu));
        QTest::newRow("element of 4 GiB") << changed(kElementSize, littleEndian(0xffffffffu));
        QTest::newRow("element beyond the memory") << changed(kElementAddress, littleEndian(0xfffffffcu));
        QTest::newRow("address twice") << changed(kElementAddress, littleEndian(0x08003ffcu));
        QTest::newRow("empty element") << writeDfuSe({{0x08000000, QByteArray()}});
        QTest::newRow("alternate setting twice") << twoTargets(0);
        QTest::newRow("bytes behind the image") << withDfuSuffix(
            changed(kWholeSize, littleEndian(quint32(good.size() - 15))).chopped(kSuffixSize) + "x", 0x011a);
    }

    void refuses()
    {
        QFETCH(QByteArray, file);
        const auto dfuSe = core::readDfuSe(file);
        QVERIFY(!dfuSe.has_value());
        QCOMPARE(dfuSe.error().kind, core::ErrorKind::InvalidFile);
    }

    void noDamageGoesUnnoticed()
    {
        const QByteArray good = writeDfuSe({kTwo.first()});
        for (qsizetype bit = 0; bit < 8 * good.size(); ++bit) {
            QByteArray bad = good;
            bad[bit / 8] = char(bad[bit / 8] ^ (1 << (bit % 8)));
            QVERIFY(!core::readDfuSe(bad).has_value());
        }
    }

    void writesWhatItReads()
    {
        for (const QByteArray &file : {writeDfuSe(kTwo), twoTargets(1)}) {
            const auto dfuSe = core::readDfuSe(file);
            QVERIFY(dfuSe.has_value());
            QCOMPARE(core::writeDfuSe(*dfuSe).value(), file);
        }
    }

    void doesNotWrite_data()
    {
        QTest::addColumn<QList<core::DfuSeTarget>>("targets");
        const core::DfuSeTarget good{0, QStringLiteral("Flash"), kTwo};
        core::DfuSeTarget badName = good;
        core::DfuSeTarget longName = good;
        core::DfuSeTarget overlapping = good;
        badName.name = QStringLiteral("Fl\u00e4sh");
        longName.name = QString(255, u'x');
        overlapping.segments = {{0x08000000, "first"}, {0x08000004, "second"}};
        QTest::newRow("nothing") << QList<core::DfuSeTarget>();
        QTest::newRow("no segments") << QList<core::DfuSeTarget>{{0, {}, {}}};
        QTest::newRow("a name that is not ASCII") << QList{badName};
        QTest::newRow("a name without an end") << QList{longName};
        QTest::newRow("an address twice") << QList{overlapping};
        QTest::newRow("an alternate setting twice") << QList{good, good};
        QTest::newRow("256 of them") << QList<core::DfuSeTarget>(256, good);
    }

    void doesNotWrite()
    {
        QFETCH(QList<core::DfuSeTarget>, targets);
        const auto file = core::writeDfuSe({core::DfuSuffix{}, targets});
        QVERIFY(!file.has_value());
        QCOMPARE(file.error().kind, core::ErrorKind::InvalidFile);
    }

    void readsWhatWasWritten()
    {
        std::mt19937 random(3);
        for (int round = 0; round < 40; ++round) {
            const FirmwareSegments segments = test_support::anySegments(random, 1 + round % 5);
            const auto dfuSe = core::readDfuSe(writeDfuSe(segments));
            QVERIFY(dfuSe.has_value());
            QCOMPARE(dfuSe->targets[0].segments, segments);
        }
    }
};

QTEST_GUILESS_MAIN(TestDfuSe)
#include "tst_dfuse.moc"
