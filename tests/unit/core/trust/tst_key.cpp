// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key.h"

#include "core/base/file_access.h"
#include "core/base/sha256.h"
#include "core/trust/key_file.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

using core::KeyAlgorithm;
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

bool openssl(const QStringList &arguments)
{
    return QProcess::execute(QStringLiteral("openssl"), arguments) == 0;
}

/// A key, a message and our signature of it, as files for the openssl program.
struct Workbench {
    PrivateKey key;
    QTemporaryDir folder;

    explicit Workbench(PrivateKey own) : key(std::move(own))
    {
        const bool isWritten = core::writeNewPrivateKeyFile(path("key"), key).has_value()
            && core::writePublicKeyFile(path("public"), key.publicKey()).has_value()
            && core::replaceFile(path("message"), "message").has_value()
            && core::replaceFile(path("signature"), *key.sign("message")).has_value();
        if (!isWritten)
            qFatal("cannot write the files");
    }

    QString path(const char *name) const { return folder.filePath(QString::fromLatin1(name)); }

    /// Arguments that are names of our files stand for these.
    bool run(QStringList arguments) const
    {
        for (QString &argument : arguments)
            if (QFile::exists(folder.filePath(argument)) || argument == QStringLiteral("signature"))
                argument = folder.filePath(argument);
        return openssl(arguments);
    }
};

