// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/listeners.h"
#include "core/device/port.h"

namespace core {

enum class PortChange { Arrived, Left };

/// Knows the serial ports on USB that are attached, and tells of those that come and go. Opens none of them.
///
/// The seam between the operating system's hot-plug and everything else; each system has its back end in
/// device_protocols/transport. Lives on the device thread, outlives its subscriptions, and tells from the
/// event loop, never from inside another call than catchUp(). A port that leaves and comes back is told as
/// both, also when nothing of it has changed: that is how a restart is seen.
class PortMonitor
{
public:
    using Listener = Listeners<PortChange, const Port &>::Listener;

    PortMonitor() = default;
    virtual ~PortMonitor() = default;
    Q_DISABLE_COPY_MOVE(PortMonitor)

    /// By location.
    virtual QList<Port> ports() = 0;

    /// Tells now, from inside this call, what the system has told already and the event loop has not come to:
    /// for whoever is about to open a port that may be somebody else's by now.
    virtual void catchUp() { }

    virtual std::unique_ptr<Subscription> subscribe(Listener listener)
    {
        return m_listeners.add(std::move(listener));
    }

protected:
    /// Tells everybody who listens. They may subscribe and end their subscriptions meanwhile.
    void tell(PortChange change, const Port &port) { m_listeners.tell(change, port); }
    bool hasListeners() const { return !m_listeners.isEmpty(); }

private:
    Listeners<PortChange, const Port &> m_listeners;
};

} // namespace core
