// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/dfu/dfu_session.h"
#include "device_protocols/dfu/memories.h"
#include "tests/support/model_usb.h"
#include "tests/support/run_task.h"

#include <random>

namespace testing {

/// A DFU device that manifests and stays, as MCUboot's.
inline DfuTraits tolerantUnit()
{
    return {};
}

/// One that leaves the bus once it has its firmware, by the host's reset.
inline DfuTraits resettingUnit()
{
    DfuTraits traits;
    traits.attributes = 0x03;
    return traits;
}

/// One that leaves it by itself.
inline DfuTraits leavingUnit()
{
    DfuTraits traits;
    traits.attributes = 0x0b;
    return traits;
}

constexpr quint32 kFlashBase = 0x08000000;
constexpr quint32 kOptionBase = 0x1fffc000;

/// A chip's ROM: four sectors of 16 KiB, one of 64, and option bytes.
inline DfuTraits romUnit()
{
    DfuTraits traits;
    traits.isDfuSe = true;
    traits.version = 0x011a;
    traits.attributes = 0x0b;
    traits.memories = {
        {"Internal Flash  ", {{kFlashBase, 4, 16 * 1024, 'g'}, {kFlashBase + 0x10000, 1, 64 * 1024, 'g'}}},
        {"Option Bytes  ", {{kOptionBase, 1, 16, 'e'}}}};
    return traits;
}

/// The same bytes each time.
inline QByteArray firmwareOf(qsizetype size, unsigned seed = 1)
{
    std::mt19937 random(seed);
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = char(random());
    return bytes;
}

inline QByteArray toQt(const Bytes &bytes)
{
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()));
}

/// A device on a bus in simulated time, and the way to it.
struct DfuBench {
    explicit DfuBench(DfuTraits traits, core::DfuQuirks unitQuirks = {}) :
        quirks(std::move(unitQuirks)), unit(usb.plug(QStringLiteral("1-4"), std::move(traits)))
    {
    }

    template<class T>
    core::Result<T> run(core::Task<T> task)
    {
        return finish(std::move(task), clock);
    }

    usb::DeviceFacts facts() { return usb.devices().constFirst(); }

    /// Opens the device that is in DFU mode and makes it idle.
    core::Result<core::Done> begin(quint8 alternate = 0)
    {
        session.reset();
        device.reset();
        if (usb.devices().isEmpty())
            return core::fail(core::ErrorKind::Disconnected, QStringLiteral("nothing is plugged in"));
        auto open = run(usb.open(facts()));
        if (!open)
            return core::passOn(open.error());
        device = *std::move(open);
        const auto interfaces = dfu::findInterfaces(facts().configuration, quirks);
        if (interfaces.isEmpty())
            return core::fail(core::ErrorKind::Unsupported, QStringLiteral("no DFU interface"));
        const dfu::Target target{interfaces.constFirst(), alternate, quirks};
        session.emplace(*device, target, clock);
        return run(session->begin());
    }

    core::Result<QList<dfu::Memory>> memories()
    {
        return run(dfu::readMemories(*device, dfu::findInterfaces(facts().configuration, quirks).constFirst(),
                                     quirks, clock));
    }

    ManualClock clock;
    core::DfuQuirks quirks;
    ModelUsb usb{clock};
    DfuModel &unit;
    std::unique_ptr<usb::UsbDevice> device;
    std::optional<dfu::Session> session;
};

} // namespace testing
