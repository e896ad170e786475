// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_framing.h"

#include <QRandomGenerator>
#include <QTest>

using smp::ConsoleReader;

namespace {

const QByteArray kFirst("\x06\x09", 2);
const QByteArray kNext("\x04\x14", 2);

QByteArray numbered(int size)
{
    QByteArray bytes(size, '\0');
    for (int index = 0; index < size; ++index)
        bytes[index] = char(index * 7);
    return bytes;
}

/// Feeds everything at once, or byte by byte: the outcome must not depend on the pieces.
ConsoleReader::Found readAll(const QByteArray &bytes, int piece, ConsoleReader &reader)
{
    ConsoleReader::Found all;
    for (qsizetype position = 0; position < bytes.size(); position += piece) {
        ConsoleReader::Found found = reader.feed(
            QByteArrayView(bytes).sliced(position, std::min<qsizetype>(piece, bytes.size() - position)));
        all.packets += found.packets;
        all.text += found.text;
    }
    return all;
}

} // namespace

class TestConsoleFraming : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void computesTheCheckValue() { QCOMPARE(smp::crc16("123456789"), quint16(0x31C3)); }

    /// Written by other programs: intercreate's smp (first three and "Hello"), and an encoder in Python.
    void knowsTheLinesOfOthers_data()
    {
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<QByteArray>("line");
        const auto row = [](const char *name, const char *hex, const char *base64) {
            QTest::newRow(name) << QByteArray::fromHex(hex) << QByteArray(base64);
        };
        row("echo hi, v2", "0a00000600000000a16164626869", "ABAKAAAGAAAAAKFhZGJoaeJ8");
        row("echo hi, v1", "0200000600000000a16164626869", "ABACAAAGAAAAAKFhZGJoaQkX");
        row("echo answer", "0b00000600000000a16172626869", "ABALAAAGAAAAAKFhcmJoaaUj");
        row("parameters", "0800000100000106a0", "AAsIAAABAAABBqBEIw==");
        row("parameters answer", "0900001800000106a2686275665f73697a65190180696275665f636f756e7404",
            "ACIJAAAYAAABBqJoYnVmX3NpemUZAYBpYnVmX2NvdW50BCd8");
        row("image list", "0800000100010200a0", "AAsIAAABAAECAKDBYQ==");
        row("reset", "0a00000100000305a0", "AAsKAAABAAADBaC5dw==");
        row("image error", "0b00001200010501a163657272a26567726f757001627263181b",
            "ABwLAAASAAEFAaFjZXJyomVncm91cAFicmMYG6tk");
        row("erase refused, v1", "0300000500010605a162726306", "AA8DAAAFAAEGBaFicmMGFHo=");
        row("upload answer", "0b00000800010701a1636f6666191000", "ABILAAAIAAEHAaFjb2ZmGRAAmSg=");
        row("not SMP at all", "48656c6c6f2c20776f726c6421", "AA9IZWxsbywgd29ybGQhet4=");
    }

    void knowsTheLinesOfOthers()
    {
        QFETCH(QByteArray, packet);
        QFETCH(QByteArray, line);
        const QByteArray wire = kFirst + line + '\n';
        QCOMPARE(smp::toConsoleLines(packet), wire);

        ConsoleReader reader;
        const ConsoleReader::Found found = reader.feed(wire);
        QCOMPARE(found.packets, QList<QByteArray>{packet});
        QVERIFY(found.text.isEmpty());
        QCOMPARE(reader.lostCount(), 0);
    }

    void cutsLongPacketsIntoLinesThatServersAccept()
    {
        const QByteArray wire = smp::toConsoleLines(numbered(136));
        const QList<QByteArray> lines = wire.split('\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines.at(0).size() + 1, 127);
        QCOMPARE(lines.at(1).size() + 1, 67);
        QVERIFY(lines.at(0).startsWith(kFirst));
        QVERIFY(lines.at(1).startsWith(kNext));
    }

    void readsWhatItWritesInAnyPieces_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("piece");
        for (const int size : {0, 1, 88, 89, 90, 91, 92, 93, 182, 183, 184, 1024, 65533})
            for (const int piece : {1, 5, 127, 100'000})
                QTest::addRow("%d in pieces of %d", size, piece) << size << piece;
    }

    void readsWhatItWritesInAnyPieces()
    {
        QFETCH(int, size);
        QFETCH(int, piece);
        ConsoleReader reader;
        const ConsoleReader::Found found = readAll(smp::toConsoleLines(numbered(size)), piece, reader);
        QCOMPARE(found.packets, QList<QByteArray>{numbered(size)});
        QCOMPARE(reader.lostCount(), 0);
    }

    void neverSplitsTheCrc()
    {
        for (int size = 0; size < 600; ++size) {
            const QList<QByteArray> lines = smp::toConsoleLines(numbered(size)).split('\n');
            const QByteArray last = QByteArray::fromBase64(lines.at(lines.size() - 2).mid(2));
            QVERIFY2(last.size() >= 2, qPrintable(QString::number(size)));
        }
    }

    /// What consoles do between, before and inside packets. `text` is what the log view must get.
    void findsPacketsInAConsole_data()
    {
        QTest::addColumn<QByteArray>("wire");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("packets");
        const QByteArray frame = smp::toConsoleLines(numbered(10));
        const QByteArray two = smp::toConsoleLines(numbered(150));
        const qsizetype cut = two.indexOf('\n') + 1;
        const QByteArray head = two.first(cut);
        const QByteArray tail = two.sliced(cut);
        QByteArray wrong = frame;
        wrong[6] = wrong.at(6) == 'A' ? 'B' : 'A';

        QTest::newRow("text before") << "boot\n" + frame << QByteArray("boot\n") << 1;
        QTest::newRow("prompt directly before") << "uart:~$ " + frame << QByteArray("uart:~$ ") << 1;
        QTest::newRow("text inside a packet")
            << head + "[00:01] log\r\n" + tail + frame << QByteArray("[00:01] log\r\n") << 2;
        QTest::newRow("CR before LF") << frame.chopped(1) + "\r\n" << QByteArray() << 1;
        QTest::newRow("abandoned, then another") << head + frame << QByteArray() << 1;
        QTest::newRow("torn line, then another") << head.first(40) + frame << QByteArray() << 1;
        QTest::newRow("torn by text") << head.first(40) + "panic!\n" + frame << QByteArray() << 1;
        QTest::newRow("only the end of a packet") << tail + frame << QByteArray() << 1;
        QTest::newRow("wrong CRC") << wrong + frame << QByteArray() << 1;
        QTest::newRow("longer than it says") << kFirst + "AAIAAAAA\n" + frame << QByteArray() << 1;
        QTest::newRow("no room for a CRC") << kFirst + "AAA=\n" + frame << QByteArray() << 1;
        QTest::newRow("marker byte in text") << "a\x06"
                                                "b\x04"
                                                "c"
                + frame
                                             << QByteArray("a\x06"
                                                           "b\x04"
                                                           "c")
                                             << 1;
        QTest::newRow("marker byte before a marker") << "\x06" + frame << QByteArray("\x06") << 1;
        QTest::newRow("three in a row") << frame + two + frame << QByteArray() << 3;
        QTest::newRow("an endless line")
            << kFirst + QByteArray(10'000, 'A') + '\n' + frame << QByteArray() << 1;
    }

    void findsPacketsInAConsole()
    {
        QFETCH(QByteArray, wire);
        QFETCH(QByteArray, text);
        QFETCH(int, packets);
        for (const int piece : {1, 3, 100'000}) {
            ConsoleReader reader;
            const ConsoleReader::Found found = readAll(wire, piece, reader);
            QCOMPARE(found.packets.size(), packets);
            QCOMPARE(found.packets.last(), numbered(10));
            if (!wire.contains(QByteArray(1000, 'A')))
                QCOMPARE(found.text, text);
        }
    }

    void countsWhatIsLost()
    {
        QByteArray wrong = smp::toConsoleLines(numbered(10));
        wrong[6] = wrong.at(6) == 'A' ? 'B' : 'A';
        ConsoleReader reader;
        QVERIFY(reader.feed(wrong).packets.isEmpty());
        QCOMPARE(reader.lostCount(), 1);
    }

    void forgetsHalfAPacketAfterAReconnect()
    {
        const QByteArray two = smp::toConsoleLines(numbered(150));
        const qsizetype cut = two.indexOf('\n') + 1;
        ConsoleReader reader;
        QVERIFY(reader.feed(two.first(cut)).packets.isEmpty());
        reader.reset();
        QVERIFY(reader.feed(two.sliced(cut)).packets.isEmpty());
        QCOMPARE(reader.feed(two).packets.size(), 1);
    }

    void survivesNoise()
    {
        QRandomGenerator random(2026);
        const QByteArray frame = smp::toConsoleLines(numbered(200));
        ConsoleReader reader;
        for (int round = 0; round < 2000; ++round) {
            QByteArray noisy = frame;
            for (int hits = random.bounded(4); hits > 0; --hits)
                noisy[random.bounded(noisy.size())] = char(random.bounded(256));
            for (const QByteArray &packet : reader.feed(noisy).packets)
                QCOMPARE(packet, numbered(200)); // Whatever gets through is whole.
        }
        reader.reset();
        QCOMPARE(reader.feed(frame).packets.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestConsoleFraming)
#include "tst_console_framing.moc"
