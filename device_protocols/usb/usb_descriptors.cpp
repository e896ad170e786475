// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/usb_descriptors.h"

#include <QtEndian>

namespace usb {

using core::ErrorKind;
using core::Result;
using core::Task;

namespace {

constexpr qsizetype kHead = 2; // bLength, bDescriptorType
constexpr quint16 kLongestDescriptor = 255; // bLength is a byte
constexpr quint8 kGetDescriptor = 6; // USB 2.0, table 9-4
constexpr quint8 kFromDevice = 0x80; // standard, device to host
constexpr quint16 kEnglish = 0x0409; // asked for where the device names no language

// USB 2.0, section 9.2.6.4: a device answers a standard request within 500 ms. Ten times that.
constexpr core::Milliseconds kLimit{5'000};

Task<QByteArray> askForString(UsbDevice &device, quint8 index, quint16 language, core::Clock &clock)
{
    const quint16 value = quint16(quint8(DescriptorType::String) << 8 | index);
    const Setup setup{kFromDevice, kGetDescriptor, value, language};
    co_return co_await core::within(kLimit, clock, device.ask(setup, kLongestDescriptor));
}

Task<quint16> firstLanguage(UsbDevice &device, core::Clock &clock)
{
    const Result<QByteArray> list = co_await core::attempt(askForString(device, 0, 0, clock));
    if (!list && list.error().kind == ErrorKind::Disconnected)
        co_return core::passOn(list.error());
    if (!list || list->size() < kHead + 2)
        co_return kEnglish;
    co_return qFromLittleEndian<quint16>(list->constData() + kHead);
}

} // namespace

QList<Descriptor> descriptorsIn(QByteArrayView configuration)
{
    QList<Descriptor> found;
    while (configuration.size() >= kHead) {
        const qsizetype length = quint8(configuration[0]);
        if (length < kHead || length > configuration.size())
            break;
        found.append({quint8(configuration[1]), configuration.first(length)});
        configuration = configuration.sliced(length);
    }
    return found;
}

Result<QString> stringIn(QByteArrayView descriptor)
{
    const bool isString =
        descriptor.size() >= kHead && quint8(descriptor[1]) == quint8(DescriptorType::String);
    if (!isString)
        return core::fail(ErrorKind::MalformedReply, QStringLiteral("a string descriptor is none"));
    const qsizetype length = std::min<qsizetype>(quint8(descriptor[0]), descriptor.size());
    QString text;
    for (qsizetype at = kHead; at + 1 < length; at += 2) {
        const QChar character(qFromLittleEndian<quint16>(descriptor.data() + at));
        if (character.isNull())
            break;
        if (character.isPrint())
            text.append(character);
    }
    return text;
}

Task<QString> readString(UsbDevice &device, quint8 index, core::Clock &clock)
{
    if (index == 0)
        co_return QString();
    const quint16 language = co_await firstLanguage(device, clock);
    const QByteArray descriptor = co_await askForString(device, index, language, clock);
    co_return stringIn(descriptor);
}

} // namespace usb
