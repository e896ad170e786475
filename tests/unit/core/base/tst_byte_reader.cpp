// SPDX-License-Identifier: Apache-2.0
#include "core/base/byte_reader.h"

#include <QTest>

using core::ByteReader;

class TestByteReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBothByteOrders()
    {
        const QByteArray bytes = QByteArray::fromHex("0102030401020304ff");
        ByteReader reader(bytes);
        QCOMPARE(reader.littleEndian<quint32>(), std::optional<quint32>(0x04030201));
        QCOMPARE(reader.bigEndian<quint32>(), std::optional<quint32>(0x01020304));
        QCOMPARE(reader.littleEndian<quint8>(), std::optional<quint8>(0xff));
        QVERIFY(reader.isAtEnd());
    }

    void aReadThatDoesNotFitMovesNothing()
    {
        const QByteArray bytes = QByteArray::fromHex("010203");
        ByteReader reader(bytes);
        QCOMPARE(reader.littleEndian<quint32>(), std::nullopt);
        QCOMPARE(reader.bigEndian<quint32>(), std::nullopt);
        QVERIFY(!reader.take(4));
        QVERIFY(!reader.take(-1));
        QCOMPARE(reader.position(), 0);
        QCOMPARE(reader.take(3)->toByteArray(), bytes);
    }

    void readsFromUnalignedPositions()
    {
        const QByteArray bytes = QByteArray::fromHex("00efbeadde");
        ByteReader reader(bytes);
        QVERIFY(reader.take(1));
        QCOMPARE(reader.littleEndian<quint32>(), std::optional<quint32>(0xdeadbeef));
    }
};

QTEST_GUILESS_MAIN(TestByteReader)
#include "tst_byte_reader.moc"
