// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/discovery/port_monitor.h"

#include <QSet>

#include <optional>

namespace core {

/// A port that one unit may be behind.
struct UnitPlace {
    Port port;
    bool isCertain = false; // by its USB serial number or its place on the bus; else the unit itself must say
};

/// What is known of a unit's port from outside, for as long as it was there.
struct PortTraits {
    Port port;
    bool isSerialUnique = true; // no other port ever had the same USB serial number
};

/// Follows one unit from port to port: departure, arrival, perhaps under another name or another product id.
/// Two units that are reset together may exchange their names; each trail ends at its own.
///
/// It knows what the bus tells. Where that does not do, it leads to each place in turn, and whoever asks the
/// unit itself has the last word: settle(), or the next place. Lives on the device thread; the monitor
/// outlives it.
class UnitTrail
{
public:
    /// `port` is attached now, and the unit is behind it.
    UnitTrail(PortMonitor &monitor, Port port);
    ~UnitTrail();
    Q_DISABLE_COPY_MOVE(UnitTrail)

    /// The unit says who it is, so that its port may be looked for by asking. Otherwise several places are
    /// refused.
    void unitTellsItself() { m_unitTellsItself = true; }

    /// Called when the unit leaves: a system may go on holding the descriptor of a port that is gone. At most
    /// one; an empty one takes it back.
    void whenLeft(std::function<void()> call) { m_onLeft = std::move(call); }

    /// The place to open now; asked again before settle(), the next one. Disconnected while the unit is away,
    /// AmbiguousDevice when several ports may be it and it does not tell itself.
    Result<UnitPlace> next();

    /// Whether the unit has not left since it was seen behind port().
    bool isSettled() const { return !m_isAway; }

    /// The unit is behind the place that next() gave last.
    void settle();

    const Port &port() const { return m_before.port; } // where it was seen last
    const std::optional<UnitPlace> &lastPlace() const { return m_lastPlace; }

    /// How a unit that does not tell itself is known, for as long as this lives: its USB serial number, and
    /// its place on the bus where that was not unique. Empty when the bus tells neither.
    const QString &name() const { return m_name; }

private:
    void take(PortChange change, const Port &port);

    PortMonitor &m_monitor;
    PortTraits m_before;
    QString m_name;
    bool m_isAway = false;
    bool m_unitTellsItself = false;
    QSet<QString> m_strangers; // locations of ports that were there while the unit was elsewhere
    std::optional<UnitPlace> m_lastPlace;
    qsizetype m_turn = 0;
    std::function<void()> m_onLeft;
    std::unique_ptr<Subscription> m_subscription;
};

} // namespace core
