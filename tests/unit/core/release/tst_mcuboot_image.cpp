// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"

#include "recovery_bootloader/include/bootmend/device_wire.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QtEndian>

using core::McubootImage;
using core::PrivateKey;
using core::PublicKey;
using core::Reason;

namespace {

QByteArray ownImage()
{
    return test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
}

PublicKey ownKey()
{
    return *PublicKey::fromPem(
        test_support::contentOf(test_support::dataPath(QStringLiteral("mcuboot/key-ed25519.pub.pem"))));
}

core::ImageSpec sampleSpec()
{
    core::ImageSpec spec;
    spec.payload = QByteArray("payload of the sample");
    spec.version = {1, 2, 3, 4};
    spec.rollbackIndex = 10203;
    spec.vendorDomain = QStringLiteral("bootmend.example");
    spec.product = QStringLiteral("bench-sensor");
    spec.hardwareRevisions = {QStringLiteral("revA"), QStringLiteral("revB")};
    return spec;
}

std::optional<Reason> whyUntrusted(const QByteArray &file, const PublicKey &key)
{
    const auto image = core::parseImage(file);
    if (!image)
        return image.error().reason;
    const auto verified = core::verifyImage(*image, key);
    return verified ? std::nullopt : verified.error().reason;
}

QByteArray flipped(QByteArray bytes, qsizetype bit)
{
    bytes[bit / 8] = char(bytes[bit / 8] ^ (1 << (bit % 8)));
    return bytes;
}

/// The image with one more TLV behind its signature.
core::Result<McubootImage> withUnprotectedTlv(QByteArray file, quint16 type, const QByteArray &value)
{
    const auto image = core::parseImage(file);
    QByteArray tlv(4, '\0');
    qToLittleEndian(type, tlv.data());
    qToLittleEndian(quint16(value.size()), tlv.data() + 2);
    char *total = file.data() + image->signedSize + 2;
    qToLittleEndian(quint16(qFromLittleEndian<quint16>(total) + tlv.size() + value.size()), total);
    return core::parseImage(file + tlv + value);
}

} // namespace

