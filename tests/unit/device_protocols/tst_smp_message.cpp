// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_message.h"

#include <QTest>

using smp::Command;
using smp::Group;
using smp::Header;
using smp::Op;

namespace {

QByteArray hex(const char *text)
{
    return QByteArray::fromHex(text);
}

} // namespace

/// Vectors of JPHutchins/smp, tests/binary_regressions: written by another program than ours.
class TestSmpMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesWhatOthersWrite_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<int>("op");
        QTest::addColumn<int>("group");
        QTest::addColumn<int>("command");
        QTest::addColumn<int>("sequence");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("frame");
        QTest::newRow("echo") << 1 << 2 << 0 << 0 << 139 << hex("a161646c48656c6c6f20776f726c6421")
                              << hex("0a00001000008b00a161646c48656c6c6f20776f726c6421");
        QTest::newRow("file download")
            << 1 << 0 << 8 << 0 << 0 << hex("a2636f666600646e616d656d746573745f66696c652e747874")
            << hex("0800001900080000a2636f666600646e616d656d746573745f66696c652e747874");
        QTest::newRow("upload answer, v1") << 0 << 3 << 1 << 1 << 2 << hex("a262726300636f666618a5")
                                           << hex("0300000b00010201a262726300636f666618a5");
    }

    void writesWhatOthersWrite()
    {
        QFETCH(int, version);
        QFETCH(int, op);
        QFETCH(int, group);
        QFETCH(int, command);
        QFETCH(int, sequence);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, frame);
        const Header header{{Op(op), Group(group), quint8(command)}, quint8(sequence), smp::Version(version)};
        QCOMPARE(smp::encode(header, body), frame);

        const auto read = smp::decode(frame);
        QVERIFY(read.has_value());
        QCOMPARE(read->body, body);
        QCOMPARE(int(read->header.command.op), op);
        QCOMPARE(int(read->header.command.group), group);
        QCOMPARE(int(read->header.command.id), command);
        QCOMPARE(int(read->header.sequence), sequence);
        QCOMPARE(int(read->header.version), version);
        QVERIFY(smp::decodeBody(read->body).has_value());
    }

    void matchesAnswersToRequests()
    {
        const Header request{{Op::Write, Group::Image, 1}, 7, smp::Version::Two};
        const Header reply{{Op::WriteReply, Group::Image, 1}, 7, smp::Version::One};
        QVERIFY(smp::answers(reply, request));
        Header other = reply;
        other.sequence = 8;
        QVERIFY(!smp::answers(other, request));
        other = reply;
        other.command.id = 0;
        QVERIFY(!smp::answers(other, request));
        other = reply;
        other.command.group = Group::Os;
        QVERIFY(!smp::answers(other, request));
        other = reply;
        other.command.op = Op::ReadReply;
        QVERIFY(!smp::answers(other, request));
    }

    void survivesDeepNesting()
    {
        QVERIFY(!smp::decodeBody(QByteArray(60'000, '\x81')).has_value()); // Lists in lists in lists.
        QVERIFY(!smp::decodeBody("\xa1\x61"
                                 "a"
                                 + QByteArray(60'000, '\xd8'))
                     .has_value());
    }

    void claimsNoMemoryForALengthThatIsNotThere()
    {
        QVERIFY(!smp::decodeBody(hex("a161645b7fffffffffffffff")).has_value()); // A string of 8 EiB.
        QVERIFY(!smp::decodeBody(hex("bb7fffffffffffffff")).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSmpMessage)
#include "tst_smp_message.moc"
