// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/port_monitor.h"

namespace core {

class PortMonitor::Entry final : public Subscription
{
public:
    Entry(PortMonitor &owner, Listener tellIt) : m_owner(owner), listener(std::move(tellIt))
    {
        m_owner.m_listeners.append(this);
    }
    ~Entry() override { m_owner.m_listeners.removeOne(this); }

private:
    PortMonitor &m_owner;

public:
    const Listener listener;
};

std::unique_ptr<Subscription> PortMonitor::subscribe(Listener listener)
{
    return std::make_unique<Entry>(*this, std::move(listener));
}

void PortMonitor::tell(PortChange change, const Port &port)
{
    const QList<Entry *> present = m_listeners;
    for (Entry *entry : present) {
        if (!m_listeners.contains(entry))
            continue; // It ended when another one was told.
        const Listener listener = entry->listener;
        listener(change, port);
    }
}

} // namespace core
