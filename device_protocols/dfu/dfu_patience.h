// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

namespace dfu {

/// USB 2.0, section 9.2.6.1: no request takes longer. Chips whose processor stands still while a sector is
/// erased need it (4 s for 128 KiB of an STM32F4).
constexpr core::Milliseconds kRequestLimit{5'000};

/// With one block: some erase all of an internal flash before the first (32 s for 2 MiB of an STM32F4).
/// However long a device asks to be left alone, it is asked again when this is over.
constexpr core::Milliseconds kBlockLimit{60'000};

/// Erasing a whole chip: 16 MiB of serial NOR flash take 200 s at most (W25Q128 and its like).
constexpr core::Milliseconds kChipLimit{240'000};

/// Between two questions when the device asks for no pause and goes on being busy.
constexpr core::Milliseconds kShortestPause{1};

/// Before a status that was not answered is asked for again: time enough for a page of a flash (85 ms).
constexpr core::Milliseconds kSecondThought{100};
constexpr int kStatusTries = 3;

/// From the reset or the detach until the device is back: a boot, and a slow hub (USB 2.0, section 7.1.7.3).
constexpr core::Milliseconds kRestartLimit{15'000};

/// Beyond its own detach time-out, until a device that leaves by itself is reset.
constexpr core::Milliseconds kDetachGrace{1'000};

} // namespace dfu
