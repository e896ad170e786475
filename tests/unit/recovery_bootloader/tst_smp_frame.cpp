// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_core.h"

#include <QByteArrayList>
#include <QTest>

namespace {

QByteArrayList lines;

void keepLine(const uint8_t *line, size_t length)
{
    lines.append(QByteArray(reinterpret_cast<const char *>(line), qsizetype(length)));
}

QByteArray frame(const QByteArray &packet)
{
    lines.clear();
    QByteArray stream = QByteArray(SMP_STREAM_HEAD, '\0') + packet + QByteArray(SMP_STREAM_TAIL, '\0');
    smp_frame_send(reinterpret_cast<uint8_t *>(stream.data()), size_t(packet.size()), keepLine);
    return lines.join();
}

QByteArrayList decode(const QByteArray &bytes)
{
    static smp_decoder decoder;
    QByteArrayList packets;
    smp_decoder_init(&decoder);
    for (const char byte : bytes) {
        if (smp_decoder_take(&decoder, uint8_t(byte))) {
            packets.append(
                QByteArray(reinterpret_cast<const char *>(decoder.packet), qsizetype(decoder.packet_length)));
        }
    }
    return packets;
}

QByteArray counting(qsizetype length)
{
    QByteArray bytes(length, '\0');
    for (qsizetype i = 0; i < length; ++i) {
        bytes[i] = char(i * 7);
    }
    return bytes;
}

} // namespace

class TestSmpFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsTheCheckValuesOfItsCrcs()
    {
        QCOMPARE(crc16_of("123456789", 9), quint16(0x31c3));
        QCOMPARE(crc32_of("123456789", 9), 0xcbf43926u);
    }

    void framesKnownPackets_data()
    {
        // From the public vectors of JPHutchins/smp and the protocol sheet.
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<QByteArray>("line");
        const auto row = [](const char *name, const char *hex, const char *text) {
            QTest::newRow(name) << QByteArray::fromHex(hex) << QByteArray("\x06\x09") + text + "\n";
        };
        row("echo", "0a00000600000000a16164626869", "ABAKAAAGAAAAAKFhZGJoaeJ8");
        row("parameters", "0800000100000106a0", "AAsIAAABAAABBqBEIw==");
        row("image list", "0800000100010200a0", "AAsIAAABAAECAKDBYQ==");
        row("hello", "48656c6c6f2c20776f726c6421", "AA9IZWxsbywgd29ybGQhet4=");
    }

    void framesKnownPackets()
    {
        QFETCH(QByteArray, packet);
        QFETCH(QByteArray, line);
        QCOMPARE(frame(packet), line);
        QCOMPARE(decode(line), QByteArrayList{packet});
    }

    void everyLengthSurvivesTheLine()
    {
        for (qsizetype length = 1; length <= qsizetype(BM_PACKET_SIZE); ++length) {
            const QByteArray packet = counting(length);
            const QByteArray bytes = frame(packet);
            for (const QByteArray &line : std::as_const(lines)) {
                QVERIFY(line.size() <= 127);
                QVERIFY(line.endsWith('\n'));
            }
            // The two bytes of the CRC are never on two lines: the last line decodes to two bytes at least.
            const QByteArray last = QByteArray::fromBase64(lines.last().mid(2).chopped(1));
            QVERIFY(last.size() >= 2);
            QCOMPARE(decode(bytes), QByteArrayList{packet});
        }
    }

    void takesNoMoreThanAPacket()
    {
        const QByteArray good = frame(counting(9));
        for (const int more : {1, 2, 3, 4, 100, 2000}) {
            const QByteArray tooLong = frame(counting(BM_PACKET_SIZE + more));
            QCOMPARE(decode(tooLong + good), QByteArrayList{counting(9)});
        }
    }

    void takesLinesPaddedAnywhere()
    {
        // Each line of one or two bytes ends with padding, which Zephyr's own sender never does inside a
        // packet.
        const QByteArray packet = counting(40);
        const QByteArray stream = QByteArray::fromBase64(frame(packet).mid(2).chopped(1));
        for (const qsizetype share : {2, 4, 5}) {
            QByteArray bytes;
            for (qsizetype at = 0; at < stream.size(); at += share) {
                bytes += (at == 0 ? "\x06\x09" : "\x04\x14") + stream.mid(at, share).toBase64() + '\n';
            }
            QCOMPARE(decode(bytes), QByteArrayList{packet});
        }
    }

    void dropsWhatIsNoBase64_data()
    {
        QTest::addColumn<QByteArray>("line");
        // What a known echo looks like, and what it must not look like.
        QTest::newRow("padding inside") << QByteArray("ABAKAAAGAAAA=KFhZGJoaeJ8");
        QTest::newRow("padding in front") << QByteArray("=BAKAAAGAAAAAKFhZGJoaeJ8");
        QTest::newRow("three of padding") << QByteArray("ABAKAAAGAAAAAKFhZGJoaeJ8A===");
        QTest::newRow("four of padding") << QByteArray("ABAKAAAGAAAAAKFhZGJoaeJ8====");
        QTest::newRow("more behind padding") << QByteArray("ABAKAAAGAAAAAKFhZGJoaeI=ABAK");
        QTest::newRow("half a group") << QByteArray("ABAKAAAGAAAAAKFhZGJoaeJ8AB");
        QTest::newRow("other alphabet") << QByteArray("ABAKAAAGAAAAAKFhZGJoaeJ_");
        QTest::newRow("blank") << QByteArray("ABAKAAAGAAAAAKF hZGJoaeJ8");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("half a length") << QByteArray("AA==");
    }

    void dropsWhatIsNoBase64()
    {
        QFETCH(QByteArray, line);
        const QByteArray bytes = "\x06\x09" + line + "\n\x04\x14";
        QCOMPARE(decode(bytes + "AAAA\n"), QByteArrayList());
        QCOMPARE(decode(bytes + frame(counting(9))), QByteArrayList{counting(9)});
    }

    void dropsAPacketWhoseLineIsCutByTheNext()
    {
        const QByteArray packet = counting(200);
        frame(packet);
        const QByteArray first = lines.at(0);
        // The start of the next line comes while the first one has not ended.
        for (qsizetype cut = 2; cut < first.size(); ++cut) {
            const QByteArray rest = lines.at(1) + lines.at(2);
            QCOMPARE(decode(first.first(cut) + rest), QByteArrayList());
        }
    }

    void findsFramesAmongOtherBytes_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("between");
        QTest::newRow("console text") << QByteArray("boot\r\n") << QByteArray("sensor 21.5 C\n");
        QTest::newRow("prompt without end") << QByteArray("uart:~$ ") << QByteArray("> ");
        QTest::newRow("half a frame") << QByteArray("\x06\x09"
                                                    "AAsIAAAB")
                                      << QByteArray();
        QTest::newRow("control bytes") << QByteArray("\x06\x06\x04\x14\x09\n\x06") << QByteArray("\n\n");
        QTest::newRow("bad base64") << QByteArray("\x06\x09!!!!\n") << QByteArray("\x1b[0m\n");
        QTest::newRow("continuation alone") << QByteArray("\x04\x14"
                                                          "AAAA\n")
                                            << QByteArray();
        QTest::newRow("endless line") << QByteArray("\x06\x09") + QByteArray(500, 'A') + "\n" << QByteArray();
    }

    void findsFramesAmongOtherBytes()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, between);
        const QByteArray packet = counting(200);
        frame(packet);
        QByteArray bytes = before;
        for (const QByteArray &line : std::as_const(lines)) {
            bytes += line + between;
        }
        QCOMPARE(decode(bytes), QByteArrayList{packet});
    }

    void takesCarriageReturns()
    {
        const QByteArray packet = counting(300);
        QCOMPARE(decode(frame(packet).replace("\n", "\r\n")), QByteArrayList{packet});
    }

    void dropsWhatIsDamaged()
    {
        const QByteArray packet = counting(40);
        const QByteArray bytes = frame(packet);
        for (qsizetype at = 0; at < bytes.size(); ++at) {
            for (int value = 0; value < 256; value += 5) {
                QByteArray damaged = bytes;
                damaged[at] = char(value);
                const QByteArrayList packets = decode(damaged + frame(counting(9)));
                QVERIFY(packets.size() <= 2);
                QVERIFY(packets.isEmpty() || packets.first() == packet || packets.first() == counting(9));
            }
        }
    }

    void dropsWhatAnnouncesMoreThanItHolds()
    {
        QByteArray stream = QByteArray::fromHex("ffff") + counting(60);
        QCOMPARE(decode("\x06\x09" + stream.toBase64() + "\n"), QByteArrayList());
        stream = QByteArray::fromHex("0002") + QByteArray(2, '\0');
        QCOMPARE(decode("\x06\x09" + stream.toBase64() + "\n"), QByteArrayList());
    }
};

QTEST_GUILESS_MAIN(TestSmpFrame)
#include "tst_smp_frame.moc"
