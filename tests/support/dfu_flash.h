// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/dfu_traits.h"

#include <map>

namespace testing {

/// The memories of a DfuSe model: NOR flash, whose bits are cleared by writing and set by erasing a sector.
class DfuFlash
{
public:
    enum class Outcome { Done, OutOfRange, NotErasable, NotErased };

    explicit DfuFlash(const DfuTraits &traits);

    Outcome erase(std::size_t memory, std::uint32_t address);
    void eraseAll();
    Outcome write(std::size_t memory, std::uint32_t address, const Bytes &data);
    /// Fewer bytes where the memory ends; nothing where nothing can be read.
    std::optional<Bytes> read(std::size_t memory, std::uint32_t address, std::size_t size) const;

    /// How often the sector at an address was erased.
    unsigned erasures(std::uint32_t address) const;
    unsigned erasures() const; // of all sectors

private:
    struct Area {
        DfuRegion region;
        Bytes content;
    };

    const Area *areaAt(std::size_t memory, std::uint32_t address) const;
    Area *areaAt(std::size_t memory, std::uint32_t address);

    std::vector<std::vector<Area>> m_memories;
    std::map<std::uint32_t, unsigned> m_erasures; // by the sector's address
};

} // namespace testing
