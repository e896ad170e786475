// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

#include <QMultiMap>

#include <optional>

namespace testing {

/// Time that passes only when a test says so.
class ManualClock final : public core::Clock
{
public:
    std::unique_ptr<Alarm> alarmIn(core::Milliseconds delay, std::function<void()> ring) override
    {
        return std::make_unique<Entry>(*this, m_now + delay, std::move(ring));
    }

    core::Milliseconds now() const override { return m_now; }

    void advance(core::Milliseconds by)
    {
        m_now += by;
        while (!m_alarms.isEmpty() && m_alarms.firstKey() <= m_now) {
            Entry *due = m_alarms.take(m_alarms.firstKey());
            due->isSet = false;
            auto ring = std::move(due->ring);
            ring(); // May destroy `due`.
        }
    }

    /// How far to advance until something happens; nothing when no alarm is set.
    std::optional<core::Milliseconds> untilNextAlarm() const
    {
        return m_alarms.isEmpty() ? std::nullopt : std::optional(m_alarms.firstKey() - m_now);
    }

private:
    struct Entry final : Alarm {
        Entry(ManualClock &owner, core::Milliseconds when, std::function<void()> action) :
            clock(owner), at(when), ring(std::move(action))
        {
            clock.m_alarms.insert(at, this);
        }
        ~Entry() override
        {
            if (isSet)
                clock.m_alarms.remove(at, this);
        }

        ManualClock &clock;
        core::Milliseconds at;
        std::function<void()> ring;
        bool isSet = true;
    };

    core::Milliseconds m_now{0};
    QMultiMap<core::Milliseconds, Entry *> m_alarms;
};

} // namespace testing
