// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/image_judgement.h"

#include "core/release/foreign/demo_keys.h"
#include "tests/support/foreign_writers.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QCryptographicHash>

using core::ImageTrust;
using core::McubootImage;

namespace {

QByteArray ownImage()
{
    return test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
}

core::TrustStore storeOf(const core::PublicKey &key)
{
    core::TrustStore store;
    store.bootKeys.append({key, {QStringLiteral("*")}});
    return store;
}

core::TrustStore ownStore()
{
    return storeOf(*core::PublicKey::fromPem(
        test_support::contentOf(test_support::dataPath(QStringLiteral("mcuboot/key-ed25519.pub.pem")))));
}

/// A sound image without a signature that names a key, by its hash or as a whole.
McubootImage imageNaming(quint16 type, const QByteArray &key)
{
    using test_support::littleEndian;
    const QByteArray region = littleEndian(0x96f3b83du) + littleEndian(0u) + littleEndian(quint16(32))
        + littleEndian(quint16(0)) + littleEndian(4u) + littleEndian(0u) + littleEndian(quint64(1))
        + littleEndian(0u) + "code";
    const QByteArray digest = QCryptographicHash::hash(region, QCryptographicHash::Sha256);
    const QByteArray tlvs = littleEndian(quint16(0x10)) + littleEndian(quint16(32)) + digest
        + littleEndian(type) + littleEndian(quint16(key.size())) + key;
    return *core::parseImage(region + littleEndian(quint16(0x6907)) + littleEndian(quint16(4 + tlvs.size()))
                             + tlvs);
}

ImageTrust trustOf(const QByteArray &file, const core::TrustStore &store)
{
    return core::judgeImage(*core::parseImage(file), store).trust;
}

/// MCUboot's root-ed25519-2-pub.pem; its hash is in the table.
const QByteArray kDemoSpki =
    QByteArray::fromBase64("MCowBQYDK2VwAyEAw7zfMHZOH120DYkuDQ6rBJwwBk55qO2293kuRpom2nc=");

} // namespace

class TestImageJudgement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trustsAKnownKey()
    {
        QCOMPARE(trustOf(ownImage(), ownStore()), ImageTrust::Trusted);
        const auto judgement = core::judgeImage(*core::parseImage(ownImage()), ownStore());
        QCOMPARE(judgement.keyHash, ownStore().bootKeys.constFirst().key.keyHash());
        QVERIFY(judgement.demoKey.isEmpty());
    }

    void saysWhenTheKeyIsUnknown()
    {
        QCOMPARE(trustOf(ownImage(), {}), ImageTrust::KeyUnknown);
        QCOMPARE(trustOf(ownImage(), storeOf(test_support::rfc8032Key(1).publicKey())),
                 ImageTrust::KeyUnknown);
    }

    void noChangeOfTheContentIsTrusted()
    {
        const qsizetype covered = core::parseImage(ownImage())->signedSize;
        for (qsizetype at = 0; at < covered; at += 13) {
            QByteArray bad = ownImage();
            bad[at] = char(bad[at] ^ 1);
            if (const auto image = core::parseImage(bad)) {
                const ImageTrust trust = core::judgeImage(*image, ownStore()).trust;
                QVERIFY(trust == ImageTrust::Damaged
                        || (image->isEncrypted() && trust == ImageTrust::OnlyByDevice));
            }
        }
    }

    void noChangeOfTheSignatureIsTrusted()
    {
        QByteArray bad = ownImage();
        bad.back() = char(bad.back() ^ 1);
        const auto judgement = core::judgeImage(*core::parseImage(bad), ownStore());
        QCOMPARE(judgement.trust, ImageTrust::Damaged);
        QVERIFY(!judgement.detail.isEmpty());
    }

    void saysWhenNobodySigned()
    {
        QCOMPARE(core::judgeImage(imageNaming(0xa0, "x"), ownStore()).trust, ImageTrust::Unsigned);
    }

    void recognisesThePublicDemoKeys()
    {
        const QByteArray hash = QCryptographicHash::hash(kDemoSpki, QCryptographicHash::Sha256);
        QCOMPARE(core::publicDemoKey(hash), QStringLiteral("root-ed25519-2"));
        for (const McubootImage &image : {imageNaming(0x01, hash), imageNaming(0x02, kDemoSpki)}) {
            const auto judgement = core::judgeImage(image, {});
            QCOMPARE(judgement.trust, ImageTrust::PublicDemoKey);
            QCOMPARE(judgement.demoKey, QStringLiteral("root-ed25519-2"));
            // Also when somebody took it into the trust store.
            QCOMPARE(core::judgeImage(image, storeOf(*core::PublicKey::fromSpki(kDemoSpki))).trust,
                     ImageTrust::PublicDemoKey);
        }
        QVERIFY(core::publicDemoKey(test_support::rfc8032Key(1).publicKey().keyHash()).isEmpty());
        QVERIFY(core::publicDemoKey({}).isEmpty());
    }

    void judgesWhatImgtoolSigned_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<ImageTrust>("trust");
        QTest::newRow("Ed25519") << QStringLiteral("ed25519") << ImageTrust::Trusted;
        QTest::newRow("confirmed") << QStringLiteral("ed25519-padded-confirmed") << ImageTrust::Trusted;
        QTest::newRow("ECDSA") << QStringLiteral("p256") << ImageTrust::KeyUnknown;
        QTest::newRow("RSA") << QStringLiteral("rsa2048") << ImageTrust::KeyUnknown;
        QTest::newRow("unsigned") << QStringLiteral("unsigned") << ImageTrust::Unsigned;
    }

    void judgesWhatImgtoolSigned()
    {
        const QString folder = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(folder);
        QFETCH(QString, name);
        QFETCH(ImageTrust, trust);
        const QByteArray file = test_support::contentOf(folder + name + QStringLiteral(".bin"));
        QCOMPARE(trustOf(file, ownStore()), trust);
    }
};

QTEST_GUILESS_MAIN(TestImageJudgement)
#include "tst_image_judgement.moc"
