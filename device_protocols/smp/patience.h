// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "device_protocols/smp/smp_message.h"

namespace smp {

/// How long to wait for an answer, and how often to ask.
struct Patience {
    core::Milliseconds each;
    int tries = 1;
};

/// A read changes nothing and may be repeated: a lost line costs one try. 2.5 s cover the flash work that a
/// server may have before it (one sector, 100 ms), its log output and a full packet at 9600 baud (1.5 s).
constexpr Patience kReading{core::Milliseconds(2500), 3};
/// A write is asked once: whether it happened is for the caller to read back. Marking an image for a trial
/// makes a bootloader verify it first: SHA-256 of 1 MiB and Ed25519 take 6 s on a Cortex-M0.
constexpr Patience kWriting{core::Milliseconds(10'000), 1};
/// An erase is answered when it is done. A whole slot of external flash: 512 sectors of 4 KiB at 85 ms each.
constexpr Patience kErasing{core::Milliseconds(60'000), 1};

/// What a request says of itself, or what its operation asks for.
template<class Request>
constexpr Patience patienceOf()
{
    if constexpr (requires { Request::kPatience; })
        return Request::kPatience;
    else
        return Request::kCommand.op == Op::Read ? kReading : kWriting;
}

} // namespace smp
