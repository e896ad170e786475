// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file.h"

#include "core/json/canonical_json.h"

#include "tests/support/vectors.h"
#include <QTemporaryDir>

#include <QTest>

using core::PrivateKey;
using core::TrustStore;

namespace {

TrustStore sampleStore()
{
    const auto key = [] { return PrivateKey::generate()->publicKey(); };
    TrustStore store;
    store.releaseKeys.append(
        {key(), {QStringLiteral("dev"), QStringLiteral("stable")}, {QStringLiteral("*")}});
    store.releaseKeys.append(
        {key(), {QStringLiteral("*")}, {QStringLiteral("bench-*"), QStringLiteral("lamp")}});
    store.bootKeys.append({key(), {QStringLiteral("bench-sensor")}});
    return store;
}

QString refusalOf(const QByteArray &bytes)
{
    const auto store = core::parseTrustStore(bytes);
    if (store)
        return QStringLiteral("accepted");
    return store.error().kind == core::ErrorKind::InvalidFile ? store.error().detail
                                                              : QStringLiteral("wrong kind of error");
}

} // namespace

class TestTrustStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesTheWayThroughAFile()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("trust.json"));
        const TrustStore store = sampleStore();
        QVERIFY(core::saveTrustStore(path, store).has_value());
        const auto loaded = core::loadTrustStore(path);
        QVERIFY2(loaded.has_value(), loaded ? "" : qPrintable(loaded.error().detail));
        QCOMPARE(*core::toBytes(*loaded), *core::toBytes(store));
        QVERIFY(core::parseCanonical(*core::toBytes(store)).has_value());
        QCOMPARE(loaded->releaseKeys.size(), 2);
        QCOMPARE(loaded->bootKeys.size(), 1);
    }

    void findsKeysByTheirId()
    {
        const TrustStore store = sampleStore();
        QCOMPARE(store.releaseKey(store.releaseKeys[1].key.keyId()), &store.releaseKeys[1]);
        QCOMPARE(store.bootKey(store.bootKeys[0].key.keyHash()), &store.bootKeys[0]);
        QVERIFY2(!store.releaseKey(store.bootKeys[0].key.keyId()), "a boot key signs no release");
        QVERIFY2(!store.bootKey(store.releaseKeys[0].key.keyHash()), "a release key signs no image");
        QVERIFY(!store.releaseKey(QString()));
    }

    void limitsAKeyToChannelsAndProducts()
    {
        const TrustStore store = sampleStore();
        const auto covers = [&store](int index, const char *channel, const char *product) {
            return store.releaseKeys[index].covers(QLatin1String(channel), QLatin1String(product));
        };
        QVERIFY(covers(0, "stable", "anything"));
        QVERIFY(!covers(0, "beta", "anything"));
        QVERIFY(!covers(0, "stab", "anything"));
        QVERIFY(covers(1, "beta", "bench-sensor"));
        QVERIFY(covers(1, "beta", "lamp"));
        QVERIFY(!covers(1, "beta", "lamps"));
        QVERIFY(!covers(1, "beta", "other"));
        QVERIFY(store.bootKeys[0].covers(QStringLiteral("bench-sensor")));
        QVERIFY(!store.bootKeys[0].covers(QStringLiteral("bench-sensor-2")));
    }

    void refusesAKeyIdThatIsNotTheKeys()
    {
        const TrustStore store = sampleStore();
        QByteArray bytes = *core::toBytes(store);
        bytes.replace(store.releaseKeys[0].key.keyId().toLatin1(),
                      store.releaseKeys[1].key.keyId().toLatin1());
        QVERIFY(refusalOf(bytes).contains(QStringLiteral("release_keys[0].key_id is not the hash")));
    }

    void keepsKeysOfEachAlgorithm()
    {
        for (const core::KeyAlgorithm algorithm : core::kKeyAlgorithms) {
            TrustStore store = sampleStore();
            store.releaseKeys[0].key = PrivateKey::generate(algorithm)->publicKey();
            const auto again = core::parseTrustStore(*core::toBytes(store));
            QVERIFY2(again.has_value(), again ? "" : qPrintable(again.error().detail));
            QVERIFY(again->releaseKeys[0].key == store.releaseKeys[0].key);
        }
    }

    /// Bootloaders may know no better; releases are not signed with it.
    void takesAShortRsaKeyForImagesOnly()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto key = core::PublicKey::fromPem(
            test_support::contentOf(vectors + QStringLiteral("key-rsa-2048.pub.pem")));
        TrustStore store = sampleStore();
        store.bootKeys[0].key = *key;
        QVERIFY(core::parseTrustStore(*core::toBytes(store)).has_value());
        QVERIFY(store.bootKey(key->keyHash()) != nullptr);
        store.releaseKeys[0].key = *key;
        QVERIFY(refusalOf(*core::toBytes(store)).contains(QStringLiteral("RSA key of 2048 bits")));
    }

    void refusesAKeyThatIsThereTwice()
    {
        TrustStore store = sampleStore();
        store.releaseKeys.append(store.releaseKeys[0]);
        QVERIFY(refusalOf(*core::toBytes(store)).contains(QStringLiteral("twice")));
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("instead");
        QTest::addColumn<QString>("why");
        const auto row = [](const char *name, const char *part, const char *instead, const char *why) {
            QTest::newRow(name) << QByteArray(part) << QByteArray(instead) << QString::fromLatin1(why);
        };
        row("schema", "\"schema\":1", "\"schema\":2", "schema has to be");
        row("no schema", ",\"schema\":1", "", "schema is missing");
        row("field", "\"schema\":1", "\"schema\":1,\"threshold\":1", "\"threshold\" is not a known field");
        row("field of a key", "\"alg\":", "\"owner\":1,\"alg\":", "\"owner\" is not a known field");
        row("time of a product key", "{\"boot_keys\":[{\"alg\":", "{\"boot_keys\":[{\"not_after\":1,\"alg\":",
            "\"not_after\" is not a known field");
        row("development key for more", "\"channels\":[\"dev\",",
            "\"development\":true,\"channels\":[\"dev\",", "channels of a development key");
        row("no time", "\"channels\":[\"dev\",", "\"not_after\":\"soon\",\"channels\":[\"dev\",",
            "not_after has to be a time");
        row("algorithm", "\"ed25519\"", "\"rsa-pss-sha256\"", "alg is not the algorithm of its key");
        row("no channel", "[\"dev\",\"stable\"]", "[]", "channels has to name");
        row("empty channel", "[\"dev\",\"stable\"]", "[\"\"]", "channels has to name");
        row("channel as a number", "[\"dev\",\"stable\"]", "[1]", "channels has to be a list of texts");
        row("base64", "\"spki_b64\":\"", "\"spki_b64\":\" ", "");
        row("key", "\"spki_b64\":\"MCow", "\"spki_b64\":\"MCox", "");
        row("not an object", "{\"boot_keys\"", "[{\"boot_keys\"", "");
    }

    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, instead);
        QFETCH(QString, why);
        QByteArray bytes = *core::toBytes(sampleStore());
        QVERIFY(bytes.contains(part));
        bytes.replace(part, instead);
        const QString refusal = refusalOf(bytes);
        QVERIFY2(refusal.contains(why) && refusal != QStringLiteral("accepted"), qPrintable(refusal));
    }

    void isReadableWithSpaces()
    {
        const QByteArray bytes = *core::toBytes(sampleStore());
        QVERIFY(core::parseTrustStore("\n " + bytes + "\n").has_value());
        QVERIFY(core::parseTrustStore("{ \"schema\": 1 }").has_value());
    }
};

QTEST_GUILESS_MAIN(TestTrustStore)
#include "tst_trust_store.moc"
