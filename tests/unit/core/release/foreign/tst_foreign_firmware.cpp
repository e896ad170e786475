// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/foreign_firmware.h"

#include "core/base/file_access.h"
#include "core/release/bundle_archive.h"
#include "tests/support/foreign_writers.h"
#include "tests/support/vectors.h"

#include <QTemporaryDir>
#include <QTest>

using core::ForeignFormat;
using core::ForeignPart;

namespace {

QByteArray ownImage()
{
    return test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
}

QByteArray zipOf(const QByteArray &content)
{
    const QByteArray manifest = R"({"format-version": 0, "files": [{"file": "a.bin", "image_index": "0"}]})";
    return *core::writeArchive(
        {{QStringLiteral("a.bin"), content}, {QStringLiteral("manifest.json"), manifest}});
}

QByteArray padded(const QByteArray &content, qsizetype alignment)
{
    return content + QByteArray((alignment - content.size() % alignment) % alignment, '\0');
}

/// The file, with `content` at 0x08020000 where it has addresses.
QByteArray fileOf(ForeignFormat format, const QByteArray &content)
{
    switch (format) {
    case ForeignFormat::Mcuboot:
        return content;
    case ForeignFormat::IntelHex:
        return test_support::writeIntelHex({{0x08020000, content}});
    case ForeignFormat::Uf2:
        return test_support::writeUf2({{0x08020000, padded(content, 256)}});
    case ForeignFormat::DfuSe:
        return test_support::writeDfuSe({{0x08020000, content}});
    case ForeignFormat::Elf:
        return test_support::writeElf({{0x08020000, content}});
    case ForeignFormat::DfuZip:
        return zipOf(content);
    }
    Q_UNREACHABLE();
}

constexpr ForeignFormat kAll[] = {ForeignFormat::Mcuboot, ForeignFormat::IntelHex, ForeignFormat::Uf2,
                                  ForeignFormat::DfuSe,   ForeignFormat::Elf,      ForeignFormat::DfuZip};

QString hintAt(const QByteArray &file)
{
    const auto firmware = core::identify(file);
    return firmware ? QStringLiteral("(identified)") : firmware.error().detail;
}

} // namespace

class TestForeignFirmware : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsAnImageInEveryFormat()
    {
        const QByteArray image = ownImage();
        for (const ForeignFormat format : kAll) {
            const QByteArray file = fileOf(format, image);
            const auto firmware = core::identify(file);
            QVERIFY2(firmware.has_value(), qPrintable(core::formatName(format)));
            QCOMPARE(firmware->format, format);
            QCOMPARE(firmware->file, file);
            QCOMPARE(firmware->parts.size(), 1);
            const ForeignPart &part = firmware->parts.constFirst();
            QVERIFY(part.image);
            QVERIFY(!part.damage);
            QCOMPARE(part.bytes, image);
            QCOMPARE(part.image->version, (core::Version{1, 2, 3, 0}));
            const bool hasAddress = format != ForeignFormat::Mcuboot && format != ForeignFormat::DfuZip;
            QCOMPARE(part.address, hasAddress ? std::optional<quint32>(0x08020000) : std::nullopt);
        }
    }

    void saysWhenAnImageIsCutOff()
    {
        const QByteArray image = ownImage().chopped(1024);
        for (const ForeignFormat format : kAll) {
            const auto firmware = core::identify(fileOf(format, image));
            if (format == ForeignFormat::Mcuboot) {
                QCOMPARE(firmware.error().reason, std::optional(core::Reason::ImageMalformed));
                continue;
            }
            QVERIFY(firmware.has_value());
            QVERIFY(!firmware->parts.constFirst().image);
            QVERIFY(firmware->parts.constFirst().damage);
        }
    }

    void leavesOtherFirmwareAsItIs()
    {
        const QByteArray content = QByteArray::fromHex("00100020") + QByteArray(252, 'x');
        for (const ForeignFormat format : kAll) {
            if (format == ForeignFormat::Mcuboot)
                continue;
            const auto firmware = core::identify(fileOf(format, content));
            QVERIFY(firmware.has_value());
            QVERIFY(!firmware->parts.constFirst().image && !firmware->parts.constFirst().damage);
            QCOMPARE(firmware->parts.constFirst().bytes, content);
        }
    }

    void takesOnlyABlockOfZerosForPadding()
    {
        const auto imageIn = [](const QByteArray &bytes) {
            return core::identify(test_support::writeIntelHex({{0, bytes}}))->parts.constFirst().image;
        };
        QVERIFY(imageIn(ownImage() + QByteArray(511, '\0')));
        QVERIFY(!imageIn(ownImage() + QByteArray(512, '\0')));
        QVERIFY(!imageIn(ownImage() + QByteArray(10, '\0') + "x"));
    }

    void goesByContentAndNotByName()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.uf2"));
        QVERIFY(core::replaceFile(path, fileOf(ForeignFormat::DfuSe, ownImage())).has_value());
        QCOMPARE(core::readForeignFile(path)->format, ForeignFormat::DfuSe);
        QCOMPARE(core::readForeignFile(folder.filePath(QStringLiteral("none"))).error().kind,
                 core::ErrorKind::FileFailed);
    }

    void saysWhatAnUnknownFileMayBe_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("hint");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty");
        QTest::newRow("raw") << QByteArray::fromHex("0010002001010008") << QStringLiteral("raw binary");
        QTest::newRow("old image") << QByteArray::fromHex("3cb8f396") << QStringLiteral("first format");
        QTest::newRow("big-endian image") << QByteArray::fromHex("96f3b83d") << QStringLiteral("big-endian");
        QTest::newRow("erased") << QByteArray(64, '\xff') << QStringLiteral("empty flash");
        QTest::newRow("S-records") << QByteArray("S0030000FC\n") << QStringLiteral("S-records");
        QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08") << QStringLiteral("gzip");
        QTest::newRow("plain DFU") << test_support::withDfuSuffix("firmware", 0x0110)
                                   << QStringLiteral("plain DFU file for USB 0483:df11");
        QTest::newRow("empty ZIP") << QByteArray("PK\x05\x06").leftJustified(22, '\0')
                                   << QStringLiteral("ZIP");
        QTest::newRow("text") << QByteArray("hello") << QStringLiteral("no known form");
    }

    void saysWhatAnUnknownFileMayBe()
    {
        QFETCH(QByteArray, file);
        QFETCH(QString, hint);
        const auto firmware = core::identify(file);
        QVERIFY(!firmware.has_value());
        QCOMPARE(firmware.error().kind, core::ErrorKind::InvalidFile);
        QVERIFY2(hintAt(file).contains(hint), qPrintable(hintAt(file)));
    }

    void readsNoFileAsTwoFormats()
    {
        // Each format with the beginning of another is refused, and not tried as the next.
        for (const ForeignFormat format : kAll) {
            const QByteArray good = fileOf(format, ownImage());
            for (const ForeignFormat other : kAll) {
                const QByteArray beginning = fileOf(other, ownImage()).first(11);
                if (other != format)
                    QVERIFY(!core::identify(beginning + good.sliced(11)).has_value());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestForeignFirmware)
#include "tst_foreign_firmware.moc"
