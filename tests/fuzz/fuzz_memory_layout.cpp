// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfuse_plan.h"
#include "device_protocols/dfu/memory_layout.h"
#include "tests/fuzz/fuzz_target.h"

using dfu::MemoryLayout;
using dfu::SectorRun;

namespace {

constexpr qint64 kEndOfMemory = qint64(1) << 32;

/// As a chip would say it, each run with its own address.
QString written(const MemoryLayout &layout)
{
    QString text = u'@' + layout.name;
    for (const SectorRun &run : layout.runs) {
        const char letter = char('a' + int(run.rights) - 1);
        const bool isMega = run.size % (1024 * 1024) == 0;
        const bool isKilo = run.size % 1024 == 0;
        const quint32 unit = isMega ? 1024 * 1024 : isKilo ? 1024 : 1;
        text += QStringLiteral("/0x%1/%2*%3%4%5")
                    .arg(run.address, 8, 16, QLatin1Char('0'))
                    .arg(run.count)
                    .arg(run.size / unit)
                    .arg(QLatin1Char(isMega       ? 'M'
                                         : isKilo ? 'K'
                                                  : ' '))
                    .arg(QLatin1Char(letter));
    }
    return text;
}

bool fits(const MemoryLayout &layout)
{
    for (const SectorRun &run : layout.runs) {
        const quint32 unit = run.size % 1024 == 0 ? 1024 : 1;
        if (run.size / unit > 99'999)
            return false;
    }
    return true;
}

void promiseSound(const MemoryLayout &layout)
{
    FUZZ_PROMISE(!layout.runs.isEmpty());
    qint64 end = 0;
    for (const SectorRun &run : layout.runs) {
        FUZZ_PROMISE(run.count > 0 && run.size > 0 && int(run.rights) > 0 && int(run.rights) < 8);
        FUZZ_PROMISE(run.address >= end);
        end = run.end();
        FUZZ_PROMISE(end > run.address && end <= kEndOfMemory);
        const auto last = layout.sectorAt(end - 1);
        FUZZ_PROMISE(last && last->end() == end && last->size == run.size);
        FUZZ_PROMISE(layout.sectorAt(run.address)->address == run.address);
    }
    FUZZ_PROMISE(!layout.sectorAt(end));
}

/// What is planned on it is in it, and erases no byte that no sector of the firmware has.
void promisePlan(const MemoryLayout &layout)
{
    const SectorRun &run = layout.runs.constFirst();
    const qint64 room = std::min<qint64>(run.end() - run.address, 300);
    const core::FirmwareSegments firmware{{run.address, QByteArray(qsizetype(room), 'x')}};
    const auto plan = dfu::planWrite(layout, firmware, dfu::Consent::Given);
    FUZZ_PROMISE(plan.has_value() == run.rights.testFlag(dfu::Right::Write));
    if (!plan) {
        FUZZ_PROMISE(plan.error().reason == core::Reason::OutsideMemory);
        return;
    }
    FUZZ_PROMISE(plan->bytes == room && plan->lost >= 0);
    qint64 erased = 0;
    for (const dfu::Sector &sector : plan->erased) {
        FUZZ_PROMISE(sector.address < run.address + room && sector.rights.testFlag(dfu::Right::Erase));
        erased += sector.size;
    }
    FUZZ_PROMISE(erased == 0 || erased == plan->lost + room);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
        "@Option Bytes  /0x1FFFC000/01*016 e",
        "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
        "@Device Feature/0xFFFF0000/01*004 e",
        "@Two/0x2000/1*1Kg/0x1000/4*0256Bf",
        "@Big/0x0/4096*1Mg",
        "@No multiplier/0x10/2*16a",
    };
}

/// Whatever a device calls its memory: what is read lies in 32 bits without overlaps, and written again it is
/// read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = QString::fromLatin1(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto layout = dfu::parseLayout(text);
    if (!layout) {
        FUZZ_PROMISE(layout.error().kind == core::ErrorKind::MalformedReply);
        return 0;
    }
    promiseSound(*layout);
    promisePlan(*layout);
    if (fits(*layout)) {
        const auto again = dfu::parseLayout(written(*layout));
        FUZZ_PROMISE(again.has_value() && *again == *layout);
    }
    return 0;
}
