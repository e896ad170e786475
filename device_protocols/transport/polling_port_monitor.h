// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/discovery/port_monitor.h"

namespace transport {

/// The back end where there is no other: compares the list of ports once a second, as long as somebody
/// listens. Names and ids are QSerialPortInfo's; it tells no topology. A port that leaves and comes back
/// between two looks is not told.
class PollingPortMonitor final : public core::PortMonitor
{
public:
    using Lister = std::function<QList<core::Port>()>;

    explicit PollingPortMonitor(core::Clock &clock);
    PollingPortMonitor(core::Clock &clock, Lister list);

    QList<core::Port> ports() override;
    std::unique_ptr<core::Subscription> subscribe(Listener listener) override;

private:
    void lookLater();
    void look();

    core::Clock &m_clock;
    Lister m_list;
    QList<core::Port> m_known;
    std::unique_ptr<core::Clock::Alarm> m_alarm;
};

} // namespace transport
