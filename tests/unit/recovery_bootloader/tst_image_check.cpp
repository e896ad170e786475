// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"
#include "core/trust/key_file.h"
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"
#include "tests/support/vectors.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <sodium/crypto_sign_ed25519.h>

using testing::BootImage;
using testing::SimulatedUnit;

namespace {

class Judge
{
public:
    Judge()
    {
        m_unit.provision();
        identity_store_find(&m_identity);
    }

    int judge(const QByteArray &image, quint32 minimum = 0)
    {
        const image_target target = {.identity = m_identity, .minimum_rollback_index = minimum};
        m_unit.writeImage(BM_SLOT_A, image);
        image_check(BM_SLOT_A, &target, &info);
        image_load(BM_SLOT_A, &target, &loaded);
        return loaded.verdict == info.verdict ? int(info.verdict) : -1;
    }

    SimulatedUnit &unit() { return m_unit; }

    image_info info = {};
    image_info loaded = {};

private:
    SimulatedUnit m_unit;
    const bm_identity *m_identity = nullptr; // in the flash
};

QByteArray withBytes(QByteArray image, qsizetype at, const QByteArray &bytes)
{
    return image.replace(at, bytes.size(), bytes);
}

/// A good image, but for its signature, of any length.
QByteArray signedWith(const QByteArray &signature)
{
    QByteArray image = BootImage().bytes();
    const qsizetype area = 32 + 300 + quint8(image[10]);
    image.chop(2 + 64);
    image += char(signature.size()) + QByteArray(1, '\0') + signature;
    image[area + 2] = char(image.size() - area);
    return image;
}

} // namespace

class TestImageCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsAGoodImage()
    {
        Judge judge;
        const BootImage image = {.major = 2, .minor = 3, .revision = 4, .build = 5, .rollbackIndex = 6};
        QCOMPARE(judge.judge(image.bytes(), 6), int(BM_IMAGE_OK));
        QVERIFY(judge.info.is_intact);
        QCOMPARE(judge.info.version.major, 2);
        QCOMPARE(judge.info.version.minor, 3);
        QCOMPARE(judge.info.version.revision, 4);
        QCOMPARE(judge.info.version.build, 5u);
        QCOMPARE(judge.info.rollback_index, 6u);
        QCOMPARE(judge.info.payload_length, 300u);
        QCOMPARE(QByteArray(reinterpret_cast<char *>(judge.info.hash), BM_HASH_SIZE), image.hash());
        QCOMPARE(judge.unit().loadArea.left(300), image.payload);
    }

    void acceptsWhatTheProductWrites()
    {
        const core::PrivateKey key = core::readPrivateKeyFile(QStringLiteral(BOOTMEND_TEST_BOOT_KEY)).value();
        const core::ImageSpec spec = {.payload = QByteArray(500, 'x'),
                                      .version = {1, 2, 3, 0},
                                      .rollbackIndex = 4,
                                      .vendorDomain = QStringLiteral("bootmend.example"),
                                      .product = QStringLiteral("bench-sensor"),
                                      .hardwareRevisions = {QStringLiteral("revA")}};
        const QByteArray image = core::createImage(spec, key).value();
        const QUuid vendor = core::vendorUuid(spec.vendorDomain);
        bm_identity identity = {};
        std::strcpy(identity.hardware, "revA");
        std::memcpy(identity.vendor_uuid, vendor.toRfc4122().constData(), BM_UUID_SIZE);
        std::memcpy(identity.class_uuid, core::classUuid(vendor, spec.product).toRfc4122().constData(),
                    BM_UUID_SIZE);

        SimulatedUnit unit;
        unit.writeImage(BM_SLOT_B, image);
        const image_target target = {.identity = &identity, .minimum_rollback_index = 0};
        image_info info;
        image_check(BM_SLOT_B, &target, &info);
        QCOMPARE(int(info.verdict), int(BM_IMAGE_OK));
        QCOMPARE(info.rollback_index, 4u);
    }

    void acceptsALongHeader()
    {
        Judge judge;
        QCOMPARE(judge.judge(BootImage{.headerSize = 512}.bytes()), int(BM_IMAGE_OK));
    }

    void skipsUnknownProtectedTlvs()
    {
        Judge judge;
        const BootImage image = {.moreProtected = {{0x60, "boot record"}, {0x00a3, ""}}};
        QCOMPARE(judge.judge(image.bytes()), int(BM_IMAGE_OK));
    }

    void anErasedSlotIsEmpty()
    {
        Judge judge;
        QCOMPARE(judge.judge({}), int(BM_IMAGE_EMPTY));
    }

    void everyFlippedByteIsRefused()
    {
        Judge judge;
        const QByteArray image = BootImage{.payload = "payload"}.bytes();
        for (qsizetype at = 0; at < image.size(); ++at) {
            for (const char mask : {'\x01', '\x80', '\xff'}) {
                QByteArray flipped = image;
                flipped[at] = char(flipped[at] ^ mask);
                const int verdict = judge.judge(flipped);
                QVERIFY2(verdict != BM_IMAGE_OK && verdict != -1, qPrintable(QString::number(at)));
            }
        }
    }

    void everyTruncationIsRefused()
    {
        Judge judge;
        const QByteArray image = BootImage{.payload = "payload"}.bytes();
        for (qsizetype length = 0; length < image.size(); ++length) {
            const int verdict = judge.judge(image.left(length));
            QVERIFY2(verdict != BM_IMAGE_OK && verdict != -1, qPrintable(QString::number(length)));
        }
    }

    void namesTheFirstObjection_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<int>("verdict");
        const QByteArray good = BootImage().bytes();
        const auto row = [](const char *name, const BootImage &image, bm_image_verdict verdict) {
            QTest::newRow(name) << image.bytes() << int(verdict);
        };
        row("stranger's key", {.isSignedByStranger = true}, BM_IMAGE_KEY_UNKNOWN);
        row("stranger's signature", {.isSignedByStranger = true, .claimsBootKey = true},
            BM_IMAGE_SIGNATURE_WRONG);
        row("other vendor", {.vendor = QByteArray(16, 'X')}, BM_IMAGE_OTHER_PRODUCT);
        row("other product", {.productClass = QByteArray(16, 'X')}, BM_IMAGE_OTHER_PRODUCT);
        row("other hardware", {.hardware = QByteArray("revB\0", 5)}, BM_IMAGE_OTHER_HARDWARE);
        row("hardware as a prefix", {.hardware = QByteArray("revAB\0", 6)}, BM_IMAGE_OTHER_HARDWARE);
        row("hardware without end", {.hardware = "revA"}, BM_IMAGE_MALFORMED);
        row("no hardware", {.hardware = ""}, BM_IMAGE_MALFORMED);
        row("short UUID", {.productClass = QByteArray(15, 'C')}, BM_IMAGE_MALFORMED);
        row("older rollback index", {.rollbackIndex = 0}, BM_IMAGE_ROLLBACK);
        row("encrypted", {.flags = 0x24}, BM_IMAGE_MALFORMED);
        row("not bootable", {.flags = 0x30}, BM_IMAGE_MALFORMED);
        row("linked for elsewhere", {.loadAddress = 0x1234}, BM_IMAGE_MALFORMED);
        row("header below 32 bytes", {.headerSize = 31}, BM_IMAGE_MALFORMED);
        row("no payload", {.payload = ""}, BM_IMAGE_MALFORMED);
        row("unknown unprotected TLV", {.moreUnprotected = {{0x77, "x"}}}, BM_IMAGE_MALFORMED);
        row("pure signature", {.moreUnprotected = {{0x25, QByteArray(1, 1)}}}, BM_IMAGE_MALFORMED);
        row("two hashes", {.moreUnprotected = {{0x10, QByteArray(32, 0)}}}, BM_IMAGE_MALFORMED);
        row("two classes", {.moreProtected = {{0x75, QByteArray(16, 'C')}}}, BM_IMAGE_MALFORMED);
        row("two rollback indices", {.moreProtected = {{0x50, QByteArray(4, 9)}}}, BM_IMAGE_MALFORMED);
        row("protected area too long", {.moreProtected = {{0x60, QByteArray(512, 'x')}}}, BM_IMAGE_MALFORMED);
        QTest::newRow("payload size overflows")
            << withBytes(good, 12, QByteArray(4, '\xff')) << int(BM_IMAGE_MALFORMED);
        QTest::newRow("payload larger than the slot")
            << withBytes(good, 12, QByteArray("\x00\x10\x00\x00", 4)) << int(BM_IMAGE_MALFORMED);
        QTest::newRow("protected size 0")
            << withBytes(good, 10, QByteArray(2, '\0')) << int(BM_IMAGE_MALFORMED);
        QTest::newRow("payload changed") << withBytes(good, 100, "X") << int(BM_IMAGE_HASH_WRONG);
        QTest::newRow("version changed") << withBytes(good, 20, "\x09") << int(BM_IMAGE_HASH_WRONG);
        QTest::newRow("old magic") << withBytes(good, 0, "\x3c") << int(BM_IMAGE_MALFORMED);
    }

    void namesTheFirstObjection()
    {
        QFETCH(QByteArray, image);
        QFETCH(int, verdict);
        Judge judge;
        QCOMPARE(judge.judge(image, 1), verdict);
    }

    void judgesTheCopyThatWillRun()
    {
        Judge judge;
        const BootImage image;
        QCOMPARE(judge.judge(image.bytes()), int(BM_IMAGE_OK));
        const auto *area = reinterpret_cast<const uint8_t *>(judge.unit().loadArea.constData());
        QCOMPARE(judge.loaded.payload, area);
        // In place it is the slot's bytes that were judged.
        QCOMPARE(judge.info.payload,
                 port_flash_memory() + judge.unit().regionOffset(BM_REGION_SLOT_A) + image.headerSize);
    }

    void judgesWhatRunsInItsSlotInPlace()
    {
        Judge judge;
        const quint32 slot = judge.unit().regionOffset(BM_REGION_SLOT_A);
        const BootImage image = {.flags = 0x100, .loadAddress = judge.unit().map.address + slot};
        QCOMPARE(judge.judge(image.bytes()), int(BM_IMAGE_OK));
        QCOMPARE(judge.loaded.payload, port_flash_memory() + slot + image.headerSize);
        QCOMPARE(judge.unit().loadArea, QByteArray(8192, '\0'));
    }

    void knowsARevokedKey()
    {
        Judge judge;
        QCOMPARE(judge.judge(BootImage{.signer = testing::TestKey::Revoked}.bytes()),
                 int(BM_IMAGE_KEY_REVOKED));
    }

    void refusesMoreThanTheLoadAreaHolds()
    {
        Judge judge;
        judge.unit().loadArea.resize(299);
        QCOMPARE(judge.judge(BootImage().bytes()), int(BM_IMAGE_MALFORMED));
    }

    void itsSignatureCheckAgreesWithWycheproof()
    {
        // The function that the core calls, in the library that the host port links; that of the machines is
        // judged by tst_qemu_crypto.
        const QString vectors = test_support::sharedVectors(QStringLiteral("wycheproof"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto document =
            QJsonDocument::fromJson(test_support::contentOf(vectors + QStringLiteral("ed25519_test.json")));
        const auto bytes = [](const QJsonValue &text) {
            return QByteArray::fromHex(text.toString().toLatin1());
        };
        const auto data = [](const QByteArray &of) {
            return reinterpret_cast<const uchar *>(of.constData());
        };
        int judged = 0;
        for (const QJsonValue group : document[QStringLiteral("testGroups")].toArray()) {
            const QByteArray key = bytes(group[QStringLiteral("publicKey")][QStringLiteral("pk")]);
            for (const QJsonValue test : group[QStringLiteral("tests")].toArray()) {
                const QByteArray signature = bytes(test[QStringLiteral("sig")]);
                const QByteArray message = bytes(test[QStringLiteral("msg")]);
                const bool isValid = test[QStringLiteral("result")].toString() == QStringLiteral("valid");
                QCOMPARE(Judge().judge(signedWith(signature)),
                         int(signature.size() == 64 ? BM_IMAGE_SIGNATURE_WRONG : BM_IMAGE_MALFORMED));
                if (signature.size() != 64) {
                    QVERIFY(!isValid);
                    continue;
                }
                const int result = crypto_sign_ed25519_verify_detached(data(signature), data(message),
                                                                       quint64(message.size()), data(key));
                QVERIFY2((result == 0) == isValid,
                         qPrintable(QString::number(test[QStringLiteral("tcId")].toInt())));
                ++judged;
            }
        }
        QVERIFY(judged > 130);
    }

    void aUnitWithoutIdentityTakesNothing()
    {
        SimulatedUnit unit;
        bm_identity nobody = {};
        unit.writeImage(BM_SLOT_A,
                        BootImage{.vendor = QByteArray(16, 0), .productClass = QByteArray(16, 0)}.bytes());
        const image_target target = {.identity = &nobody, .minimum_rollback_index = 0};
        image_info info;
        image_check(BM_SLOT_A, &target, &info);
        QCOMPARE(int(info.verdict), int(BM_IMAGE_OTHER_HARDWARE));
    }
};

QTEST_GUILESS_MAIN(TestImageCheck)
#include "tst_image_check.moc"
