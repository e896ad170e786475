// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfu_suffix.h"

#include "core/base/file_access.h"
#include "tests/support/foreign_writers.h"
#include "tests/support/vectors.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using core::DfuSuffix;
using core::ErrorKind;
using core::Reason;

namespace {

const DfuSuffix kSuffix{.device = 0x0200, .product = 0xdf11, .vendor = 0x0483, .version = 0x0100};
const DfuSuffix kForAnybody{.device = 0xffff, .product = 0xffff, .vendor = 0xffff, .version = 0x0100};

/// The program of dfu-util's makers; empty where it is not installed.
QString judge()
{
    return QStandardPaths::findExecutable(QStringLiteral("dfu-suffix"));
}

struct Ran {
    int exitCode = -1;
    QString output;
};

Ran run(const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(judge(), arguments);
    process.waitForFinished();
    return {process.exitCode(), QString::fromUtf8(process.readAll())};
}

} // namespace

class TestDfuSuffix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsASuffixByHand()
    {
        const QByteArray file = QByteArray::fromHex("01020304ffff11df83041a0155464410f6673231");
        const auto read = core::readDfuFile(file);
        QVERIFY(read.has_value());
        QCOMPARE(read->firmware, QByteArray::fromHex("01020304"));
        const DfuSuffix expected{.device = 0xffff, .product = 0xdf11, .vendor = 0x0483, .version = 0x011a};
        QVERIFY(read->suffix == expected);
        QCOMPARE(core::withDfuSuffix(QByteArray::fromHex("01020304"), expected), file);
    }

    void agreesWithAWriterThatSharesNoCode()
    {
        const QByteArray content("firmware of some length");
        const DfuSuffix theirs{.device = 0xffff, .product = 0xdf11, .vendor = 0x0483, .version = 0x0110};
        QCOMPARE(core::withDfuSuffix(content, theirs), test_support::withDfuSuffix(content, 0x0110));
    }

    void bareFirmwareIsFirmware()
    {
        for (const QByteArray &bare : {QByteArray("x"), QByteArray(16, 'x'), QByteArray(100'000, '\xff')}) {
            const auto read = core::readDfuFile(bare);
            QVERIFY(read.has_value());
            QCOMPARE(read->firmware, bare);
            QVERIFY(!read->suffix);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray good = core::withDfuSuffix("firmware", kSuffix);
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a suffix alone") << core::withDfuSuffix({}, kSuffix);
        QTest::newRow("another firmware") << QByteArray(good).replace(0, 1, "F");
        QTest::newRow("another length") << QByteArray(good).replace(good.size() - 5, 1, "\x11");
        QTest::newRow("another checksum") << good.chopped(1) + '\0';
        QTest::newRow("another vendor") << QByteArray(good).replace(good.size() - 12, 1, "\x84");
    }

    void refuses()
    {
        QFETCH(QByteArray, file);
        const auto read = core::readDfuFile(file);
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().kind, ErrorKind::InvalidFile);
    }

    void saysWhomItIsFor()
    {
        using Recipient = core::DfuRecipient;
        QVERIFY(core::checkRecipient(kSuffix, Recipient{{0x0483, 0xdf11}, 0x0200}).has_value());
        QVERIFY(core::checkRecipient(kForAnybody, Recipient{{0x1234, 0x5678}, 0x9abc}).has_value());
        QCOMPARE(core::checkRecipient(kSuffix, Recipient{{0x0484, 0xdf11}, 0x0200}).error().reason,
                 Reason::IncompatibleProduct);
        QCOMPARE(core::checkRecipient(kSuffix, Recipient{{0x0483, 0xdf12}, 0x0200}).error().reason,
                 Reason::IncompatibleProduct);
        QCOMPARE(core::checkRecipient(kSuffix, Recipient{{0x0483, 0xdf11}, 0x0201}).error().reason,
                 Reason::IncompatibleHardware);
    }

    void dfuSuffixAcceptsWhatIsWritten()
    {
        if (judge().isEmpty())
            QSKIP("skipped, because dfu-util is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.dfu"));
        QVERIFY(core::replaceFile(path, core::withDfuSuffix(QByteArray(5000, 'f'), kSuffix)).has_value());
        const Ran ran = run({QStringLiteral("-c"), path});
        QCOMPARE(ran.exitCode, 0);
        for (const char *fact : {"Vendor ID:\t0x0483", "Product ID:\t0xDF11", "BCD device:\t0x0200"})
            QVERIFY2(ran.output.contains(QLatin1String(fact)), qPrintable(ran.output));
    }

    void readsWhatDfuSuffixWrites()
    {
        if (judge().isEmpty())
            QSKIP("skipped, because dfu-util is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.dfu"));
        const QByteArray firmware(5001, 'f');
        QVERIFY(core::replaceFile(path, firmware).has_value());
        const Ran ran =
            run({QStringLiteral("-a"), path, QStringLiteral("-v"), QStringLiteral("0483"),
                 QStringLiteral("-p"), QStringLiteral("df11"), QStringLiteral("-d"), QStringLiteral("0200")});
        QCOMPARE(ran.exitCode, 0);
        const auto read = core::readDfuFile(test_support::contentOf(path));
        QVERIFY(read.has_value());
        QCOMPARE(read->firmware, firmware);
        QVERIFY(read->suffix == kSuffix);
    }
};

QTEST_GUILESS_MAIN(TestDfuSuffix)
#include "tst_dfu_suffix.moc"
