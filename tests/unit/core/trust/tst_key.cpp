// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key.h"

#include "core/trust/key_file.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

using core::PrivateKey;
using core::PublicKey;

namespace {

// RFC 8032, section 7.1, TEST 1.
const QByteArray kSpkiPrefix = QByteArray::fromHex("302a300506032b6570032100");
const QByteArray kTest1Public =
    QByteArray::fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
const QByteArray kTest1Signature = QByteArray::fromHex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b");

} // namespace

class TestKey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signsAsTheStandardSays()
    {
        const PrivateKey key = test_support::rfc8032Key(1);
        QCOMPARE(key.publicKey().spki(), kSpkiPrefix + kTest1Public);
        QCOMPARE(*key.sign(QByteArray()), kTest1Signature);
        QVERIFY(key.publicKey().verifies(QByteArray(), kTest1Signature));
    }

    void namesAKeyByTheHashOfItsSpki()
    {
        // The key id that OpenSSL's command line computes: openssl pkey -pubin -outform DER | sha256sum
        const auto key = PublicKey::fromSpki(kSpkiPrefix + kTest1Public);
        QVERIFY(key.has_value());
        QCOMPARE(key->keyId(),
                 QStringLiteral("06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9"));
        QCOMPARE(QString::fromLatin1(key->keyHash().toHex()), key->keyId());
    }

    void agreesWithWycheproof()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("wycheproof"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto document =
            QJsonDocument::fromJson(test_support::contentOf(vectors + QStringLiteral("ed25519_test.json")));
        int judged = 0;
        for (const QJsonValue group : document[QStringLiteral("testGroups")].toArray()) {
            const QString spki = group[QStringLiteral("publicKeyDer")].toString();
            const auto key = PublicKey::fromSpki(QByteArray::fromHex(spki.toLatin1()));
            QVERIFY2(key.has_value(), qPrintable(spki));
            for (const QJsonValue test : group[QStringLiteral("tests")].toArray()) {
                const auto bytes = [&test](const char *name) {
                    return QByteArray::fromHex(test[QLatin1String(name)].toString().toLatin1());
                };
                const bool isValid = test[QStringLiteral("result")].toString() == QStringLiteral("valid");
                QVERIFY2(key->verifies(bytes("msg"), bytes("sig")) == isValid,
                         qPrintable(QStringLiteral("tcId %1").arg(test[QStringLiteral("tcId")].toInt())));
                ++judged;
            }
        }
        QCOMPARE(judged, document[QStringLiteral("numberOfTests")].toInt());
        QVERIFY(judged > 100);
    }

    void refusesASignatureOfAnythingElse()
    {
        const PrivateKey key = *PrivateKey::generate();
        const QByteArray signature = *key.sign("message");
        QVERIFY(key.publicKey().verifies("message", signature));
        QVERIFY(!key.publicKey().verifies("messagf", signature));
        QVERIFY(!key.publicKey().verifies("message", signature.chopped(1)));
        QVERIFY(!key.publicKey().verifies("message", signature + '\0'));
        QVERIFY(!key.publicKey().verifies("message", QByteArray()));
        QVERIFY(!PrivateKey::generate()->publicKey().verifies("message", signature));
    }

    void refusesPointsOfSmallOrder_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::newRow("0") << QByteArray(32, '\0');
        QTest::newRow("1") << QByteArray::fromHex("01") + QByteArray(31, '\0');
        QTest::newRow("1, other sign")
            << QByteArray::fromHex("01") + QByteArray(30, '\0') + QByteArray::fromHex("80");
        QTest::newRow("p - 1") << QByteArray::fromHex("ec") + QByteArray(30, '\xff')
                + QByteArray::fromHex("7f");
        QTest::newRow("order 8") << QByteArray::fromHex(
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
        QTest::newRow("order 8, other")
            << QByteArray::fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    }

    void refusesPointsOfSmallOrder()
    {
        QFETCH(QByteArray, raw);
        QCOMPARE(raw.size(), 32);
        const auto key = PublicKey::fromSpki(kSpkiPrefix + raw);
        QVERIFY(!key.has_value());
        QCOMPARE(key.error().kind, core::ErrorKind::InvalidFile);
    }

    void survivesTheWayThroughPem()
    {
        const PrivateKey key = *PrivateKey::generate();
        const auto again = PrivateKey::fromPem(*key.toPem());
        QVERIFY(again.has_value());
        QVERIFY(again->publicKey() == key.publicKey());
        const auto publicAgain = PublicKey::fromPem(key.publicKey().toPem());
        QVERIFY(publicAgain.has_value());
        QVERIFY(*publicAgain == key.publicKey());
    }

    void opensAnEncryptedKeyOnlyWithItsPassphrase()
    {
        const PrivateKey key = *PrivateKey::generate();
        const QByteArray pem = *key.toPem("correct horse");
        QVERIFY(pem.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));

        const auto opened = PrivateKey::fromPem(pem, [] { return QByteArray("correct horse"); });
        QVERIFY(opened.has_value());
        QVERIFY(opened->publicKey() == key.publicKey());

        const auto wrong = PrivateKey::fromPem(pem, [] { return QByteArray("wrong horse"); });
        QVERIFY(!wrong.has_value());
        QVERIFY(wrong.error().detail.contains(QStringLiteral("passphrase is wrong")));

        const auto none = PrivateKey::fromPem(pem);
        QVERIFY(!none.has_value());
        QVERIFY(none.error().detail.contains(QStringLiteral("encrypted")));
    }

    void asksForNoPassphraseWithoutNeed()
    {
        int asked = 0;
        const auto key = PrivateKey::fromPem(*test_support::rfc8032Key(1).toPem(), [&asked] {
            ++asked;
            return QByteArray();
        });
        QVERIFY(key.has_value());
        QCOMPARE(asked, 0);
    }

    void refusesWhatIsNoKey()
    {
        for (const QByteArray &text :
             {QByteArray(), QByteArray("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
              QByteArray(20 * 1024, 'x')}) {
            QCOMPARE(PublicKey::fromPem(text).error().kind, core::ErrorKind::InvalidFile);
            QCOMPARE(PrivateKey::fromPem(text).error().kind, core::ErrorKind::InvalidFile);
        }
        QVERIFY(!PublicKey::fromSpki(kSpkiPrefix + kTest1Public + 'x').has_value());
        QVERIFY(!PublicKey::fromSpki((kSpkiPrefix + kTest1Public).chopped(1)).has_value());
    }

    void namesTheAlgorithmThatItDoesNotSupport()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto key =
            PublicKey::fromPem(test_support::contentOf(vectors + QStringLiteral("key-ecdsa-p256.pub.pem")));
        QVERIFY(!key.has_value());
        QCOMPARE(key.error().kind, core::ErrorKind::Unsupported);
        QVERIFY(key.error().detail.contains(QStringLiteral("EC")));
    }

    void neverWritesOverAPrivateKey()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("release.pem"));
        const PrivateKey first = *PrivateKey::generate();
        QVERIFY(core::writeNewPrivateKeyFile(path, first).has_value());
        QCOMPARE(QFileInfo(path).permissions() & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther),
                 QFile::Permissions());

        const auto second = core::writeNewPrivateKeyFile(path, *PrivateKey::generate());
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().kind, core::ErrorKind::FileFailed);
        QVERIFY(core::readPrivateKeyFile(path)->publicKey() == first.publicKey());
    }

    void saysWhichKeyFileCannotBeRead()
    {
        const auto key = core::readPublicKeyFile(QStringLiteral("/does/not/exist.pem"));
        QVERIFY(!key.has_value());
        QCOMPARE(key.error().kind, core::ErrorKind::FileFailed);
        QVERIFY(key.error().detail.contains(QStringLiteral("exist.pem")));
    }
};

QTEST_GUILESS_MAIN(TestKey)
#include "tst_key.moc"
