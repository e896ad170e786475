// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/release_shelf.h"
#include "app/gui/device_thread/unit_work.h"
#include "app/gui/models/job_progress.h"
#include "core/device/connector.h"

#include <QTimer>

namespace gui {

/// What the operator said of where things are. Each may be empty: the bench's then, or this computer's own.
struct ToldFiles {
    QString trustFile;
    QString stateFolder;
};

using ConnectorFactory = std::function<std::unique_ptr<core::Connector>(core::Clock &, const QString &bench)>;

/// The side of UnitService that lives on the device thread: finds units, asks them, and runs their jobs, each
/// unit on its own. Units that are gone leave the list unless a job is working on them.
class DeviceWorker final : public QObject
{
    Q_OBJECT

public:
    DeviceWorker(core::Clock &clock, ConnectorFactory makeConnector, ToldFiles told);
    ~DeviceWorker() override;

    void openBench(const QString &directory);
    void lookAgain(const QString &unit);
    void addRelease(const QString &file);
    void preparePlan(const PlanRequest &request);
    void start(const QString &unit, const core::UpdatePlan &plan);
    void endTrial(const QString &unit, JobKind kind);
    void stop(const QString &unit);

Q_SIGNALS:
    void unitsListed(const QList<gui::UnitSeen> &units, const gui::SearchReport &search);
    void releasesListed(const QList<gui::ReleaseOffer> &releases);
    void planPrepared(const gui::PlanAnswer &answer);
    void jobMoved(const gui::JobSnapshot &job);
    void jobEnded(const QString &unit, const gui::JobEnd &end);
    void jobFailed(const QString &unit, const core::Error &error);

private:
    struct Place {
        core::FoundUnit found;
        UnitSeen seen;
        core::Milliseconds askedAt{0};
    };
    struct Job {
        JobProgress progress;
        core::StopRequest stop = {};
        core::Milliseconds toldAt{0};
    };

    void search();
    void lookEveryNowAndThen();
    void askTheSilent();
    void dropTheGone(const QStringList &present, QStringList &order);
    void takeFound(const QList<core::FoundUnit> &found);
    bool takeMove(Place &place, core::FoundUnit unit);
    void ask(const QString &unit);
    void takeAnswer(const QString &unit, const UnitSeen &seen);
    void listUnits();
    void listReleases();
    core::JobContext beginJob(const JobSnapshot &start);
    void report(const QString &unit, const core::JobEvent &event);
    void takeEnd(const QString &unit, core::Result<JobEnd> end);

    core::Clock &m_clock;
    ConnectorFactory m_makeConnector;
    ToldFiles m_told;
    ReleaseShelf m_shelf;
    SearchReport m_search;
    std::unique_ptr<core::Connector> m_connector;
    std::unique_ptr<core::Subscription> m_arrivals; // of units at the connector
    QTimer m_timer;
    QStringList m_order; // of the list
    bool m_isListed = false; // since the bench was opened
    std::map<QString, Place> m_places;
    std::map<QString, std::shared_ptr<Job>> m_jobs;
    std::unique_ptr<core::Running<QList<ReleaseOffer>>> m_releaseListing;
    UnitWork m_work; // last: its tasks use everything above
};

} // namespace gui
