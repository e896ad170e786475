// SPDX-License-Identifier: Apache-2.0
#include "tests/support/hostile_image.h"

#include <QTest>
#include <QtEndian>

#include <array>

using testing::BootImage;
using testing::Claim;
using testing::ImageAnatomy;
using testing::isAccepted;
using testing::isRefused;
using testing::SimulatedBoot;
using testing::SimulatedUnit;
using testing::TestKey;

namespace {

constexpr qsizetype kHeaderSize = 32;
constexpr quint32 kPositionIndependent = 0x01;
constexpr quint32 kRamLoad = 0x20;
constexpr quint32 kRomFixed = 0x100;

const BootImage kSmall = {.payload = "payload of a few bytes"};

QByteArray number16(quint32 value)
{
    QByteArray bytes(2, '\0');
    qToLittleEndian(quint16(value), bytes.data());
    return bytes;
}

QByteArray number32(quint64 value)
{
    QByteArray bytes(4, '\0');
    qToLittleEndian(quint32(value), bytes.data());
    return bytes;
}

struct Field {
    const char *name;
    qsizetype offset;
    qsizetype size; // 2 or 4 bytes
};

/// Each number that says how long something is, or where it lies.
QList<Field> lengthFields(const ImageAnatomy &image)
{
    QList<Field> fields = {
        {"load address", 4, 4}, {"header size", 8, 2}, {"protected size", 10, 2}, {"payload size", 12, 4}};
    for (const qsizetype area : {image.protectedArea(), image.unprotectedArea()}) {
        fields.append({"TLV area size", area + 2, 2});
        const qsizetype end = area + qFromLittleEndian<quint16>(image.bytes().constData() + area + 2);
        for (qsizetype at = area + 4; at < end;) {
            fields.append({"TLV length", at + 2, 2});
            at += 4 + qFromLittleEndian<quint16>(image.bytes().constData() + at + 2);
        }
    }
    return fields;
}

/// Small ones, those around the right one, the slot's size and the type's limits, and those with which a sum
/// of 32 bits comes out right or near it.
QList<quint64> oddValues(const ImageAnatomy &image, const Field &field)
{
    const char *at = image.bytes().constData() + field.offset;
    const qint64 right = field.size == 2 ? qFromLittleEndian<quint16>(at) : qFromLittleEndian<quint32>(at);
    const qint64 limit = field.size == 2 ? 0x10000 : 0x100000000;
    QList<quint64> values;
    for (const qint64 base :
         {qint64(0), right, qint64(kHeaderSize), qint64(4096), limit / 2, limit, limit - kHeaderSize,
          limit - image.unprotectedArea(), limit - 4096, limit - qint64(image.protectedArea())}) {
        for (qint64 value = base - 4; value <= base + 4; ++value) {
            if (value >= 0 && value < limit && value != right) {
                values.append(quint64(value));
            }
        }
    }
    return values;
}

void refuseEachBit(const ImageAnatomy &image, qsizetype from, qsizetype to)
{
    for (qsizetype bit = from * 8; bit < to * 8; ++bit) {
        QByteArray flipped = image.bytes();
        flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << (bit % 8)));
        QVERIFY2(isRefused(flipped), qPrintable(QStringLiteral("bit %1").arg(bit)));
        if (bit / 8 < image.unprotectedArea()) {
            QVERIFY2(isRefused(image.rehashed(flipped)), qPrintable(QStringLiteral("rehashed %1").arg(bit)));
        }
    }
}

quint32 lowAddress(const void *memory)
{
    return quint32(quintptr(memory));
}

} // namespace

