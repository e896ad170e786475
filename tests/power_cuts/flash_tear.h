// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/simulated_unit.h"

#include <QByteArray>
#include <QList>

#include <optional>
#include <string>

namespace testing {

/// What an operation leaves that the power fails in. Flash is not atomic in any unit: cells that were on
/// their way hold something between old and new, and may read differently each time.
enum class TearKind {
    Prefix, // `at` bytes are done, the rest is untouched
    Suffix, // the last `at` bytes are done
    TornUnit, // `at` bytes are done; in the write unit behind them each bit is old or new
    ArbitraryUnit, // `at` bytes are done; the write unit behind them holds anything
    Scattered, // in one page, those before it are done, each bit is new with a chance of `at` in 16, else old
    Zeroed, // erase only: `at` bytes are 0, as NOR flash programs all bits before it erases them
    Unstable, // as TornUnit, and in an erase everywhere: these bits read differently after each reset
};

struct FlashTear {
    TearKind kind = TearKind::Prefix;
    quint32 at = 0;
    quint32 seed = 0;
};

enum class TearDensity {
    Full, // each write unit's boundary of a record, and every kind
    Coarse, // some of each kind
};

QList<FlashTear> tearsOf(const FlashWrite &write, quint32 writeSize, TearDensity density);

/// The operation's bytes after the cut.
QByteArray contentAfter(const FlashWrite &write, const FlashTear &tear, quint32 writeSize);

/// The bits that read differently after each reset, as a mask over the operation's bytes; empty when none do.
QByteArray unstableBits(const FlashWrite &write, const FlashTear &tear, quint32 writeSize);

/// Gives the bits of `mask` new values; `seed` says which.
void rollBits(char *content, const QByteArray &mask, quint32 seed);

/// "kind:at:seed", to name a cut on a command line.
std::string textOf(const FlashTear &tear);
std::optional<FlashTear> tearFrom(const std::string &text);

} // namespace testing
