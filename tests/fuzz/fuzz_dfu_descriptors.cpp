// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_interface.h"
#include "device_protocols/dfu/dfu_status.h"
#include "device_protocols/usb/usb_descriptors.h"
#include "tests/fuzz/fuzz_target.h"

#include <QSet>

namespace {

void promiseUsable(const dfu::Interface &interface)
{
    const dfu::Abilities &abilities = interface.abilities;
    FUZZ_PROMISE(!interface.alternates.isEmpty());
    FUZZ_PROMISE(abilities.transferSize >= 8 && abilities.transferSize <= 4096);
    FUZZ_PROMISE(abilities.canDownload || abilities.canUpload);
    FUZZ_PROMISE(abilities.detachTimeOut.count() >= 0 && abilities.detachTimeOut.count() <= 0xffff);
    FUZZ_PROMISE(interface.isDescribed || !interface.doubts.isEmpty());
}

void readConfiguration(const QByteArray &bytes)
{
    qsizetype covered = 0;
    for (const usb::Descriptor &descriptor : usb::descriptorsIn(bytes)) {
        FUZZ_PROMISE(descriptor.bytes.size() >= 2);
        FUZZ_PROMISE(quint8(descriptor.bytes[0]) == descriptor.bytes.size());
        covered += descriptor.bytes.size();
    }
    FUZZ_PROMISE(covered <= bytes.size());
    core::DfuQuirks any;
    any.isAnyInterface = true;
    any.isAlwaysInDfuMode = true;
    for (const core::DfuQuirks &quirks : {core::DfuQuirks{}, any}) {
        QSet<quint8> numbers;
        for (const dfu::Interface &interface : dfu::findInterfaces(bytes, quirks)) {
            promiseUsable(interface);
            FUZZ_PROMISE(!numbers.contains(interface.number));
            numbers.insert(interface.number);
        }
    }
    dfu::Interface told;
    told.alternates.append(dfu::Alternate{});
    dfu::describe(told, bytes, {});
    if (told.isDescribed)
        promiseUsable(told);
}

void readString(const QByteArray &bytes)
{
    const auto text = usb::stringIn(bytes);
    if (!text) {
        FUZZ_PROMISE(text.error().kind == core::ErrorKind::MalformedReply);
        return;
    }
    FUZZ_PROMISE(text->size() <= 126);
    for (const QChar character : *text)
        FUZZ_PROMISE(character.isPrint());
}

void readReport(const QByteArray &bytes)
{
    const auto report = dfu::parseReport(bytes);
    if (!report) {
        FUZZ_PROMISE(report.error().kind == core::ErrorKind::MalformedReply);
        return;
    }
    FUZZ_PROMISE(bytes.size() == 6);
    FUZZ_PROMISE(!dfu::name(report->state).isEmpty());
    FUZZ_PROMISE(!dfu::name(report->status).isEmpty() && !dfu::meaning(report->status).isEmpty());
    FUZZ_PROMISE(report->pollTimeOut.count() >= 0 && report->pollTimeOut.count() <= 0xffffff);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {
        QByteArray::fromHex("09022d00010100c032"
                            "0904000000fe010204"
                            "0904000100fe010205"
                            "09210bff0000081a01"),
        QByteArray::fromHex("09021b00010100c032"
                            "0904000000fe010100"
                            "0721070001ff00"),
        QByteArray::fromHex("09022400010100c032"
                            "0921070000040001"
                            "0904000000fe010200"),
        QByteArray::fromHex("09022d00020100a032"
                            "090400000103010100"
                            "092111010001223f00"
                            "0904010000fe010200"),
        QByteArray::fromHex("0a0340004600"
                            "4c000000"),
        QByteArray::fromHex("000a00000400"),
    };
}

/// Whatever a device says of itself: what is believed can be used, and nothing is read behind its end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    readConfiguration(bytes);
    readString(bytes);
    readReport(bytes);
    return 0;
}
