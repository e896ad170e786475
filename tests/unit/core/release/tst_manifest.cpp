// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest.h"

#include "core/release/manifest_yaml.h"
#include "core/trust/key.h"
#include "tests/support/vectors.h"

#include <QTest>

using core::Manifest;

namespace {

QByteArray everyField()
{
    return test_support::contentOf(test_support::dataPath(QStringLiteral("release/every_field.yaml")));
}

const char kSmall[] =
    "version: 1.0.0\nbuild: b\nproduct: p\nhw_compat: [r]\nchannel: dev\nrollback_index: 1\n"
    "payload: {file: a.bin}\n";

QString refusalOf(const QByteArray &text)
{
    const auto manifest = core::parseManifest(text);
    if (manifest)
        return QStringLiteral("accepted");
    const bool isRightKind = manifest.error().kind == core::ErrorKind::InvalidFile
        && manifest.error().reason == core::Reason::ManifestMalformed;
    return isRightKind ? manifest.error().detail : QStringLiteral("wrong kind of error");
}

Manifest filledIn(Manifest manifest)
{
    for (core::ManifestPayload &payload : manifest.payloads) {
        payload.file.size = 5;
        payload.file.sha256 = QByteArray(32, '\x5a');
    }
    if (manifest.releaseNotes) {
        manifest.releaseNotes->size = 6;
        manifest.releaseNotes->sha256 = QByteArray(32, '\xa5');
    }
    return manifest;
}

QByteArray signedDocument(const QByteArray &yaml)
{
    const auto manifest = filledIn(*core::parseManifest(yaml));
    core::SignedManifest document{{*core::bytesToSign(manifest), {}}, manifest};
    document.signatures.append(
        {QStringLiteral("ed25519"), QString(64, QLatin1Char('0')), QByteArray(64, 's')});
    return *core::toBytes(document);
}

} // namespace