class TestMcubootImage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatImgtoolWrote_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("digestBegins"); // from the .info.txt beside each file
        QTest::addColumn<int>("signatures");
        const auto row = [](const char *name, const char *version, const char *digest, int signatures) {
            QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(version)
                                << QString::fromLatin1(digest) << signatures;
        };
        row("ed25519", "1.2.3+45", "a67903363d971dd2", 1);
        row("ed25519-security-counter", "1.2.3+45", "a2d8d4b2253450c5", 1);
        row("ed25519-custom-protected-tlv", "1.2.3", "84eb353519323fce", 1);
        row("ed25519-padded-confirmed", "2.0.0", "b0ec6a73438c6e44", 1);
        row("p256", "0.0.1", "cebf200be1d3da6b", 1);
        row("rsa2048", "255.255.65535+4294967295", "98c38c2477ba81c5", 1);
        row("unsigned", "3.0.0", "b2ee9fc946533718", 0);
    }

    void readsWhatImgtoolWrote()
    {
        QFETCH(QString, name);
        QFETCH(QString, version);
        QFETCH(QString, digestBegins);
        QFETCH(int, signatures);
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto image = core::readImageFile(vectors + name + QStringLiteral(".bin"));
        QVERIFY2(image.has_value(), image ? "" : qPrintable(image.error().detail));
        QCOMPARE(core::toText(image->version), version);
        QCOMPARE(image->headerSize, 0x200);
        QCOMPARE(image->payloadSize, 0x138b);
        QCOMPARE(image->signatures.size(), signatures);
        QVERIFY(core::checkDigest(*image).has_value());
        QVERIFY(QString::fromLatin1(image->digest.toHex()).startsWith(digestBegins));
    }

    void readsTheProtectedTlvs()
    {
        const auto image = core::parseImage(ownImage());
        QVERIFY(image.has_value());
        QCOMPARE(image->rollbackIndex, std::optional<quint32>(0x01020003));
        QCOMPARE(image->tlvs.size(), 6);
        QCOMPARE(image->tlvs[1].type, quint16(0xa0));
        QCOMPARE(image->tlvs[1].value, QByteArray::fromHex("12345678"));
        QVERIFY(image->tlvs[2].isProtected);
        QVERIFY(!image->tlvs[3].isProtected);
        QCOMPARE(image->tlvs[2].value, QByteArray("bench-sensor"));
        QVERIFY2(image->hardwareRevisions.isEmpty(), "0xa1 of another vendor is not our list of revisions");
    }

    void tellsAConfirmedImageFromAPlainOne()
    {
        QVERIFY(!core::parseImage(ownImage())->trailer.has_value());
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto image = core::readImageFile(vectors + QStringLiteral("ed25519-padded-confirmed.bin"));
        QVERIFY(image->trailer.has_value());
        QVERIFY(image->trailer->isConfirmed);
        QVERIFY(core::verifyImage(*image, ownKey()).has_value());
    }

    void trustsWhatImgtoolSigned()
    {
        QVERIFY(core::verifyImage(*core::parseImage(ownImage()), ownKey()).has_value());
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        for (const char *name : {"ed25519.bin", "ed25519-security-counter.bin"})
            QVERIFY(
                core::verifyImage(*core::readImageFile(vectors + QLatin1String(name)), ownKey()).has_value());
    }

    void trustsNoImageWithAnyBitFlipped()
    {
        const QByteArray file = ownImage();
        const PublicKey key = ownKey();
        for (qsizetype bit = 0; bit < file.size() * 8; ++bit) {
            if (!whyUntrusted(flipped(file, bit), key).has_value())
                QFAIL(qPrintable(QStringLiteral("bit %1 does not matter").arg(bit)));
        }
    }

    void trustsNoImageThatIsShorterOrLonger()
    {
        const QByteArray file = ownImage();
        const PublicKey key = ownKey();
        for (qsizetype size = 0; size < file.size(); ++size)
            QCOMPARE(whyUntrusted(file.first(size), key), std::optional(Reason::ImageMalformed));
        QCOMPARE(whyUntrusted(file + '\0', key), std::optional(Reason::ImageMalformed));
    }

    void trustsEachAlgorithmOfImgtool_data()
    {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("key");
        QTest::newRow("P-256") << QStringLiteral("p256.bin") << QStringLiteral("key-ecdsa-p256.pub.pem");
        QTest::newRow("RSA 2048") << QStringLiteral("rsa2048.bin") << QStringLiteral("key-rsa-2048.pub.pem");
    }

    void trustsEachAlgorithmOfImgtool()
    {
        QFETCH(QString, image);
        QFETCH(QString, key);
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const QByteArray file = test_support::contentOf(vectors + image);
        const PublicKey signer = *PublicKey::fromPem(test_support::contentOf(vectors + key));
        QCOMPARE(whyUntrusted(file, signer), std::nullopt);
        QCOMPARE(whyUntrusted(file, ownKey()), std::optional(Reason::KeyUnknown));
        for (qsizetype bit = 0; bit < file.size() * 8; bit += 41) // a prime: all positions in a byte
            QVERIFY2(whyUntrusted(flipped(file, bit), signer).has_value(), qPrintable(QString::number(bit)));
        for (qsizetype size = 0; size < file.size(); size += 13)
            QVERIFY(whyUntrusted(file.first(size), signer).has_value());
    }

    void refusesAnImageThatNobodySigned()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        const auto image = core::readImageFile(vectors + QStringLiteral("unsigned.bin"));
        QVERIFY(core::verifyImage(*image, ownKey()).error().detail.contains(QStringLiteral("not signed")));
    }

    void signsWithEachAlgorithm_data()
    {
        QTest::addColumn<core::KeyAlgorithm>("algorithm");
        for (const core::KeyAlgorithm algorithm : core::kKeyAlgorithms)
            QTest::newRow(qPrintable(core::algorithmName(algorithm))) << algorithm;
    }

    void signsWithEachAlgorithm()
    {
        QFETCH(core::KeyAlgorithm, algorithm);
        const PrivateKey key = *PrivateKey::generate(algorithm);
        const QByteArray file = *core::createImage(sampleSpec(), key);
        QCOMPARE(whyUntrusted(file, key.publicKey()), std::nullopt);
        QCOMPARE(whyUntrusted(file, PrivateKey::generate(algorithm)->publicKey()),
                 std::optional(Reason::KeyUnknown));
        for (qsizetype bit = 0; bit < file.size() * 8; ++bit)
            QVERIFY2(whyUntrusted(flipped(file, bit), key.publicKey()).has_value(),
                     qPrintable(QString::number(bit)));
    }

    /// imgtool up to 1.8 did that.
    void readsAnEcdsaSignatureThatWasPadded()
    {
        const PrivateKey key = *PrivateKey::generate(core::KeyAlgorithm::EcdsaP256);
        auto image = *core::parseImage(*core::createImage(sampleSpec(), key));
        QByteArray &signature = image.signatures[0].value;
        signature.append(QByteArray(3, '\0'));
        QVERIFY(core::verifyImage(image, key.publicKey()).has_value());
        signature.append('x');
        QVERIFY(!core::verifyImage(image, key.publicKey()).has_value());
    }

    void signsWithNoKeyThatImagesDoNotKnow()
    {
        const PrivateKey key = *PrivateKey::generate(core::KeyAlgorithm::RsaPss, 4096);
        QCOMPARE(core::createImage(sampleSpec(), key).error().kind, core::ErrorKind::InvalidFile);
    }

    void tellsTheReasonsApart()
    {
        const PrivateKey key = *PrivateKey::generate();
        const QByteArray file = *core::createImage(sampleSpec(), key);
        const auto image = core::parseImage(file);
        QCOMPARE(whyUntrusted(file, key.publicKey()), std::nullopt);
        QCOMPARE(whyUntrusted(file, PrivateKey::generate()->publicKey()), std::optional(Reason::KeyUnknown));
        QCOMPARE(whyUntrusted(flipped(file, image->headerSize * 8), key.publicKey()),
                 std::optional(Reason::HashMismatch));
        QCOMPARE(whyUntrusted(flipped(file, file.size() * 8 - 1), key.publicKey()),
                 std::optional(Reason::SignatureInvalid));
    }

    void writesWhatTheBootloaderExpects()
    {
        const PrivateKey key = *PrivateKey::generate();
        core::ImageSpec spec = sampleSpec();
        spec.loadAddress = 0x80200000;
        const QByteArray file = *core::createImage(spec, key);
        const auto image = core::parseImage(file);
        QVERIFY(image.has_value());
        QCOMPARE(image->version, spec.version);
        QCOMPARE(image->flags, BM_IMAGE_FLAG_RAM_LOAD);
        QCOMPARE(core::modeName(*image), QStringLiteral("ram_load"));
        QCOMPARE(image->loadAddress, spec.loadAddress);
        QCOMPARE(image->headerSize, 32);
        QCOMPARE(image->payload(), spec.payload);
        QCOMPARE(image->rollbackIndex, std::optional(spec.rollbackIndex));
        QCOMPARE(image->hardwareRevisions, spec.hardwareRevisions);
        QCOMPARE(image->keyHash, key.publicKey().keyHash());
        QCOMPARE(image->endOfTlvs, file.size());
        QVERIFY(core::verifyImage(*image, key.publicKey()).has_value());
    }

    void namesTheSlotThatAnImageRunsIn()
    {
        const PrivateKey key = *PrivateKey::generate();
        core::ImageSpec spec = sampleSpec();
        spec.slotAddress = 0x10020000;
        const QByteArray file = *core::createImage(spec, key);
        // mcuboot bootutil/image.h: ih_load_addr is the second word of the header, ih_flags the fifth.
        QCOMPARE(file.mid(4, 4), QByteArray::fromHex("00000210"));
        QCOMPARE(file.mid(16, 4), QByteArray::fromHex("00010000"));
        const auto image = core::parseImage(file);
        QCOMPARE(image->flags, BM_IMAGE_FLAG_ROM_FIXED);
        QCOMPARE(image->loadAddress, 0x10020000u);
        QCOMPARE(core::modeName(*image), QStringLiteral("rom_fixed"));
        QVERIFY(core::verifyImage(*image, key.publicKey()).has_value());
        spec.loadAddress = 0x80100000;
        QVERIFY(!core::createImage(spec, key).has_value());
    }

    void leavesRoomForALargerHeader()
    {
        core::ImageSpec spec = sampleSpec();
        spec.headerSize = 0x200;
        const auto image = core::parseImage(*core::createImage(spec, *PrivateKey::generate()));
        QCOMPARE(image->payload(), spec.payload);
        QCOMPARE(image->file.mid(32, 0x200 - 32), QByteArray(0x200 - 32, '\0'));
        QCOMPARE(image->flags, 0u);
        QCOMPARE(core::modeName(*image), QString());
    }

    void namesVendorAndProductByUuid()
    {
        // Python: uuid.uuid5(uuid.NAMESPACE_DNS, "bootmend.example"), then uuid5(that, "bench-sensor")
        const QUuid vendor = core::vendorUuid(QStringLiteral("bootmend.example"));
        QCOMPARE(vendor, QUuid(QStringLiteral("bb483277-f334-5b3b-9b2c-c3425f680d2a")));
        QCOMPARE(core::classUuid(vendor, QStringLiteral("bench-sensor")),
                 QUuid(QStringLiteral("f4a68297-0b61-54f9-a1d9-d02b8d227c3c")));
        const auto image = core::parseImage(*core::createImage(sampleSpec(), *PrivateKey::generate()));
        QCOMPARE(image->vendor, std::optional(vendor));
        QCOMPARE(image->productClass, std::optional(core::classUuid(vendor, QStringLiteral("bench-sensor"))));
    }

    void refusesToWriteWhatNoBootloaderTakes()
    {
        const PrivateKey key = *PrivateKey::generate();
        const auto isRefused = [&key](const std::function<void(core::ImageSpec &)> &change) {
            core::ImageSpec spec = sampleSpec();
            change(spec);
            return !core::createImage(spec, key).has_value();
        };
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.payload.clear(); }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.headerSize = 28; }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.headerSize = 33; }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.product.clear(); }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.vendorDomain.clear(); }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.hardwareRevisions.clear(); }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.hardwareRevisions = {QString()}; }));
        QVERIFY(isRefused([](core::ImageSpec &spec) { spec.hardwareRevisions = {QStringLiteral("rev A")}; }));
        QVERIFY(isRefused(
            [](core::ImageSpec &spec) { spec.hardwareRevisions = {QString(2000, QLatin1Char('x'))}; }));
    }

    void namesTheOldestBootloader()
    {
        const PrivateKey key = *PrivateKey::generate();
        core::ImageSpec spec = sampleSpec();
        QVERIFY(!core::parseImage(*core::createImage(spec, key))->minBootloader);
        spec.minBootloader = core::Version{1, 2, 0x304, 0};
        const auto image = core::parseImage(*core::createImage(spec, key));
        QCOMPARE(image->minBootloader, spec.minBootloader);
        const auto tlv =
            std::find_if(image->tlvs.cbegin(), image->tlvs.cend(),
                         [](const core::ImageTlv &one) { return one.type == BM_TLV_MIN_BOOTLOADER; });
        QVERIFY(tlv != image->tlvs.cend() && tlv->isProtected);
        QCOMPARE(tlv->value, QByteArray::fromHex("01020403"));
        spec.minBootloader->build = 1;
        QVERIFY(!core::createImage(spec, key).has_value());
    }

    void staysBelowWhatTheBootloaderReads()
    {
        const PrivateKey key = *PrivateKey::generate();
        core::ImageSpec spec = sampleSpec();
        spec.hardwareRevisions = {QString(455, QLatin1Char('x'))};
        const auto largest = core::parseImage(*core::createImage(spec, key));
        QCOMPARE(largest->signedSize - largest->headerSize - largest->payloadSize,
                 qint64(BM_IMAGE_MAX_TLV_AREA));
        spec.minBootloader = core::Version{1, 0, 0, 0};
        QVERIFY(!core::createImage(spec, key).has_value());
        spec.hardwareRevisions = {QString(447, QLatin1Char('x'))};
        QVERIFY(core::createImage(spec, key).has_value());
        spec.minBootloader.reset();
        spec.hardwareRevisions = {QString(456, QLatin1Char('x'))};
        QVERIFY(!core::createImage(spec, key).has_value());
    }

    void boundsWhatTheHeaderClaims()
    {
        const auto withU32 = [](QByteArray file, qsizetype at, quint32 value) {
            qToLittleEndian(value, file.data() + at);
            return file;
        };
        const QByteArray file = *core::createImage(sampleSpec(), *PrivateKey::generate());
        // The sum wraps around in 32 bits, and only there.
        QVERIFY(!core::parseImage(withU32(file, 12, 0xffffffff)).has_value());
        QVERIFY(!core::parseImage(withU32(file, 12, 0xffffffe0)).has_value());
        QVERIFY(!core::parseImage(withU32(file, 8, 0xffffffff)).has_value());
        QVERIFY(!core::parseImage(withU32(file, 8, 0x0000001f)).has_value());
    }

    void refusesATlvThatIsThereTwice()
    {
        const QByteArray file = *core::createImage(sampleSpec(), *PrivateKey::generate());
        const auto image = core::parseImage(file);
        QVERIFY(withUnprotectedTlv(file, 0xb0, QByteArray(4, 'x')).has_value());
        QVERIFY(!withUnprotectedTlv(file, BM_TLV_SHA256, image->digest).has_value());
        QVERIFY(!withUnprotectedTlv(file, BM_TLV_KEYHASH, image->keyHash).has_value());
        QVERIFY(!withUnprotectedTlv(file, BM_TLV_ED25519, QByteArray(64, 'x')).has_value());
    }

    void believesNothingThatIsNotSigned()
    {
        // This image names neither vendor nor class; anyone could add them behind the signature.
        const QByteArray file = ownImage();
        QVERIFY(!core::parseImage(file)->productClass.has_value());
        QVERIFY(withUnprotectedTlv(file, 0xb0, QByteArray(16, 'x')).has_value());
        QVERIFY(!withUnprotectedTlv(file, BM_TLV_CLASS_UUID, QByteArray(16, 'x')).has_value());
        QVERIFY(!withUnprotectedTlv(file, BM_TLV_VENDOR_UUID, QByteArray(16, 'x')).has_value());
    }

    void refusesAProtectedAreaOfAnotherLength()
    {
        QByteArray file = *core::createImage(sampleSpec(), *PrivateKey::generate());
        for (const quint16 size : {4, 8, 1}) {
            qToLittleEndian(size, file.data() + 10);
            QVERIFY(!core::parseImage(file).has_value());
        }
    }

    void guessesWhatTheFileIsInstead_data()
    {
        QTest::addColumn<QByteArray>("beginning");
        QTest::addColumn<QString>("hint");
        QTest::newRow("ELF") << QByteArray("\x7f"
                                           "ELF")
                             << QStringLiteral("ELF");
        QTest::newRow("HEX") << QByteArray(":020000040000FA") << QStringLiteral("HEX");
        QTest::newRow("ZIP") << QByteArray("PK\x03\x04") << QStringLiteral("ZIP");
        QTest::newRow("raw") << QByteArray::fromHex("00400020c1010000") << QStringLiteral("stack pointer");
        QTest::newRow("old") << QByteArray::fromHex("3cb8f396") << QStringLiteral("sign it again");
        QTest::newRow("big endian") << QByteArray::fromHex("96f3b83d") << QStringLiteral("big-endian");
        QTest::newRow("erased") << QByteArray(8, '\xff') << QStringLiteral("empty flash");
        QTest::newRow("nothing") << QByteArray() << QStringLiteral("not an image");
    }

    void guessesWhatTheFileIsInstead()
    {
        QFETCH(QByteArray, beginning);
        QFETCH(QString, hint);
        const QByteArray file = beginning.isEmpty() ? beginning : beginning + QByteArray(64, '\1');
        const auto image = core::parseImage(file);
        QVERIFY(!image.has_value());
        QCOMPARE(image.error().kind, core::ErrorKind::InvalidFile);
        QCOMPARE(image.error().reason, std::optional(Reason::ImageMalformed));
        QVERIFY2(image.error().detail.contains(hint), qPrintable(image.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestMcubootImage)
#include "tst_mcuboot_image.moc"
