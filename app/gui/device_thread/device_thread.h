// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/device_worker.h"
#include "app/gui/device_thread/unit_service.h"

#include <QThread>

namespace gui {

/// The thread on which connectors, drivers and recipes live, and the way to it. Calls go over as queued
/// calls, answers come back as queued signals. Ends its work and its thread when it is destroyed.
class DeviceThread final : public UnitService
{
    Q_OBJECT

public:
    /// `makeConnector` is called on the device thread.
    DeviceThread(ConnectorFactory makeConnector, const ToldFiles &told);
    ~DeviceThread() override;

    void openBench(const QString &directory) override;
    void lookAgain(const QString &unit) override;
    void addRelease(const QString &file) override;
    void preparePlan(const PlanRequest &request) override;
    void start(const QString &unit, const core::UpdatePlan &plan) override;
    void endTrial(const QString &unit, JobKind kind) override;
    void stop(const QString &unit) override;

private:
    template<class Call>
    void post(Call call)
    {
        QMetaObject::invokeMethod(m_worker, call, Qt::QueuedConnection);
    }

    std::unique_ptr<core::Clock> m_clock;
    QThread m_thread;
    DeviceWorker *m_worker; // lives on m_thread, which deletes it
};

} // namespace gui
