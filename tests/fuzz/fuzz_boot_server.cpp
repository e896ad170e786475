// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QCborMap>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedUnit;

// The bootloader's SMP server, with the flash behind it. The first byte of the input says what the rest is:
// bytes on the line, or packets (length, operation and version, group, command, payload) that get a right
// frame.

namespace {

const BootImage kGood = {.major = 1};
const BootImage kNext = {.payload = QByteArray(40, 'n'), .major = 2};

/// Nothing is left from the input before: each starts with a copy of this flash.
QByteArray freshFlash()
{
    SimulatedUnit unit;
    unit.provision();
    unit.writeImage(BM_SLOT_A, kGood.bytes());
    unit.confirmSlot(BM_SLOT_A, kGood.hash());
    return unit.flash;
}

QByteArray packetsFrom(QByteArray script)
{
    QByteArray line;
    while (script.size() >= 5) {
        const qsizetype length = quint8(script[0]) | quint8(script[1]) % 4 << 8;
        const int operation = quint8(script[2]) & 7;
        const int version = quint8(script[2]) >> 3 & 3;
        const quint8 choice = quint8(script[3]);
        const int group = choice < 85 ? 0 : choice < 170 ? 1 : 64;
        const QByteArray payload = script.mid(5, length);
        line += ServedUnit::framed(
            ServedUnit::packet(operation, group, quint8(script[4]) % 10, payload, version));
        script.remove(0, 5 + payload.size());
    }
    return line;
}

QByteArray scripted(quint8 operation, quint8 group, quint8 command, const QCborMap &request)
{
    const QByteArray payload = request.toCborValue().toCbor();
    QByteArray script;
    script.append(char(payload.size())).append(char(payload.size() >> 8));
    script.append(char(8 | operation)).append(char(group)).append(char(command));
    return script + payload;
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    constexpr quint8 os = 0;
    constexpr quint8 image = 100;
    constexpr quint8 own = 200;
    const QString off = QStringLiteral("off");
    const QString data = QStringLiteral("data");
    const QByteArray bytes = kNext.bytes();
    const QByteArray upload = scripted(2, image, 1,
                                       {{off, 0},
                                        {QStringLiteral("len"), bytes.size()},
                                        {QStringLiteral("sha"), QByteArray(32, 's')},
                                        {data, bytes.first(100)}})
        + scripted(2, image, 1, {{off, 100}, {data, bytes.mid(100)}});
    const QByteArray test = scripted(2, image, 0, {{QStringLiteral("hash"), kNext.hash()}});
    const QByteArray erase = scripted(2, image, 5, {{QStringLiteral("slot"), 1}});
    const QByteArray reads = scripted(0, os, 6, {}) + scripted(0, image, 0, {}) + scripted(0, own, 0, {})
        + scripted(0, own, 1, {{QStringLiteral("from"), 1}}) + scripted(0, own, 3, {});
    const QByteArray writes = scripted(2, os, 0, {{QStringLiteral("d"), QStringLiteral("hello")}})
        + scripted(2, os, 5, {{QStringLiteral("boot_mode"), 1}})
        + scripted(2, own, 5, {{QStringLiteral("reason"), 1}});
    const QByteArray scripts = upload + test + reads + erase + writes;
    return {"\x01" + upload, "\x01" + scripts, '\0' + packetsFrom(upload),
            '\0' + packetsFrom(reads) + "sensor 21.5 C\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const QByteArray flash = freshFlash();
    if (size == 0) {
        return 0;
    }
    const QByteArray rest(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    SimulatedUnit unit;
    unit.flash = flash;
    ServedUnit served(unit);
    const qsizetype slotA = unit.regionOffset(BM_REGION_SLOT_A);
    const qsizetype identity = unit.regionOffset(BM_REGION_IDENTITY);
    const qsizetype slotSize = unit.map.regions[BM_REGION_SLOT_A].size;
    served.exchange(data[0] % 2 == 0 ? rest : packetsFrom(rest));

    if (unit.brokeFlashRule) {
        broken("no bit is set without an erase");
    }
    if (unit.flash.mid(slotA, slotSize) != flash.mid(slotA, slotSize)) {
        broken("the slot that runs is never written");
    }
    // Identity and configuration lie between the stores and the slots.
    if (unit.flash.mid(identity, slotA - identity) != flash.mid(identity, slotA - identity)) {
        broken("nothing outside a slot is written but state and evidence");
    }
    const QCborMap echo = {{QStringLiteral("d"), QStringLiteral("still there")}};
    if (!served.ask(2, 0, 0, echo)) {
        broken("the server keeps answering");
    }
    return 0;
}
