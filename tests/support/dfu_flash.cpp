// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dfu_flash.h"

#include <algorithm>
#include <utility>

namespace testing {

namespace {

constexpr std::uint8_t kErased = 0xff;

// The rights of a region (ST UM0424): 'a' is 1, and so on.
constexpr unsigned kReadable = 1;
constexpr unsigned kErasable = 2;
constexpr unsigned kWritable = 4;

bool has(const DfuRegion &region, unsigned right)
{
    return (unsigned(region.rights - 'a' + 1) & right) != 0;
}

} // namespace

DfuFlash::DfuFlash(const DfuTraits &traits)
{
    for (const DfuMemory &memory : traits.memories) {
        std::vector<Area> areas;
        for (const DfuRegion &region : memory.regions)
            areas.push_back({region, Bytes(std::size_t(region.count) * region.sectorSize, kErased)});
        m_memories.push_back(std::move(areas));
    }
}

const DfuFlash::Area *DfuFlash::areaAt(std::size_t memory, std::uint32_t address) const
{
    for (const Area &area : m_memories[memory])
        if (address >= area.region.address && address - area.region.address < area.content.size())
            return &area;
    return nullptr;
}

DfuFlash::Area *DfuFlash::areaAt(std::size_t memory, std::uint32_t address)
{
    return const_cast<Area *>(std::as_const(*this).areaAt(memory, address));
}

DfuFlash::Outcome DfuFlash::erase(std::size_t memory, std::uint32_t address)
{
    Area *area = areaAt(memory, address);
    if (!area)
        return Outcome::OutOfRange;
    if (!has(area->region, kErasable))
        return Outcome::NotErasable;
    const std::uint32_t size = area->region.sectorSize;
    const std::uint32_t begin = (address - area->region.address) / size * size;
    std::fill_n(area->content.begin() + begin, size, kErased);
    ++m_erasures[area->region.address + begin];
    return Outcome::Done;
}

void DfuFlash::eraseAll()
{
    for (std::vector<Area> &areas : m_memories)
        for (Area &area : areas)
            std::fill(area.content.begin(), area.content.end(), kErased);
}

DfuFlash::Outcome DfuFlash::write(std::size_t memory, std::uint32_t address, const Bytes &data)
{
    for (std::size_t at = 0; at < data.size(); ++at) {
        Area *area = areaAt(memory, address + std::uint32_t(at));
        if (!area || !has(area->region, kWritable))
            return Outcome::OutOfRange;
        std::uint8_t &cell = area->content[address + at - area->region.address];
        const bool isErased = cell == kErased || !has(area->region, kErasable);
        cell = isErased ? data[at] : std::uint8_t(cell & data[at]);
        if (cell != data[at])
            return Outcome::NotErased;
    }
    return Outcome::Done;
}

std::optional<Bytes> DfuFlash::read(std::size_t memory, std::uint32_t address, std::size_t size) const
{
    Bytes data;
    while (data.size() < size) {
        const Area *area = areaAt(memory, address + std::uint32_t(data.size()));
        if (!area || !has(area->region, kReadable))
            break;
        const std::size_t begin = address + data.size() - area->region.address;
        const std::size_t count = std::min(size - data.size(), area->content.size() - begin);
        data.insert(data.end(), area->content.begin() + std::ptrdiff_t(begin),
                    area->content.begin() + std::ptrdiff_t(begin + count));
    }
    return data.empty() && size > 0 ? std::nullopt : std::optional(data);
}

unsigned DfuFlash::erasures(std::uint32_t address) const
{
    const auto found = m_erasures.find(address);
    return found == m_erasures.end() ? 0 : found->second;
}

unsigned DfuFlash::erasures() const
{
    unsigned count = 0;
    for (const auto &[address, times] : m_erasures)
        count += times;
    return count;
}

} // namespace testing