class TestHostileImages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theUnharmedImageRuns()
    {
        QVERIFY(isAccepted(kSmall.bytes()));
        const ImageAnatomy image(kSmall);
        QCOMPARE(image.rehashed(image.bytes()), image.bytes());
        QCOMPARE(image.resigned(image.bytes()), image.bytes());
    }

    void everyFlippedBitOfTheHeader() { refuseEachBit(ImageAnatomy(kSmall), 0, kHeaderSize); }

    void everyFlippedBitOfThePayload()
    {
        const ImageAnatomy image(kSmall);
        refuseEachBit(image, kHeaderSize, image.protectedArea());
    }

    void everyFlippedBitOfTheProtectedTlvs()
    {
        const ImageAnatomy image(kSmall);
        refuseEachBit(image, image.protectedArea(), image.unprotectedArea());
    }

    void everyFlippedBitOfTheUnprotectedTlvs()
    {
        const ImageAnatomy image(kSmall);
        refuseEachBit(image, image.unprotectedArea(), image.bytes().size());
    }

    void everyTruncation()
    {
        const QByteArray image = kSmall.bytes();
        for (qsizetype length = 0; length < image.size(); ++length) {
            QVERIFY2(isRefused(image.left(length)), qPrintable(QString::number(length)));
            for (const char filler : {'\0', '\xFF'}) {
                const QByteArray filled = image.left(length).leftJustified(4096, filler);
                // The last bytes of a signature may be the filler; then the image is whole.
                QVERIFY2(isRefused(filled) || filled.startsWith(image), qPrintable(QString::number(length)));
            }
        }
    }

    void everyExtensionIsIgnored()
    {
        // What lies behind the TLV area is not the image's; nothing reads it.
        QVERIFY(isAccepted(kSmall.bytes() + "more"));
        QVERIFY(isAccepted(kSmall.bytes().leftJustified(4096, '\0')));
    }

    void everyOddLength()
    {
        const ImageAnatomy image(kSmall);
        int judged = 0;
        for (const Field &field : lengthFields(image)) {
            for (const quint64 value : oddValues(image, field)) {
                const QByteArray changed =
                    image.with(field.offset, field.size == 2 ? number16(quint32(value)) : number32(value));
                const QString label = QStringLiteral("%1 at %2: %3")
                                          .arg(QLatin1String(field.name))
                                          .arg(field.offset)
                                          .arg(value);
                QVERIFY2(isRefused(changed), qPrintable(label));
                ++judged;
                if (field.offset > image.unprotectedArea()) {
                    continue;
                }
                QVERIFY2(isRefused(image.rehashed(changed)), qPrintable(label));
                QVERIFY2(isRefused(image.resigned(changed)), qPrintable(label));
            }
        }
        qInfo("%d odd lengths", judged);
        QVERIFY(judged > 500);
    }

    void aWrongMagic()
    {
        const ImageAnatomy image(kSmall);
        const QList<QByteArray> headers = {number32(0x96f3b83c), number32(0x3db8f396), number32(0),
                                           number32(0xffffffff)};
        for (const QByteArray &magic : headers) {
            QVERIFY(isRefused(image.resigned(image.with(0, magic))));
        }
        for (const quint32 magic : {0u, 0x6906u, 0x6907u, 0x0869u, 0xffffu}) {
            QVERIFY(isRefused(image.resigned(image.with(image.protectedArea(), number16(magic)))));
        }
        for (const quint32 magic : {0u, 0x6906u, 0x6908u, 0x0769u, 0xffffu}) {
            QVERIFY(isRefused(image.with(image.unprotectedArea(), number16(magic))));
        }
    }

    void aTlvThatIsThereTwice()
    {
        for (const quint16 type : {0x50, 0x74, 0x75, 0xa1, 0xa2}) {
            const QByteArray value = type == 0x50 || type == 0xa2 ? number32(0)
                : type == 0xa1                                    ? QByteArray("revA\0", 5)
                                                                  : QByteArray(16, type == 0x74 ? 'V' : 'C');
            BootImage image = kSmall;
            image.moreProtected = {{type, value}, {type, value}};
            QVERIFY2(isRefused(image.bytes()), qPrintable(QString::number(type, 16)));
        }
        for (const quint16 type : {0x10, 0x01, 0x24}) {
            BootImage image = kSmall;
            image.moreUnprotected = {{type, QByteArray(type == 0x24 ? 64 : 32, '\0')}};
            QVERIFY2(isRefused(image.bytes()), qPrintable(QString::number(type, 16)));
        }
    }

    void anUnprotectedTlvThatIsNotSigned()
    {
        // Those of the protected area as well: what nobody signed says nothing about the product.
        QList<quint16> types;
        for (quint16 type = 0; type < 0x200; ++type) {
            types.append(type);
        }
        for (int bit = 9; bit < 16; ++bit) {
            types.append(quint16(1u << bit));
        }
        types.append(0xffff);
        for (const quint16 type : std::as_const(types)) {
            for (const qsizetype length : {0, 1, 4, 16}) {
                BootImage image = kSmall;
                image.moreUnprotected = {{type, QByteArray(length, 'C')}};
                QVERIFY2(isRefused(image.bytes()), qPrintable(QString::number(type, 16)));
            }
        }
    }

    void aMandatoryTlvThatIsMissing()
    {
        const ImageAnatomy image(kSmall);
        for (const Field &field : lengthFields(image)) {
            if (qstrcmp(field.name, "TLV length") == 0) {
                // As another type, and so that everything else stays as it is.
                const QByteArray renamed = image.with(field.offset - 2, number16(0x60));
                const bool isProtected = field.offset < image.unprotectedArea();
                QVERIFY2(isRefused(isProtected ? image.resigned(renamed) : renamed),
                         qPrintable(QString::number(field.offset)));
            }
        }
    }

    void everySignerWithEveryName()
    {
        // Only what a boot key has signed, and says so, runs.
        const std::array keys = {TestKey::Boot, TestKey::SecondBoot, TestKey::Recovery, TestKey::Revoked};
        for (const TestKey named : keys) {
            BootImage image = kSmall;
            image.signer = named;
            const ImageAnatomy anatomy(image);
            for (const TestKey signer : keys) {
                const QByteArray bytes = anatomy.resigned(anatomy.bytes(), signer);
                const bool isGood =
                    named == signer && (signer == TestKey::Boot || signer == TestKey::SecondBoot);
                QVERIFY(isGood ? isAccepted(bytes) : isRefused(bytes));
            }
        }
        BootImage stranger = kSmall;
        stranger.isSignedByStranger = true;
        QVERIFY(isRefused(stranger.bytes()));
        stranger.claimsBootKey = true;
        QVERIFY(isRefused(stranger.bytes()));
    }

    void anotherFormOfTheSignature_data()
    {
        QTest::addColumn<QByteArray>("signature");
        const ImageAnatomy image(kSmall);
        const QByteArray good = image.bytes().mid(image.signature(), 64);
        QByteArray order =
            QByteArray::fromHex("edd3f55c1a631258d69cf7a2def9de14") + QByteArray(15, '\0') + '\x10';
        QByteArray sum(32, '\0');
        for (int i = 0, carry = 0; i < 32; ++i) {
            carry += quint8(good[32 + i]) + quint8(order[i]);
            sum[i] = char(carry);
            carry >>= 8;
        }
        const QByteArray identity = '\x01' + QByteArray(31, '\0');
        QTest::newRow("S + L") << good.left(32) + sum;
        QTest::newRow("S = L") << good.left(32) + order;
        QTest::newRow("S = 0") << good.left(32) + QByteArray(32, '\0');
        QTest::newRow("S = 2^256 - 1") << good.left(32) + QByteArray(32, '\xff');
        QTest::newRow("R and S swapped") << good.mid(32) + good.left(32);
        QTest::newRow("R = identity") << identity + good.mid(32);
        QTest::newRow("R = identity, S = 0") << identity + QByteArray(32, '\0');
        QTest::newRow("R = 0") << QByteArray(32, '\0') + good.mid(32);
        QTest::newRow("R = p + 1") << QByteArray::fromHex("ee") + QByteArray(30, '\xff') + '\x7f'
                + good.mid(32);
        QTest::newRow("zeros") << QByteArray(64, '\0');
        QTest::newRow("erased") << QByteArray(64, '\xff');
        QTest::newRow("of another image")
            << ImageAnatomy(BootImage()).bytes().mid(ImageAnatomy(BootImage()).signature(), 64);
        QTest::newRow("of the content, not of its digest")
            << testing::signatureBy(TestKey::Boot, image.bytes().left(image.unprotectedArea()));
    }

    void anotherFormOfTheSignature()
    {
        QFETCH(QByteArray, signature);
        QCOMPARE(signature.size(), 64);
        const ImageAnatomy image(kSmall);
        QVERIFY(isRefused(image.with(image.signature(), signature)));
    }

    void theOldestBootloader()
    {
        const quint32 mine = BOOTLOADER_VERSION_NUMBER;
        const auto wanting = [](quint32 version) {
            BootImage image = kSmall;
            const QByteArray value =
                QByteArray(1, char(version >> 24)) + char(version >> 16) + number16(version & 0xffff);
            image.moreProtected = {{0xa2, value}};
            return image.bytes();
        };
        QVERIFY(isAccepted(wanting(0)));
        QVERIFY(isAccepted(wanting(mine)));
        for (const quint32 version : {mine + 1, mine + 0x10000, mine + 0x1000000, 0xffffffffu}) {
            QVERIFY(isRefused(wanting(version)));
        }
        for (const qsizetype length : {0, 1, 3, 5, 8}) {
            BootImage image = kSmall;
            image.moreProtected = {{0xa2, QByteArray(length, '\0')}};
            QVERIFY(isRefused(image.bytes()));
        }
    }

    void everyFlag()
    {
        // Flags that say how the payload is packed or where it runs, in ways that this bootloader does not
        // know.
        for (int bit = 0; bit < 32; ++bit) {
            BootImage image = kSmall;
            image.flags = 1u << bit;
            const bool isKnown = image.flags == kPositionIndependent || image.flags == kRamLoad;
            QVERIFY2(isKnown ? isAccepted(image.bytes()) : isRefused(image.bytes()),
                     qPrintable(QString::number(image.flags, 16)));
        }
    }

    void anImageThatWasLinkedForAnotherPlace()
    {
        SimulatedUnit unit;
        unit.provision();
        const quint32 area = lowAddress(unit.loadArea.constData());
        const quint32 slotA = unit.map.address + unit.regionOffset(BM_REGION_SLOT_A);
        const quint32 slotB = unit.map.address + unit.regionOffset(BM_REGION_SLOT_B);
        const auto boots = [&unit](quint32 flags, quint32 address) {
            BootImage image = kSmall;
            image.flags = flags;
            image.loadAddress = address;
            unit.writeImage(BM_SLOT_A, image.bytes());
            unit.confirmSlot(BM_SLOT_A, image.hash());
            return SimulatedBoot(unit).slot == BM_SLOT_A;
        };
        for (const quint32 wrong :
             {slotB, slotA + 1, slotA - 1, slotA + quint32(kHeaderSize), 1u, area, 0u}) {
            QVERIFY2(!boots(kRomFixed, wrong), qPrintable(QString::number(wrong, 16)));
        }
        for (const quint32 wrong : {area + 1, area - 1, area + 4, slotA, 1u, 0xffffffffu}) {
            QVERIFY2(!boots(kRamLoad, wrong), qPrintable(QString::number(wrong, 16)));
            QVERIFY2(!boots(0, wrong), qPrintable(QString::number(wrong, 16)));
        }
        QVERIFY(!boots(0, area));
        QVERIFY(!boots(kRomFixed | kRamLoad, slotA));
        QVERIFY(!boots(kRomFixed | kRamLoad, area));

        QVERIFY(boots(kRamLoad, area));
        QCOMPARE(lowAddress(::boot.images[BM_SLOT_A].payload), area);
        QVERIFY(boots(kRomFixed, slotA));
        QCOMPARE(::boot.images[BM_SLOT_A].payload,
                 port_flash_memory() + unit.regionOffset(BM_REGION_SLOT_A) + kHeaderSize);
    }

    void anImageThatEndsBehindItsSlot()
    {
        // The slot's end lies at each byte of the TLV areas once. Slot B is the last of the flash, so that a
        // sanitizer sees who reads on.
        const qsizetype others = kSmall.bytes().size() - kSmall.payload.size();
        BootImage image = kSmall;
        image.payload = QByteArray(4096 - others, 'x');
        QCOMPARE(image.bytes().size(), 4096);
        QVERIFY(isAccepted(image.bytes()));
        for (qsizetype behind = 1; behind < others; ++behind) {
            image.payload.append('x');
            QVERIFY2(isRefused(image.bytes().left(4096)), qPrintable(QString::number(behind)));
        }
    }

    void aHeaderThatReachesIntoItself()
    {
        const ImageAnatomy image(kSmall);
        for (qsizetype size = 0; size < kHeaderSize; ++size) {
            QByteArray changed = image.with(8, number16(quint32(size)));
            changed.replace(12, 4, number32(quint64(kSmall.payload.size() + kHeaderSize - size)));
            QVERIFY2(isRefused(image.resigned(changed)), qPrintable(QString::number(size)));
        }
    }

    void aTlvAreaThatEndsInsideATlv()
    {
        const ImageAnatomy image(kSmall);
        const qsizetype protectedSize = image.unprotectedArea() - image.protectedArea();
        const qsizetype unprotectedSize = image.bytes().size() - image.unprotectedArea();
        for (qsizetype odd = 1; odd < 8; ++odd) {
            const QByteArray size = number16(quint32(protectedSize + odd));
            QByteArray changed = image.with(10, size).replace(image.protectedArea() + 2, 2, size);
            // A TLV that nobody knows, whose value ends behind the area.
            const QByteArray rest = QByteArray::fromHex("6000080061626364").left(odd);
            changed.replace(image.unprotectedArea(), rest.size(), rest);
            QVERIFY2(isRefused(image.resigned(changed)), qPrintable(QString::number(odd)));

            const QByteArray longer =
                image.with(image.unprotectedArea() + 2, number16(quint32(unprotectedSize + odd))) + rest;
            QVERIFY2(isRefused(longer), qPrintable(QString::number(odd)));
        }
    }

    void aNameOfTheProductThatNobodySigned()
    {
        for (const quint16 type : {0x50, 0x74, 0x75, 0xa1}) {
            BootImage image = kSmall;
            image.omitted = {type};
            QVERIFY2(isRefused(image.bytes()), qPrintable(QString::number(type, 16)));
            image.moreUnprotected = {{type,
                                      type == 0x50       ? number32(1)
                                          : type == 0xa1 ? QByteArray("revA\0", 5)
                                                         : QByteArray(16, type == 0x74 ? 'V' : 'C')}};
            QVERIFY2(isRefused(image.bytes()), qPrintable(QString::number(type, 16)));
        }
    }
};

QTEST_GUILESS_MAIN(TestHostileImages)
#include "tst_hostile_images.moc"
