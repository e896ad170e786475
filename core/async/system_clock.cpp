// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"

#include <QTimer>

namespace core {

namespace {

class TimerAlarm final : public Clock::Alarm
{
public:
    TimerAlarm(Milliseconds delay, std::function<void()> ring)
    {
        m_timer.setSingleShot(true);
        m_timer.setTimerType(Qt::PreciseTimer);
        // The ring may destroy this alarm: Qt keeps the functor alive while it runs.
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, std::move(ring));
        m_timer.start(delay);
    }

private:
    QTimer m_timer;
};

} // namespace

std::unique_ptr<Clock::Alarm> SystemClock::alarmIn(Milliseconds delay, std::function<void()> ring)
{
    return std::make_unique<TimerAlarm>(delay, std::move(ring));
}

Milliseconds SystemClock::now() const
{
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

} // namespace core
