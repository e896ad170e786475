// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dfu_model.h"

#include <algorithm>
#include <cstdio>

namespace testing {

namespace {

constexpr std::uint8_t kApplicationClass = 0xfe;
constexpr std::uint8_t kFunctional = 0x21;
constexpr std::uint8_t kFirstMemoryName = 4; // behind maker, product and serial number
constexpr std::uint8_t kStatusText = 0x40;

void append16(Bytes &bytes, std::uint16_t value)
{
    bytes.push_back(std::uint8_t(value & 0xff));
    bytes.push_back(std::uint8_t(value >> 8));
}

void append(Bytes &bytes, const Bytes &more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// "04*016Kg" (ST UM0424)
std::string sectorsOf(const DfuRegion &region)
{
    const bool isKilo = region.sectorSize % 1024 == 0;
    char text[32];
    std::snprintf(text, sizeof text, "%02u*%03u%c%c", region.count,
                  unsigned(isKilo ? region.sectorSize / 1024 : region.sectorSize), isKilo ? 'K' : ' ',
                  region.rights);
    return text;
}

std::string nameOf(const DfuMemory &memory)
{
    if (memory.regions.empty())
        return memory.title;
    std::string name = "@" + memory.title;
    std::uint64_t end = ~std::uint64_t(0);
    for (const DfuRegion &region : memory.regions) {
        char address[16];
        std::snprintf(address, sizeof address, "/0x%08X/", unsigned(region.address));
        name += region.address == end ? std::string(",") : std::string(address);
        name += sectorsOf(region);
        end = region.address + std::uint64_t(region.count) * region.sectorSize;
    }
    return name;
}

Bytes stringDescriptor(const std::string &text)
{
    Bytes bytes{std::uint8_t(2 + 2 * text.size()), 3};
    for (const char character : text)
        append16(bytes, std::uint8_t(character));
    return bytes;
}

Bytes functionalOf(const DfuTraits &traits)
{
    Bytes bytes{std::uint8_t(traits.isFunctionalOfDfu10 ? 7 : 9), kFunctional, traits.attributes};
    append16(bytes, traits.detachTimeOut);
    append16(bytes, traits.announcedTransferSize.value_or(traits.transferSize));
    if (!traits.isFunctionalOfDfu10)
        append16(bytes, traits.version);
    return bytes;
}

Bytes interfaceOf(std::uint8_t alternate, std::uint8_t protocol, std::uint8_t name)
{
    return {9, 4, 0, alternate, 0, kApplicationClass, 1, protocol, name};
}

} // namespace

std::string DfuModel::serial() const
{
    return m_mode == Mode::Dfu ? m_traits.serial : m_traits.runTimeSerial;
}

Bytes DfuModel::deviceDescriptor() const
{
    Bytes bytes{18, 1, 0x00, 0x02, 0, 0, 0, 64};
    append16(bytes, m_traits.vendor);
    append16(bytes, m_mode == Mode::Dfu ? m_traits.product : m_traits.runTimeProduct);
    append16(bytes, m_traits.release);
    append(bytes, {1, 2, 3, 1});
    return bytes;
}

Bytes DfuModel::configuration() const
{
    using Place = DfuTraits::Place;
    const std::size_t count = m_mode == Mode::Dfu ? m_traits.memories.size() : 1;
    const std::uint8_t protocol = m_mode == Mode::Dfu ? m_traits.dfuProtocol : 1;
    const Bytes functional = functionalOf(m_traits);
    Bytes body;
    if (m_traits.functionalAt == Place::BeforeInterfaces)
        append(body, functional);
    for (std::size_t index = 0; index < count; ++index) {
        const auto name = std::uint8_t(m_mode == Mode::Dfu ? kFirstMemoryName + index : 0);
        append(body, interfaceOf(std::uint8_t(index), protocol, name));
        const bool isHere = (m_traits.functionalAt == Place::BehindFirst && index == 0)
            || (m_traits.functionalAt == Place::BehindLast && index + 1 == count);
        if (isHere)
            append(body, functional);
    }
    Bytes bytes{9, 2};
    append16(bytes, std::uint16_t(9 + body.size()));
    append(bytes, {1, 1, 0, 0xc0, 50});
    append(bytes, body);
    return bytes;
}

DfuModel::Answer DfuModel::descriptor(const DfuSetup &setup) const
{
    const auto index = std::uint8_t(setup.value & 0xff);
    Bytes bytes;
    switch (setup.value >> 8) {
    case 1:
        bytes = deviceDescriptor();
        break;
    case 2:
        bytes = configuration();
        break;
    case 3:
        if (index == 0)
            bytes = {4, 3, 0x09, 0x04};
        else if (index <= 3)
            bytes = stringDescriptor(index == 1 ? "Example" : index == 2 ? "DFU model" : serial());
        else if (index == kStatusText)
            bytes = stringDescriptor("the vendor's words");
        else if (std::size_t(index - kFirstMemoryName) < m_traits.memories.size())
            bytes = stringDescriptor(nameOf(m_traits.memories[index - kFirstMemoryName]));
        break;
    case kFunctional:
        if (m_traits.functionalAt == DfuTraits::Place::OnRequest)
            bytes = functionalOf(m_traits);
        break;
    }
    if (bytes.empty())
        return stall();
    bytes.resize(std::min<std::size_t>(bytes.size(), setup.length));
    return {Answer::Kind::Done, bytes, 0};
}

} // namespace testing
