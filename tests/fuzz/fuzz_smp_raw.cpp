// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/raw_framing.h"
#include "device_protocols/smp/smp_message.h"
#include "tests/fuzz/fuzz_target.h"

QList<QByteArray> fuzzSeeds()
{
    const QByteArray one = QByteArray::fromHex("0b00000600000000a16172626869");
    const QByteArray two = QByteArray::fromHex("0300000500010605a162726306");
    return {one, one + two, "uart:~$ " + one, one.left(9) + two, QByteArray::fromHex("0b00ffff") + one};
}

/// Whatever comes: the pieces do not matter, nothing is invented, and every packet is one that can be
/// decoded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    smp::RawReader atOnce;
    const QList<QByteArray> whole = atOnce.feed(input);
    smp::RawReader byteByByte;
    QList<QByteArray> pieces;
    for (qsizetype index = 0; index < input.size(); ++index)
        pieces += byteByByte.feed(input.sliced(index, 1));
    FUZZ_PROMISE(whole == pieces);

    qint64 carried = 0;
    for (const QByteArray &packet : whole) {
        carried += packet.size();
        FUZZ_PROMISE(smp::decode(packet).has_value());
        smp::RawReader again;
        FUZZ_PROMISE(again.feed(packet) == QList<QByteArray>{packet});
    }
    atOnce.reset();
    FUZZ_PROMISE(carried + atOnce.lostBytes() == input.size());
    return 0;
}
