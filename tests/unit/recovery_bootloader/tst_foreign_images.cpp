// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_unit.h"
#include "tests/support/vectors.h"

#include <QTest>

using test_support::contentOf;
using test_support::dataPath;
using test_support::sharedVectors;
using testing::SimulatedUnit;

/// Images that MCUboot's own imgtool made, which name no product. Their Ed25519 key is in the tests' key
/// table as one whose images need not; the other keys are of algorithms that this bootloader does not know.
class TestForeignImages : public QObject
{
    Q_OBJECT

private:
    static bm_image_verdict judge(const QByteArray &image, quint32 minimum = 0)
    {
        SimulatedUnit unit(2048); // a slot of 8 KiB; the payload is 5 KiB, behind a header of 512 bytes
        unit.provision();
        unit.writeImage(BM_SLOT_A, image);
        const bm_identity *identity = nullptr;
        identity_store_find(&identity);
        const image_target target = {.identity = identity, .minimum_rollback_index = minimum};
        image_info info;
        image_check(BM_SLOT_A, &target, &info);
        return info.verdict;
    }

    static QByteArray securityCounted()
    {
        return contentOf(dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
    }

private Q_SLOTS:
    void judgesByKeyAndAlgorithm_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("verdict");
        QTest::newRow("no protected TLVs") << QStringLiteral("ed25519.bin") << int(BM_IMAGE_OK);
        QTest::newRow("padded to a slot")
            << QStringLiteral("ed25519-padded-confirmed.bin") << int(BM_IMAGE_OK);
        QTest::newRow("security counter")
            << QStringLiteral("ed25519-security-counter.bin") << int(BM_IMAGE_OK);
        QTest::newRow("TLVs of others")
            << QStringLiteral("ed25519-custom-protected-tlv.bin") << int(BM_IMAGE_OK);
        QTest::newRow("ECDSA") << QStringLiteral("p256.bin") << int(BM_IMAGE_MALFORMED);
        QTest::newRow("RSA") << QStringLiteral("rsa2048.bin") << int(BM_IMAGE_MALFORMED);
        QTest::newRow("no signature") << QStringLiteral("unsigned.bin") << int(BM_IMAGE_MALFORMED);
    }

    void judgesByKeyAndAlgorithm()
    {
        const QString folder = sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(folder);
        QFETCH(QString, file);
        QFETCH(int, verdict);
        // What a padded image has behind its TLVs belongs to the slot.
        QCOMPARE(int(judge(contentOf(folder + file).left(6000))), verdict);
    }

    void theSecurityCounterStillCounts()
    {
        constexpr quint32 kCounter = 0x01020003;
        QCOMPARE(judge(securityCounted(), kCounter), BM_IMAGE_OK);
        QCOMPARE(judge(securityCounted(), kCounter + 1), BM_IMAGE_ROLLBACK);
    }

    void everyFlippedByteIsRefused()
    {
        const QByteArray image = securityCounted();
        for (qsizetype at = 0; at < image.size(); at += at < 512 || at > 5500 ? 1 : 61) {
            QByteArray changed = image;
            changed[at] = char(~changed[at]);
            QVERIFY2(judge(changed) != BM_IMAGE_OK, qPrintable(QString::number(at)));
        }
    }
};

QTEST_GUILESS_MAIN(TestForeignImages)
#include "tst_foreign_images.moc"