void addAlgorithms()
{
    QTest::addColumn<KeyAlgorithm>("algorithm");
    QTest::addColumn<QStringList>("signArguments");
    QTest::addColumn<QStringList>("verifyArguments");
    const auto row = [](const char *name, KeyAlgorithm algorithm, const char *sign, const char *verify) {
        QTest::newRow(name) << algorithm << QString::fromLatin1(sign).split(u' ')
                            << QString::fromLatin1(verify).split(u' ');
    };
    row("Ed25519", KeyAlgorithm::Ed25519, "pkeyutl -sign -inkey key -rawin -in message -out signature",
        "pkeyutl -verify -pubin -inkey public -rawin -in message -sigfile signature");
    row("ECDSA P-256", KeyAlgorithm::EcdsaP256, "dgst -sha256 -sign key -out signature message",
        "dgst -sha256 -verify public -signature signature message");
    row("RSA-PSS", KeyAlgorithm::RsaPss,
        "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign key -out signature "
        "message",
        "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -verify public -signature "
        "signature message");
}

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

    void agreesWithWycheproof_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("isPkcs1");
        QTest::addColumn<int>("weakKeys");
        const auto row = [](const char *name, const char *file, bool isPkcs1, int weakKeys) {
            QTest::newRow(name) << QString::fromLatin1(file) << isPkcs1 << weakKeys;
        };
        row("Ed25519", "ed25519_test.json", false, 0);
        row("ECDSA", "ecdsa_secp256r1_sha256_test.json", false, 0);
        row("PSS 3072", "rsa_pss_3072_sha256_mgf1_32_test.json", false, 0);
        row("PSS 4096", "rsa_pss_4096_sha256_mgf1_32_test.json", false, 0);
        row("PKCS#1 3072", "rsa_signature_3072_sha256_test.json", true, 1);
        row("PKCS#1 4096", "rsa_signature_4096_sha256_test.json", true, 0);
    }

    /// "acceptable" is refused: docs/decisions/0051.
    void agreesWithWycheproof()
    {
        QFETCH(QString, file);
        QFETCH(bool, isPkcs1);
        QFETCH(int, weakKeys);
        const QString vectors = test_support::sharedVectors(QStringLiteral("wycheproof"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto document = QJsonDocument::fromJson(test_support::contentOf(vectors + file));
        int judged = 0;
        int keysRefused = 0;
        for (const QJsonValue group : document[QStringLiteral("testGroups")].toArray()) {
            const QString spki = group[QStringLiteral("publicKeyDer")].toString();
            const auto key = PublicKey::fromSpki(QByteArray::fromHex(spki.toLatin1()));
            if (!key && key.error().detail.contains(QStringLiteral("exponent"))) {
                ++keysRefused; // with an exponent of 3: whatever such a key signed does not count
                judged += int(group[QStringLiteral("tests")].toArray().size());
                continue;
            }
            QVERIFY2(key.has_value(), qPrintable(key ? spki : key.error().detail));
            for (const QJsonValue test : group[QStringLiteral("tests")].toArray()) {
                const auto bytes = [&test](const char *name) {
                    return QByteArray::fromHex(test[QLatin1String(name)].toString().toLatin1());
                };
                const bool isValid = test[QStringLiteral("result")].toString() == QStringLiteral("valid");
                const bool isTaken = isPkcs1
                    ? key->verifiesPkcs1Digest(core::Sha256::of(bytes("msg")), bytes("sig"))
                    : key->verifies(bytes("msg"), bytes("sig"));
                QVERIFY2(isTaken == isValid,
                         qPrintable(QStringLiteral("tcId %1").arg(test[QStringLiteral("tcId")].toInt())));
                ++judged;
            }
        }
        QCOMPARE(judged, document[QStringLiteral("numberOfTests")].toInt());
        QVERIFY(judged > 100);
        QCOMPARE(keysRefused, weakKeys);
    }

    void signsWithEachAlgorithm_data() { addAlgorithms(); }

    void signsWithEachAlgorithm()
    {
        QFETCH(KeyAlgorithm, algorithm);
        const PrivateKey key = *PrivateKey::generate(algorithm);
        QVERIFY(key.publicKey().algorithm() == algorithm);
        QVERIFY(key.publicKey().maySignDocuments());
        const QByteArray signature = *key.sign("message");
        QVERIFY(key.publicKey().verifies("message", signature));
        QVERIFY(!key.publicKey().verifies("messagf", signature));
        QVERIFY(!key.publicKey().verifies("message", signature.chopped(1)));
        QVERIFY(!key.publicKey().verifies("message", signature + '\0'));
        QVERIFY(!key.publicKey().verifiesPkcs1Digest(core::Sha256::of("message"), signature));
        const auto again = PrivateKey::fromPem(*key.toPem("horse"), [] { return QByteArray("horse"); });
        QVERIFY(again.has_value());
        QVERIFY(again->publicKey() == key.publicKey());
        QVERIFY(*PublicKey::fromPem(key.publicKey().toPem()) == key.publicKey());
    }

    /// The openssl program reads our keys, takes our signatures, and makes ones that we take.
    void agreesWithTheOpensslProgram_data() { addAlgorithms(); }

    void agreesWithTheOpensslProgram()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
            QSKIP("skipped, because the openssl program is not there");
        QFETCH(KeyAlgorithm, algorithm);
        QFETCH(QStringList, signArguments);
        QFETCH(QStringList, verifyArguments);
        const Workbench bench(*PrivateKey::generate(algorithm));
        QVERIFY(bench.run(verifyArguments));

        QFile::remove(bench.path("signature"));
        QVERIFY(bench.run(signArguments));
        const QByteArray theirs = test_support::contentOf(bench.path("signature"));
        QVERIFY(bench.key.publicKey().verifies("message", theirs));
    }

    void refusesAKeyThatItsOwnTokenBetrays()
    {
        const PrivateKey real = *PrivateKey::generate(KeyAlgorithm::EcdsaP256);
        const auto honest = PrivateKey::elsewhere(
            real.publicKey(), [&real](const QByteArray &d) { return real.signDigest(d); });
        QVERIFY(real.publicKey().verifies("message", *honest.sign("message")));
        QCOMPARE(honest.toPem().error().kind, core::ErrorKind::Unsupported);
        const auto broken =
            PrivateKey::elsewhere(PrivateKey::generate(KeyAlgorithm::EcdsaP256)->publicKey(),
                                  [&real](const QByteArray &digest) { return real.signDigest(digest); });
        QCOMPARE(broken.sign("message").error().kind, core::ErrorKind::Internal);
    }

    void refusesKeysThatNobodyShouldTrust_data()
    {
        QTest::addColumn<QStringList>("genpkey"); // what the openssl program is asked for
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, const char *arguments, core::ErrorKind kind) {
            QTest::newRow(name) << QString::fromLatin1(arguments).split(u' ') << int(kind);
        };
        row("P-384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", core::ErrorKind::InvalidFile);
        row("secp256k1", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", core::ErrorKind::InvalidFile);
        row("explicit curve", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
            core::ErrorKind::InvalidFile);
        row("RSA 1024", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024", core::ErrorKind::InvalidFile);
        row("exponent 3", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3",
            core::ErrorKind::InvalidFile);
        row("RSA only for PSS", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
            core::ErrorKind::InvalidFile);
        row("X25519", "-algorithm X25519", core::ErrorKind::InvalidFile);
    }

    void refusesKeysThatNobodyShouldTrust()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
            QSKIP("skipped, because the openssl program is not there");
        QFETCH(QStringList, genpkey);
        QFETCH(int, kind);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("key.pem"));
        QVERIFY(openssl(QStringList{QStringLiteral("genpkey"), QStringLiteral("-out"), path} + genpkey));
        const auto key = core::readPrivateKeyFile(path);
        QVERIFY(!key.has_value());
        QCOMPARE(int(key.error().kind), kind);
    }

    /// Otherwise one key would have two ids, and count twice for a threshold.
    void refusesACompressedPoint()
    {
        const QByteArray spki = PrivateKey::generate(KeyAlgorithm::EcdsaP256)->publicKey().spki();
        const QByteArray x = spki.mid(27, 32);
        const char form = char(2 + (spki.back() & 1));
        const QByteArray compressed =
            QByteArray::fromHex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + form + x;
        const auto key = PublicKey::fromSpki(compressed);
        QVERIFY(!key.has_value());
        QVERIFY2(key.error().detail.contains(QStringLiteral("uncompressed")), qPrintable(key.error().detail));
    }

    void keepsShortRsaKeysFromDocuments()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto key =
            PublicKey::fromPem(test_support::contentOf(vectors + QStringLiteral("key-rsa-2048.pub.pem")));
        QVERIFY(key.has_value());
        QVERIFY(!key->maySignDocuments());
        QCOMPARE(PrivateKey::generate(KeyAlgorithm::RsaPss, 2048).error().kind, core::ErrorKind::InvalidFile);
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
