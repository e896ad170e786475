// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_interface.h"

#include "core/base/byte_reader.h"
#include "device_protocols/usb/usb_descriptors.h"

#include <algorithm>
#include <optional>

namespace dfu {

using core::Milliseconds;
using usb::Descriptor;
using usb::DescriptorType;

namespace {

constexpr quint8 kFunctional = 0x21; // USB DFU 1.1, table 4.2
constexpr qsizetype kFunctionalSize = 9;
constexpr qsizetype kFunctionalSizeOf10 = 7; // DFU 1.0: without the version
constexpr qsizetype kInterfaceSize = 9; // USB 2.0, table 9-12
constexpr quint8 kApplicationClass = 0xfe; // USB DFU 1.1, table 4.1
constexpr quint8 kDfuSubclass = 0x01;
constexpr quint8 kRunTimeProtocol = 0x01;
constexpr quint8 kDfuProtocol = 0x02;

// bmAttributes (USB DFU 1.1, table 4.2)
constexpr quint8 kCanDownload = 1 << 0;
constexpr quint8 kCanUpload = 1 << 1;
constexpr quint8 kIsTolerant = 1 << 2;
constexpr quint8 kWillDetach = 1 << 3;

constexpr int kSmallestTransfer = 8; // the smallest packet of an endpoint 0 (USB 2.0, section 5.5.3)
constexpr int kSafeTransfer = 64; // the largest such packet at full speed: every device has room for one
constexpr int kLargestTransfer = 4096; // what every system passes on in one control transfer

struct Functional {
    quint8 attributes = kCanDownload | kCanUpload;
    quint16 detachTimeOut = 0;
    quint16 transferSize = 0;
    quint16 version = 0x0110;
};

std::optional<Functional> functionalIn(QByteArrayView bytes)
{
    if (bytes.size() < kFunctionalSizeOf10 || quint8(bytes[1]) != kFunctional)
        return std::nullopt;
    core::ByteReader reader(bytes.sliced(2));
    Functional functional; // seven bytes are there
    functional.attributes = *reader.littleEndian<quint8>();
    functional.detachTimeOut = *reader.littleEndian<quint16>();
    functional.transferSize = *reader.littleEndian<quint16>();
    functional.version = bytes.size() >= kFunctionalSize ? *reader.littleEndian<quint16>() : 0x0100;
    return functional;
}

void setTransferSize(Interface &interface, int size)
{
    Abilities &abilities = interface.abilities;
    abilities.isTransferSizeItsOwn = size >= kSmallestTransfer && size <= kLargestTransfer;
    if (abilities.isTransferSizeItsOwn) {
        abilities.transferSize = size;
        return;
    }
    abilities.transferSize =
        size <= 0 ? kSafeTransfer : std::clamp(size, kSmallestTransfer, kLargestTransfer);
    interface.doubts.append(
        QStringLiteral("transfers of %1 bytes; %2 are used").arg(size).arg(abilities.transferSize));
}

void believe(Interface &interface, Functional functional, const core::DfuQuirks &quirks)
{
    quint8 attributes = quirks.attributes.value_or(functional.attributes);
    if ((attributes & (kCanDownload | kCanUpload)) == 0) {
        attributes |= kCanDownload | kCanUpload;
        interface.doubts.append(QStringLiteral("neither download nor upload; both are tried"));
    }
    Abilities &abilities = interface.abilities;
    abilities.canDownload = (attributes & kCanDownload) != 0;
    abilities.canUpload = (attributes & kCanUpload) != 0 && !quirks.isReadBackBroken;
    abilities.isManifestationTolerant = (attributes & kIsTolerant) != 0;
    abilities.willDetach = (attributes & kWillDetach) != 0;
    abilities.detachTimeOut = quirks.detachTimeOut.value_or(Milliseconds(functional.detachTimeOut));
    abilities.version = quirks.version.value_or(functional.version);
    setTransferSize(interface, quirks.transferSize.value_or(functional.transferSize));
}

/// Collects what belongs together; the functional descriptor of one interface may stand behind another of its
/// alternate settings.
class Search
{
public:
    explicit Search(const core::DfuQuirks &quirks) : m_quirks(quirks) { }

    void take(const Descriptor &descriptor)
    {
        if (descriptor.is(DescriptorType::Interface))
            takeInterface(descriptor.bytes);
        else if (descriptor.type == kFunctional)
            takeFunctional(descriptor.bytes);
    }

    QList<Interface> finish()
    {
        for (Interface &interface : m_found)
            describeLast(interface);
        return m_found;
    }

private:
    std::optional<Mode> modeOf(QByteArrayView interface) const
    {
        const auto byte = [interface](qsizetype at) { return quint8(interface[at]); };
        const bool isFirst = m_found.isEmpty() || m_found.constFirst().number == byte(2);
        if (m_quirks.isAnyInterface && isFirst)
            return Mode::Dfu;
        if (byte(5) != kApplicationClass || byte(6) != kDfuSubclass)
            return std::nullopt;
        if (byte(7) == kDfuProtocol || (byte(7) == kRunTimeProtocol && m_quirks.isAlwaysInDfuMode))
            return Mode::Dfu;
        return byte(7) == kRunTimeProtocol ? std::optional(Mode::RunTime) : std::nullopt;
    }

    void takeInterface(QByteArrayView bytes)
    {
        m_current = nullptr;
        m_isInInterface = true;
        if (bytes.size() < kInterfaceSize)
            return;
        const std::optional<Mode> mode = modeOf(bytes);
        if (!mode)
            return;
        m_current = &interfaceOf(quint8(bytes[2]), *mode);
        m_current->alternates.append({quint8(bytes[3]), quint8(bytes[8])});
    }

    Interface &interfaceOf(quint8 number, Mode mode)
    {
        for (Interface &interface : m_found)
            if (interface.number == number)
                return interface;
        Interface interface;
        interface.number = number;
        interface.mode = mode;
        return m_found.emplaceBack(std::move(interface));
    }

    /// Other classes have descriptors of this type, too: those of interfaces that are not DFU's are theirs.
    void takeFunctional(QByteArrayView bytes)
    {
        const std::optional<Functional> functional = functionalIn(bytes);
        if (functional && m_current && !m_current->isDescribed) {
            m_current->isDescribed = true;
            believe(*m_current, *functional, m_quirks);
        } else if (functional && !m_isInInterface && !m_stray) {
            m_stray = functional;
        }
    }

    void describeLast(Interface &interface)
    {
        if (interface.isDescribed)
            return;
        interface.isDescribed = m_stray.has_value();
        if (!m_stray)
            interface.doubts.append(QStringLiteral("no functional descriptor"));
        believe(interface, m_stray.value_or(Functional{}), m_quirks);
    }

    const core::DfuQuirks &m_quirks;
    QList<Interface> m_found;
    Interface *m_current = nullptr; // points into the list, and is set anew before anything is appended
    bool m_isInInterface = false;
    std::optional<Functional> m_stray; // stood before the first interface
};

} // namespace

QList<Interface> findInterfaces(QByteArrayView configuration, const core::DfuQuirks &quirks)
{
    Search search(quirks);
    const QList<Descriptor> descriptors = usb::descriptorsIn(configuration);
    for (const Descriptor &descriptor : descriptors)
        search.take(descriptor);
    return search.finish();
}

void describe(Interface &interface, QByteArrayView functional, const core::DfuQuirks &quirks)
{
    const std::optional<Functional> read = functionalIn(functional);
    if (!read)
        return;
    interface.isDescribed = true;
    interface.doubts.clear();
    believe(interface, *read, quirks);
}

} // namespace dfu
