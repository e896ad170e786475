// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfu_zip.h"

#include "core/release/bundle_archive.h"

#include <QTest>

using core::BundleEntry;

namespace {

const BundleEntry kApplication{QStringLiteral("app.signed.bin"), "the application"};
const BundleEntry kNetwork{QStringLiteral("net_core.bin"), "the network core"};

/// As generate_zip.py writes it: numbers that were given in hexadecimal are numbers, others are text.
const QByteArray kManifest = R"({
    "format-version": 0, "time": 1700000000, "name": "sensor",
    "files": [
        { "type": "application", "board": "nrf5340dk_nrf5340_cpuapp", "soc": "nRF5340", "load_address": 131584,
          "image_index": "0", "slot_index_primary": "1", "slot_index_secondary": "2",
          "version_MCUBOOT": "1.2.3+4", "size": 15, "file": "app.signed.bin", "modtime": 1700000000 },
        { "load_address": "0x01008800", "image_index": "1", "size": 16, "file": "net_core.bin" }
    ],
    "firmware": { "zephyr": { "revision": null } }
})";

QByteArray zipOf(const QByteArray &manifest, const QList<BundleEntry> &files = {kApplication, kNetwork})
{
    return *core::writeArchive(files + QList<BundleEntry>{{QStringLiteral("manifest.json"), manifest}});
}

QByteArray changed(const QByteArray &before, const QByteArray &after)
{
    Q_ASSERT(kManifest.contains(before));
    return QByteArray(kManifest).replace(before, after);
}

} // namespace

class TestDfuZip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsItsManifest()
    {
        const auto zip = core::readDfuZip(zipOf(kManifest));
        QVERIFY(zip.has_value());
        QCOMPARE(zip->name, QStringLiteral("sensor"));
        QCOMPARE(zip->files.size(), 2);
        QCOMPARE(zip->files[0].content, kApplication.content);
        QCOMPARE(zip->files[0].imageIndex, std::optional(0));
        QCOMPARE(zip->files[0].loadAddress, std::optional<quint32>(0x20200));
        QCOMPARE(zip->files[0].slotNumbers, (QList<int>{1, 2}));
        QCOMPARE(zip->files[0].board, QStringLiteral("nrf5340dk_nrf5340_cpuapp"));
        QCOMPARE(zip->files[1].content, kNetwork.content);
        QCOMPARE(zip->files[1].imageIndex, std::optional(1));
        QCOMPARE(zip->files[1].loadAddress, std::optional<quint32>(0x01008800));
        QVERIFY(zip->files[1].slotNumbers.isEmpty());
    }

    void takesAManifestThatSaysLittle()
    {
        const auto zip = core::readDfuZip(
            zipOf(R"({"format-version": 1, "files": [{"file": "app.signed.bin"}]})", {kApplication}));
        QVERIFY(zip.has_value());
        QVERIFY(!zip->files[0].imageIndex && !zip->files[0].loadAddress);
    }

    void refusesManifests_data()
    {
        QTest::addColumn<QByteArray>("manifest");
        QTest::newRow("no JSON") << QByteArray("files");
        QTest::newRow("no object") << QByteArray("[]");
        QTest::newRow("cut off") << kManifest.chopped(1);
        QTest::newRow("version 2") << changed("\"format-version\": 0", "\"format-version\": 2");
        QTest::newRow("no version") << changed("\"format-version\": 0,", "");
        QTest::newRow("no files") << QByteArray(R"({"format-version": 0})");
        QTest::newRow("empty list") << QByteArray(R"({"format-version": 0, "files": []})");
        QTest::newRow("files is text") << QByteArray(R"({"format-version": 0, "files": "app.signed.bin"})");
        QTest::newRow("a file is text")
            << QByteArray(R"({"format-version": 0, "files": ["app.signed.bin"]})");
        QTest::newRow("a member twice") << changed("\"image_index\": \"1\"", "\"size\": 16");
        QTest::newRow("a file that is not there") << changed("net_core.bin", "net-core.bin");
        QTest::newRow("a path") << changed("net_core.bin", "../net_core.bin");
        QTest::newRow("a file twice") << changed("net_core.bin", "app.signed.bin");
        QTest::newRow("a file that is not listed")
            << QByteArray(R"({"format-version": 0, "files": [{"file": "app.signed.bin"}]})");
        QTest::newRow("the manifest itself") << changed("net_core.bin", "manifest.json");
        QTest::newRow("another size") << changed("\"size\": 16", "\"size\": 17");
        QTest::newRow("size below zero") << changed("\"size\": 16", "\"size\": -1");
        QTest::newRow("index is a word") << changed("\"image_index\": \"1\"", "\"image_index\": \"one\"");
        QTest::newRow("index of 256") << changed("\"image_index\": \"1\"", "\"image_index\": 256");
        QTest::newRow("index below zero") << changed("\"image_index\": \"1\"", "\"image_index\": \"-1\"");
        QTest::newRow("index is a list") << changed("\"image_index\": \"1\"", "\"image_index\": [1]");
        QTest::newRow("address beyond 32 bits") << changed("131584", "4294967296");
        QTest::newRow("slot below zero") << changed("\"slot_index_primary\": \"1\"", "\"slot\": -1");
    }

    void refusesManifests()
    {
        QFETCH(QByteArray, manifest);
        const auto zip = core::readDfuZip(zipOf(manifest));
        QVERIFY(!zip.has_value());
        QCOMPARE(zip.error().kind, core::ErrorKind::InvalidFile);
    }

    void saysWhatAnotherArchiveIs_data()
    {
        QTest::addColumn<QByteArray>("manifest");
        QTest::addColumn<QString>("hint");
        QTest::newRow("a bundle") << QByteArray(R"({"schema": 1, "payloads": []})")
                                  << QStringLiteral("release bundle");
        QTest::newRow("nRF5 SDK") << QByteArray(R"({"manifest": {"application": {}}})")
                                  << QStringLiteral("nRF5 SDK");
        QTest::newRow("anything") << QByteArray("{}") << QStringLiteral("format-version");
    }

    void saysWhatAnotherArchiveIs()
    {
        QFETCH(QByteArray, manifest);
        QFETCH(QString, hint);
        const auto zip = core::readDfuZip(zipOf(manifest));
        QVERIFY(!zip.has_value());
        QVERIFY2(zip.error().detail.contains(hint), qPrintable(zip.error().detail));
    }

    void refusesArchives_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray good = zipOf(kManifest);
        const qsizetype content = good.indexOf(kApplication.content);
        QTest::newRow("no manifest") << *core::writeArchive({kApplication});
        QTest::newRow("a file twice") << zipOf(kManifest, {kApplication, kNetwork, kNetwork});
        QTest::newRow("a path") << zipOf(kManifest, {kApplication, {QStringLiteral("../net_core.bin"), "x"}});
        QTest::newRow("a folder") << zipOf(kManifest, {kApplication, {QStringLiteral("folder/"), ""}});
        QTest::newRow("bytes in front") << "x" + good;
        QTest::newRow("bytes behind") << good + "x";
        QTest::newRow("cut off") << good.chopped(1);
        QTest::newRow("checksum") << QByteArray(good).replace(content, 3, "THE");
    }

    void refusesArchives()
    {
        QFETCH(QByteArray, file);
        const auto zip = core::readDfuZip(file);
        QVERIFY(!zip.has_value());
        QCOMPARE(zip.error().kind, core::ErrorKind::InvalidFile);
    }
};

QTEST_GUILESS_MAIN(TestDfuZip)
#include "tst_dfu_zip.moc"
