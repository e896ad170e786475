// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/device_thread.h"

#include "core/async/system_clock.h"

namespace gui {

DeviceThread::DeviceThread(ConnectorFactory makeConnector, const ToldFiles &told) :
    m_clock(std::make_unique<core::SystemClock>()),
    m_worker(new DeviceWorker(*m_clock, std::move(makeConnector), told))
{
    connect(m_worker, &DeviceWorker::unitsListed, this, &UnitService::unitsListed);
    connect(m_worker, &DeviceWorker::releasesListed, this, &UnitService::releasesListed);
    connect(m_worker, &DeviceWorker::planPrepared, this, &UnitService::planPrepared);
    connect(m_worker, &DeviceWorker::jobMoved, this, &UnitService::jobMoved);
    connect(m_worker, &DeviceWorker::jobEnded, this, &UnitService::jobEnded);
    connect(m_worker, &DeviceWorker::jobFailed, this, &UnitService::jobFailed);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("devices"));
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

DeviceThread::~DeviceThread()
{
    m_thread.quit();
    m_thread.wait();
}

void DeviceThread::openBench(const QString &directory)
{
    post([worker = m_worker, directory] { worker->openBench(directory); });
}

void DeviceThread::lookAgain(const QString &unit)
{
    post([worker = m_worker, unit] { worker->lookAgain(unit); });
}

void DeviceThread::addRelease(const QString &file)
{
    post([worker = m_worker, file] { worker->addRelease(file); });
}

void DeviceThread::preparePlan(const PlanRequest &request)
{
    post([worker = m_worker, request] { worker->preparePlan(request); });
}

void DeviceThread::start(const QString &unit, const core::UpdatePlan &plan)
{
    post([worker = m_worker, unit, plan] { worker->start(unit, plan); });
}

void DeviceThread::endTrial(const QString &unit, JobKind kind)
{
    post([worker = m_worker, unit, kind] { worker->endTrial(unit, kind); });
}

void DeviceThread::stop(const QString &unit)
{
    post([worker = m_worker, unit] { worker->stop(unit); });
}

} // namespace gui