class TestManifest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsTheExampleAsItStands()
    {
        const auto manifest =
            core::readManifestFile(test_support::dataPath(QStringLiteral("release/manifest.yaml")));
        QVERIFY2(manifest.has_value(), manifest ? "" : qPrintable(manifest.error().detail));
        QCOMPARE(core::toText(manifest->version), QStringLiteral("1.1.0"));
        QCOMPARE(manifest->build, QStringLiteral("2026-11-21+sha.4f1c2d9"));
        QCOMPARE(manifest->product, QStringLiteral("bench-sensor"));
        QCOMPARE(manifest->hardware, (QStringList{QStringLiteral("revA"), QStringLiteral("revB")}));
        QCOMPARE(manifest->channel, QStringLiteral("stable"));
        QCOMPARE(manifest->rollbackIndex, 10100u);
        QCOMPARE(core::toText(manifest->minBootloader.value()), QStringLiteral("1.0.0"));
        QCOMPARE(manifest->payloads.size(), 1);
        QCOMPARE(manifest->payloads[0].image, QStringLiteral("application"));
        QCOMPARE(manifest->payloads[0].file.name, QStringLiteral("app-1.1.0.bin"));
        QVERIFY(!manifest->payloads[0].file.isFilledIn());
        QCOMPARE(manifest->payloads[0].slot, QStringLiteral("inactive"));
        QCOMPARE(manifest->policy.canaryPercent, std::optional(5));
        QCOMPARE(manifest->policy.installWindow->fromMinute, 0);
        QCOMPARE(manifest->policy.installWindow->untilMinute, 24 * 60);
        QCOMPARE(manifest->policy.batteryMinPercent, std::optional(30));
        QVERIFY(!manifest->policy.requiresMainsPower);
        QVERIFY(!manifest->expires && !manifest->releaseNotes && !manifest->configSchema);
    }

    void readsEveryField()
    {
        const auto manifest = core::parseManifest(everyField());
        QVERIFY2(manifest.has_value(), manifest ? "" : qPrintable(manifest.error().detail));
        QCOMPARE(core::toText(manifest->version), QStringLiteral("2.4.1+1873"));
        QCOMPARE(manifest->build, QStringLiteral("1873"));
        QCOMPARE(core::toText(*manifest->minBootloader), QStringLiteral("1.3.0"));
        QCOMPARE(manifest->payloads.size(), 2);
        QCOMPARE(manifest->payloads[0].file.size, std::optional<qint64>(262144));
        QCOMPARE(manifest->payloads[0].file.sha256, QByteArray(32, '\xaa'));
        QCOMPARE(manifest->payloads[0].slot, QStringLiteral("secondary"));
        QCOMPARE(manifest->payloads[0].signatures.size(), 1);
        QCOMPARE(manifest->payloads[0].signatures[0].algorithm, QStringLiteral("rsa-pkcs1-sha256"));
        QCOMPARE(manifest->payloads[0].signatures[0].value, QByteArray("signed"));
        QCOMPARE(manifest->payloads[1].url, QStringLiteral("https://fw.example/net.bin"));
        QVERIFY(manifest->policy.requiresMainsPower);
        QCOMPARE(manifest->health.size(), 2);
        QCOMPARE(manifest->health[1].check, QStringLiteral("radio"));
        QCOMPARE(manifest->health[1].withinSeconds, 60);
        QCOMPARE(manifest->configSchema, std::optional<qint64>(3));
        QCOMPARE(manifest->expires, std::optional(QDateTime({2027, 1, 31}, {12, 0}, Qt::UTC)));
        QCOMPARE(manifest->releaseNotes->name, QStringLiteral("notes.md"));
    }

    void saysTheSameInJson()
    {
        const QByteArray json =
            R"({"version":"1.0.0","build":"b","product":"p","hw_compat":["r"],"channel":"dev",
                                    "rollback_index":1,"payload":{"file":"a.bin"}})";
        const auto fromJson = core::parseManifest(json);
        QVERIFY(fromJson.has_value());
        QCOMPARE(*core::bytesToSign(filledIn(*fromJson)),
                 *core::bytesToSign(filledIn(*core::parseManifest(kSmall))));
    }

    void knowsWhenTheWindowIsOpen()
    {
        const core::InstallWindow overMidnight{22 * 60, 4 * 60};
        QVERIFY(overMidnight.contains(23 * 60));
        QVERIFY(overMidnight.contains(0));
        QVERIFY(!overMidnight.contains(4 * 60));
        QVERIFY(!overMidnight.contains(12 * 60));
        const core::InstallWindow wholeDay{0, 24 * 60};
        QVERIFY(wholeDay.contains(0));
        QVERIFY(wholeDay.contains(24 * 60 - 1));
        const core::InstallWindow morning{60, 120};
        QVERIFY(!morning.contains(59));
        QVERIFY(morning.contains(60));
        QVERIFY(!morning.contains(120));
    }

    void signsTheseBytes()
    {
        const QByteArray bytes = *core::bytesToSign(filledIn(*core::parseManifest(kSmall)));
        QCOMPARE(bytes,
                 QByteArray(R"({"build":"b","channel":"dev","hw_compat":["r"],"payloads":[{"file":"a.bin",)"
                            R"("image":"application","sha256":")"
                            + QByteArray("5a").repeated(32)
                            + R"(","size":5,"slot":"inactive"}],"policy":{"require_mains_power":false},)"
                              R"("product":"p","rollback_index":1,"schema":1,"version":"1.0.0"})"));
    }

    void survivesTheWayThroughItsSignedForm()
    {
        for (const QByteArray &yaml : {everyField(), QByteArray(kSmall)}) {
            const QByteArray bytes = signedDocument(yaml);
            const auto document = core::parseSignedManifest(bytes);
            QVERIFY2(document.has_value(), document ? "" : qPrintable(document.error().detail));
            QCOMPARE(document->signedBytes, *core::bytesToSign(filledIn(*core::parseManifest(yaml))));
            QCOMPARE(*core::bytesToSign(document->manifest), document->signedBytes);
            QCOMPARE(*core::toBytes(*document), bytes);
            QCOMPARE(document->signatures.size(), 1);
            QCOMPARE(document->signatures[0].value, QByteArray(64, 's'));
        }
    }

    void signsNothingThatIsNotFilledIn()
    {
        QVERIFY(!core::bytesToSign(*core::parseManifest(kSmall)).has_value());
        Manifest withoutNotes = filledIn(*core::parseManifest(everyField()));
        withoutNotes.releaseNotes->sha256.clear();
        QVERIFY(!core::bytesToSign(withoutNotes).has_value());
    }

    void refusesASignedFormThatIsNotTheOnlyOne_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("instead");
        const auto row = [](const char *name, const char *part, const char *instead) {
            QTest::newRow(name) << QByteArray(part) << QByteArray(instead);
        };
        row("space", "\"build\":", "\"build\": ");
        row("order", "\"build\":\"b\",\"channel\":\"dev\"", "\"channel\":\"dev\",\"build\":\"b\"");
        row("duplicate", "\"build\":\"b\",", "\"build\":\"b\",\"build\":\"b\",");
        row("escape", "\"build\":\"b\"", "\"build\":\"\\u0062\"");
        row("no size", "\"size\":5,", "");
        row("no hash", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", "");
        row("short hash", "\"sha256\":\"5a", "\"sha256\":\"");
        row("no schema", "\"schema\":1,", "");
        row("algorithm", "\"ed25519\"", "\"none\"");
        row("short key id", "\"key_id\":\"0", "\"key_id\":\"");
        row("base64 with other unused bits", "cw==", "cx==");
        row("base64 without padding", "cw==", "cw");
        row("unknown field", "\"product\":", "\"prodUct\":\"p\",\"product\":");
        row("unknown field of a signature", "\"sig_b64\":", "\"sig\":1,\"sig_b64\":");
    }

    void refusesASignedFormThatIsNotTheOnlyOne()
    {
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, instead);
        QByteArray bytes = signedDocument(kSmall);
        QVERIFY(bytes.contains(part));
        bytes.replace(part, instead);
        const auto document = core::parseSignedManifest(bytes);
        QVERIFY(!document.has_value());
        QCOMPARE(document.error().reason, std::optional(core::Reason::ManifestMalformed));
    }

    void namesTheFieldThatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("instead");
        QTest::addColumn<QString>("why");
        const auto row = [](const char *name, const char *part, const char *instead, const char *why) {
            QTest::newRow(name) << QByteArray(part) << QByteArray(instead) << QString::fromLatin1(why);
        };
        row("unknown", "schema: 1", "schema: 1\ncanary: 5", "\"canary\" is not a known field");
        row("unknown in policy", "  canary_percent", "  canary", "policy: \"canary\" is not a known field");
        row("schema", "schema: 1", "schema: 2", "schema has to be");
        row("version", "2.4.1+1873", "2.4", "version has to be a version");
        row("version of two parts is no number", "2.4.1+1873", "1.1", "version has to be a version");
        row("no version", "version: 2.4.1+1873", "", "version is missing");
        row("product", "acme-gw", "Acme Gateway", "product has to be of the form");
        row("build", "build: 1873", "build: \"\"", "build has to be");
        row("build as a list", "build: 1873", "build: [1]", "build has to be text");
        row("no hardware", "[gw-r2, \"gw-r3\"]", "[]", "hw_compat has to name");
        row("hardware as numbers", "[gw-r2, \"gw-r3\"]", "[1, 2]", "hw_compat has to be a list of texts");
        row("hardware twice", "[gw-r2, \"gw-r3\"]", "[a, a]", "hw_compat names a revision twice");
        row("rollback index", "rollback_index: 7", "rollback_index: -1", "rollback_index has to be");
        row("rollback index as text", "rollback_index: 7", "rollback_index: \"7\"", "rollback_index has to");
        row("large rollback index", "rollback_index: 7", "rollback_index: 4294967296",
            "rollback_index has to be");
        row("bootloader", "min_bootloader: 1.3.0", "min_bootloader: 256", "min_bootloader has to be");
        row("bootloader as text", "min_bootloader: 1.3.0", "min_bootloader: new", "min_bootloader has to be");
        row("path", "app.bin", "../app.bin", "payloads[0].file has to be the plain name");
        row("absolute path", "app.bin", "/app.bin", "payloads[0].file has to be");
        row("hidden file", "app.bin", ".app", "payloads[0].file has to be");
        row("the manifest itself", "app.bin", "manifest.json", "payloads[0].file has to be");
        row("size", "size: 262144", "size: 0", "payloads[0].size has to be");
        row("hash", "sha256: aa", "sha256: AA", "payloads[0].sha256 has to be 64");
        row("slot", "slot: secondary", "slot: third", "payloads[0].slot has to be");
        row("algorithm of content", "rsa-pkcs1-sha256", "ed25519",
            "payloads[0].signatures[0].alg has to be one");
        row("http", "https://fw.example", "http://fw.example", "payloads[1].url has to be an https address");
        row("user in the address", "https://fw", "https://me:secret@fw", "payloads[1].url has to be");
        row("file and address", "{image: network-core,", "{image: network-core, file: n.bin,",
            "not a known field");
        row("image twice", "image: network-core", "image: application",
            "payloads name an image or a file twice");
        row("no payload", "payloads:", "health2:", "payload is missing");
        row("percent", "canary_percent: 5", "canary_percent: 101", "policy.canary_percent has to be");
        row("window of one", "[\"22:00\", \"04:30\"]", "[\"22:00\"]",
            "policy.install_window_utc has to be two");
        row("window without length", "\"04:30\"", "\"22:00\"", "policy.install_window_utc has to be two");
        row("window at 25", "\"04:30\"", "\"25:00\"", "policy.install_window_utc has to be two");
        row("window after 24", "\"04:30\"", "\"24:01\"", "policy.install_window_utc has to be two");
        row("mains", "require_mains_power: true", "require_mains_power: \"yes\"", "has to be true or false");
        row("health without time", ", within_seconds: 20", "", "health[0].within_seconds is missing");
        row("health without end", "within_seconds: 20", "within_seconds: 3601",
            "health[0].within_seconds has to be");
        row("health by name", "{check: sensor, within_seconds: 20}", "sensor", "health[0]: named fields");
        row("date only", "2027-01-31T13:00:00+01:00", "2027-01-31", "expires has to be a time");
        row("no such day", "2027-01-31T13", "2027-02-30T13", "expires has to be a time");
        row("notes by a path", "notes.md", "doc/notes.md", "release_notes.file has to be");
        row("notes and payload", "notes.md", "app.bin", "release_notes is the file of a payload");
        row("signatures", "schema: 1", "schema: 1\nsignatures: []", "signatures are made when");
    }

    void namesTheFieldThatIsWrong()
    {
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, instead);
        QFETCH(QString, why);
        QByteArray text = everyField();
        QVERIFY(text.contains(part));
        text.replace(part, instead);
        const QString refusal = refusalOf(text);
        QVERIFY2(refusal.contains(why), qPrintable(refusal));
    }

    void refusesWhatIsNoManifest_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("text") << QByteArray("hello");
        QTest::newRow("list") << QByteArray("- a\n- b");
        QTest::newRow("two documents") << QByteArray(kSmall) + "---\na: 1\n";
        QTest::newRow("broken YAML") << QByteArray("a: [1, 2");
        QTest::newRow("broken JSON") << QByteArray("{\"a\":");
        QTest::newRow("name twice") << QByteArray(kSmall) + "channel: stable\n";
        QTest::newRow("unknown alias") << QByteArray("a: *b");
        QTest::newRow("invalid UTF-8") << QByteArray(kSmall).replace("build: b", "build: \xff");
        QTest::newRow("name that is a list") << QByteArray("[a]: 1");
        QTest::newRow("deep") << QByteArray(5000, '[');
        QTest::newRow("deep JSON") << QByteArray("{\"a\":") + QByteArray(60000, '[');
        QTest::newRow("large") << QByteArray(kSmall) + '#' + QByteArray(70000, 'x');
        // YAML::LoadAll() of yaml-cpp 0.7 takes this for endless documents and all memory; found by
        // fuzz_manifest.
        QTest::newRow("comma in front") << QByteArray(",\"a\":1");
        QTest::newRow("refers to itself") << QByteArray("a: &x [*x]");
        QTest::newRow("many values") << "a: [" + QByteArray("x,").repeated(20'000) + "x]";
    }

    void refusesWhatIsNoManifest()
    {
        QFETCH(QByteArray, text);
        const QString refusal = refusalOf(text);
        QVERIFY2(refusal != QStringLiteral("accepted") && refusal != QStringLiteral("wrong kind of error"),
                 qPrintable(refusal));
    }

    void takesOnlyPlainWordsOfYamlForMoreThanText()
    {
        const auto value =
            core::jsonFromYaml("[true, 'true', 12, '12', -3, 1.5, 007, 0x10, yes, ~, '', 1e3]");
        QVERIFY(value.has_value());
        const auto text = [](const char *latin1) { return core::Json(QString::fromLatin1(latin1)); };
        const core::Json::Array expected{true,        text("true"), 12,          text("12"),
                                         -3,          text("1.5"),  text("007"), text("0x10"),
                                         text("yes"), core::Json(), text(""),    text("1e3")};
        QCOMPARE(value->array()->size(), expected.size());
        for (std::size_t index = 0; index < expected.size(); ++index)
            QVERIFY2(value->array()->at(index) == expected[index], qPrintable(QString::number(index)));
    }
};

QTEST_GUILESS_MAIN(TestManifest)
#include "tst_manifest.moc"
