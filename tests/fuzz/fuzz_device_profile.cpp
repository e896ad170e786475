// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_profile.h"
#include "tests/fuzz/fuzz_target.h"

#include <QDir>

#include <algorithm>

namespace {

const QByteArray kEveryMember =
    R"({"schema":1,"name":"Lamp","usb":[{"vid":"2fe3","pid":"0100","serial":["LAMP-*"],"product":["Lamp*"]}],)"
    R"("link":"serial","baud":1000000,"framing":"raw","dtr":"raise","rts":"lower",)"
    R"("recovery_entry":"Hold the button.","health":[{"check":"lamp","within_seconds":30}]})";

} // namespace

QList<QByteArray> fuzzSeeds()
{
    QList<QByteArray> seeds{kEveryMember};
    const QDir shipped(QStringLiteral(BOOTMEND_SOURCE_DIR "/resources/profiles"));
    for (const QString &name : shipped.entryList({QStringLiteral("*.json")}))
        if (QFile file(shipped.filePath(name)); file.open(QIODevice::ReadOnly))
            seeds.append(file.readAll());
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto profile = core::parseProfile(QStringLiteral("fuzzed"), bytes);
    FUZZ_PROMISE(profile || profile.error().kind == core::ErrorKind::InvalidFile);
    if (!profile)
        return 0;
    FUZZ_PROMISE(bytes.size() <= core::kLargestProfile && !profile->name.isEmpty());
    FUZZ_PROMISE(!profile->usb.isEmpty() && profile->baud >= 300 && profile->baud <= 12'000'000);

    // What it knows and what it does not: a port of its own ids, and one that is on no bus.
    const core::UsbMatch &first = profile->usb.constFirst();
    const core::Port port{.usb = core::UsbIds{first.vendor, first.product.value_or(0)}};
    FUZZ_PROMISE(profile->matches(port)
                 || std::any_of(profile->usb.cbegin(), profile->usb.cend(), [](const core::UsbMatch &match) {
                        return !match.serialPatterns.isEmpty() || !match.productPatterns.isEmpty();
                    }));
    FUZZ_PROMISE(!profile->matches(core::Port{}));
    return 0;
}
