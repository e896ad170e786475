// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QCborMap>

#include <array>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedBoot;
using testing::SimulatedUnit;
using testing::TestKey;

// The bootloader's SMP server, with the flash behind it. The lowest bit of the input's first byte says what
// the rest is: bytes on the line, or packets (length, operation and version, group, command, payload) that
// get a right frame. The other bits say what the unit is like: see Situation.

namespace {

const BootImage kGood = {.major = 1};
const BootImage kNext = {.payload = QByteArray(40, 'n'), .major = 2};

constexpr quint8 kPackets = 1;

/// What the unit is like when the input arrives.
struct Situation {
    bool isProvisioned = true;
    bool isInRecovery = false;
    bool isUnlocked = false;

    static Situation from(quint8 bits)
    {
        return {.isProvisioned = (bits & 2) == 0,
                .isInRecovery = (bits & 4) != 0,
                .isUnlocked = (bits & 12) == 12};
    }
    static quint8 bits(Situation situation)
    {
        return quint8((situation.isProvisioned ? 0 : 2) | (situation.isInRecovery ? 4 : 0)
                      | (situation.isUnlocked ? 8 : 0));
    }
};

/// Nothing is left from the input before: each starts with a copy of such a flash.
QByteArray freshFlash(bool isProvisioned)
{
    SimulatedUnit unit;
    if (isProvisioned)
        unit.provision();
    unit.writeImage(BM_SLOT_A, kGood.bytes());
    unit.writeImage(BM_SLOT_B, kNext.bytes());
    unit.confirmSlot(BM_SLOT_A, kGood.hash());
    SimulatedBoot boot(unit);
    const QByteArray settings = "interval=5";
    const boot_services *services = boot.services;
    if (services->config_open(3, quint32(settings.size())) != BM_SERVICE_OK
        || services->config_append(settings.constData(), quint32(settings.size())) != BM_SERVICE_OK
        || services->config_commit() != BM_SERVICE_OK)
        broken("a configuration can be written");
    return unit.flash;
}

void unlock(ServedUnit &served, bool isProvisioned)
{
    const boot_services &services = served.services();
    QByteArray challenge(BM_CHALLENGE_SIZE, '\0');
    services.challenge(reinterpret_cast<quint8 *>(challenge.data()));
    const QByteArray message =
        QByteArray("bootmend unlock", 16) + QByteArray(16, isProvisioned ? 'D' : '\0') + challenge;
    const QByteArray signature = testing::signatureBy(TestKey::Recovery, message);
    if (services.unlock(reinterpret_cast<const quint8 *>(signature.constData())) != BM_SERVICE_OK)
        broken("a recovery key unlocks");
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
            ServedUnit::packet(operation, group, quint8(script[4]) % 12, payload, version));
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
    const QString region = QStringLiteral("region");
    const QByteArray identity = scripted(2, own, 2,
                                         {{QStringLiteral("product"), QStringLiteral("bench-sensor")},
                                          {QStringLiteral("hw"), QStringLiteral("revA")},
                                          {QStringLiteral("serial"), QStringLiteral("BM-7")},
                                          {QStringLiteral("device_id"), QByteArray(16, 'd')},
                                          {QStringLiteral("vendor"), QByteArray(16, 'V')},
                                          {QStringLiteral("class"), QByteArray(16, 'C')}});
    const QByteArray regions = scripted(0, own, 8, {{region, 5}, {off, 16}, {QStringLiteral("len"), 200}})
        + scripted(2, own, 8, {{region, 1}}) + scripted(2, own, 8, {{region, 3}})
        + scripted(2, own, 8, {{region, 6}});
    const QByteArray unlocks =
        scripted(0, own, 7, {}) + scripted(2, own, 7, {{QStringLiteral("sig"), QByteArray(64, 's')}});
    const QByteArray forced =
        scripted(2, image, 0, {{QStringLiteral("hash"), kNext.hash()}, {QStringLiteral("force"), true}});
    const QByteArray own_ = identity + unlocks + regions + scripted(0, own, 6, {}) + scripted(0, own, 2, {});
    const QByteArray scripts = upload + test + reads + erase + writes + forced + own_;
    QList<QByteArray> seeds = {'\0' + packetsFrom(upload), '\0' + packetsFrom(reads) + "sensor 21.5 C\n"};
    for (const Situation situation :
         {Situation{}, Situation{.isProvisioned = false}, Situation{.isInRecovery = true},
          Situation{.isProvisioned = false, .isInRecovery = true},
          Situation{.isInRecovery = true, .isUnlocked = true}}) {
        const char first = char(kPackets | Situation::bits(situation));
        seeds += {first + upload, first + own_, first + scripts};
    }
    return seeds;
}

namespace {

/// The regions that may change, whatever is sent.
QList<bm_region> writable(const Situation &situation)
{
    QList<bm_region> regions = {BM_REGION_STATE, BM_REGION_EVIDENCE, BM_REGION_SLOT_B};
    if (!situation.isProvisioned) // no image is for such a unit, and so none is worth protecting
        regions += {BM_REGION_IDENTITY, BM_REGION_SLOT_A};
    if (situation.isUnlocked)
        regions += {BM_REGION_CONFIG_A, BM_REGION_CONFIG_B, BM_REGION_SLOT_A};
    return regions;
}

QByteArray region(const SimulatedUnit &unit, const QByteArray &flash, bm_region region)
{
    return flash.mid(unit.regionOffset(region), unit.map.regions[region].size);
}

void checkFlash(const SimulatedUnit &unit, const QByteArray &before, const Situation &situation)
{
    if (unit.brokeFlashRule)
        broken("no bit is set without an erase");
    const QList<bm_region> allowed = writable(situation);
    for (int which = 0; which < BM_REGION_COUNT; ++which)
        if (!allowed.contains(bm_region(which))
            && region(unit, unit.flash, bm_region(which)) != region(unit, before, bm_region(which)))
            broken("nothing but the permitted regions changes");
}

/// Whatever was written in between, the next boot finds the last good image, or stays in recovery mode.
void checkNextBoot(SimulatedUnit &unit, const Situation &situation)
{
    unit.isButtonHeld = false;
    const SimulatedBoot next(unit);
    if (next.isRecovery()) {
        if (situation.isProvisioned && !situation.isUnlocked)
            broken("the last good image boots");
        return;
    }
    if (next.session.images[next.slot].verdict != BM_IMAGE_OK)
        broken("what boots has been verified");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::array<QByteArray, 2> flashes = {freshFlash(false), freshFlash(true)};
    if (size == 0)
        return 0;
    const QByteArray rest(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    const Situation situation = Situation::from(data[0]);
    SimulatedUnit unit;
    unit.flash = flashes[situation.isProvisioned ? 1 : 0];
    unit.isButtonHeld = situation.isInRecovery;
    ServedUnit served(unit);
    if (situation.isUnlocked)
        unlock(served, situation.isProvisioned);
    const QByteArray before = unit.flash;
    served.exchange(data[0] % 2 == 0 ? rest : packetsFrom(rest));

    checkFlash(unit, before, situation);
    const QCborMap echo = {{QStringLiteral("d"), QStringLiteral("still there")}};
    if (!served.ask(2, 0, 0, echo))
        broken("the server keeps answering");
    if (unit.flash != before) // verifying images takes most of the time
        checkNextBoot(unit, situation);
    return 0;
}
