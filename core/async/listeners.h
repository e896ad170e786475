// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/subscription.h"

#include <QList>

#include <functional>
#include <memory>

namespace core {

/// Who is told of what happens again and again. They may subscribe and end their subscriptions while they are
/// told. Outlives the subscriptions.
template<class... Facts>
class Listeners
{
public:
    using Listener = std::function<void(Facts...)>;

    std::unique_ptr<Subscription> add(Listener listener)
    {
        return std::make_unique<Entry>(m_entries, std::move(listener));
    }

    void tell(Facts... facts)
    {
        const QList<Entry *> present = m_entries;
        for (Entry *entry : present) {
            if (!m_entries.contains(entry))
                continue; // It ended when another one was told.
            const Listener listener = entry->listener;
            listener(facts...);
        }
    }

    bool isEmpty() const { return m_entries.isEmpty(); }

private:
    class Entry final : public Subscription
    {
    public:
        Entry(QList<Entry *> &entries, Listener tellIt) : listener(std::move(tellIt)), m_entries(entries)
        {
            m_entries.append(this);
        }
        ~Entry() override { m_entries.removeOne(this); }

        const Listener listener;

    private:
        QList<Entry *> &m_entries;
    };

    QList<Entry *> m_entries;
};

} // namespace core
