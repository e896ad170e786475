// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QHash>
#include <QObject>

#include <map>
#include <memory>

namespace gui {

/// At most one running task per unit. Starting another one abandons the first: its link is closed and its
/// outcome is never told. Outcomes are told from the event loop, never from inside start().
class UnitWork final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    template<class T>
    void start(const QString &unit, core::Task<T> task, std::function<void(core::Result<T>)> onFinished)
    {
        abandon(unit);
        const quint64 ticket = ++m_lastTicket;
        const auto deliver = [this, unit, ticket, onFinished](core::Result<T> result) {
            const auto kept = std::make_shared<core::Result<T>>(std::move(result));
            const auto tell = [this, unit, ticket, onFinished, kept] {
                if (m_tickets.value(unit) != ticket)
                    return; // Abandoned meanwhile.
                abandon(unit);
                onFinished(std::move(*kept));
            };
            QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
        };
        m_tickets[unit] = ticket;
        m_running[unit] = std::make_unique<Running<T>>(std::move(task), deliver);
    }

    bool isRunning(const QString &unit) const { return m_tickets.contains(unit); }

    void abandon(const QString &unit)
    {
        m_tickets.remove(unit);
        m_running.erase(unit);
    }

    void abandonAll()
    {
        m_tickets.clear();
        m_running.clear();
    }

private:
    struct AnyRunning {
        virtual ~AnyRunning() = default;
    };

    template<class T>
    struct Running final : AnyRunning {
        template<class OnFinished>
        Running(core::Task<T> task, OnFinished onFinished) : running(std::move(task), std::move(onFinished))
        {
        }
        core::Running<T> running;
    };

    std::map<QString, std::unique_ptr<AnyRunning>> m_running;
    QHash<QString, quint64> m_tickets;
    quint64 m_lastTicket = 0;
};

} // namespace gui
