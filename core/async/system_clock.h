// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

namespace core {

/// Real time, by the event loop of the thread that asks.
class SystemClock final : public Clock
{
public:
    std::unique_ptr<Alarm> alarmIn(Milliseconds delay, std::function<void()> ring) override;
    Milliseconds now() const override;
};

} // namespace core
