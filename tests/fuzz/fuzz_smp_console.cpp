// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_framing.h"
#include "tests/fuzz/fuzz_target.h"

using smp::ConsoleReader;

QList<QByteArray> fuzzSeeds()
{
    const QByteArray one = smp::toConsoleLines(QByteArray(20, 'a'));
    const QByteArray two = smp::toConsoleLines(QByteArray(300, 'b'));
    return {one,
            two,
            "log line\r\n" + one + "uart:~$ " + two,
            two.left(127) + "[00:01] <inf> log\n" + two.mid(127),
            QByteArray("\x06\x09"
                       "AAA=\n\x04\x14"
                       "AAAA\n"),
            QByteArray("\x06\x09//8A\n") + QByteArray(500, 'A') + '\n'};
}

/// Whatever comes: the pieces do not matter, nothing is invented, and every packet is one that a sender could
/// have meant.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    ConsoleReader atOnce;
    const ConsoleReader::Found whole = atOnce.feed(input);

    ConsoleReader byteByByte;
    ConsoleReader::Found pieces;
    for (qsizetype index = 0; index < input.size(); ++index) {
        const ConsoleReader::Found found = byteByByte.feed(input.sliced(index, 1));
        pieces.packets += found.packets;
        pieces.text += found.text;
    }
    if (whole.packets != pieces.packets)
        broken("packets do not depend on the pieces");
    if (atOnce.lostCount() != byteByByte.lostCount())
        broken("losses do not depend on the pieces");

    qsizetype carried = whole.text.size();
    for (const QByteArray &packet : whole.packets) {
        carried += packet.size();
        ConsoleReader again;
        if (again.feed(smp::toConsoleLines(packet)).packets != QList<QByteArray>{packet})
            broken("packets survive");
    }
    if (carried > input.size())
        broken("nothing is invented");
    return 0;
}
