// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/unit_service.h"
#include "app/gui/pages/units/unit_view.h"

#include <QHash>
#include <QSet>

namespace gui {

/// What the units page knows and decides, without a widget: which unit is selected, what can be done with it,
/// which plan is being looked at, what came of it. Lives on the GUI thread; outlived by the service.
class UnitsPresenter final : public QObject
{
    Q_OBJECT

public:
    UnitsPresenter(UnitService &service, QObject *parent);

    QList<UnitRow> rows() const;
    const QString &selected() const { return m_selected; }
    std::optional<UnitView> detail() const;
    EmptyView empty() const;
    const std::optional<PlanView> &plan() const { return m_planView; }
    bool isPreparing() const { return m_requested.has_value(); }

    /// Names of the units with a job that is not over.
    QStringList unitsAtWork() const;

    void select(const QString &unit);

    /// Begins what was offered. Install and Recover prepare a plan first; without a release they ask for a
    /// file by fileWanted().
    void act(const ActionOffer &offer);
    void chooseFile(const QString &file, JobKind kind);

    /// A release file that was dropped on the window: what fits the selected unit is done with it.
    void takeDroppedRelease(const QString &file);

    void startPlan();
    void leavePlan();
    void stopJob();
    void stopAll();

    /// Puts the selected unit's verdict or error away.
    void dismissOutcome();

Q_SIGNALS:
    void listChanged();
    void detailChanged();
    void planChanged();
    void fileWanted(gui::JobKind kind);
    void jobEnded(const QString &unit);

private:
    struct Outcome {
        std::optional<VerdictView> verdict = {};
        std::optional<ErrorView> error = {};
        core::DeviceIdentity about = {}; // the unit that it was about, whoever is on its port later

        /// Bad news are put away by hand, even when the unit is gone.
        bool isBadNews() const
        {
            const StateRole role = verdict ? verdict->role : StateRole::Neutral;
            return error || role == StateRole::Caution || role == StateRole::Bad
                || role == StateRole::Unknown;
        }
    };

    void takeUnits(const QList<UnitSeen> &units, const SearchReport &search);
    void keepBadNews(const QList<UnitSeen> &before);
    void forgetStrangers();
    void indexUnits();
    void takeReleases(const QList<ReleaseOffer> &releases);
    void takePlan(const PlanAnswer &answer);
    void takeJob(const JobSnapshot &job);
    void takeEnd(const QString &unit, const JobEnd &end);
    void takeFailure(const QString &unit, const core::Error &error);
    const UnitSeen *find(const QString &unit) const;
    void prepare(const QString &release, JobKind kind);
    void endJob(const QString &unit, Outcome outcome);

    UnitService &m_service;
    QList<UnitSeen> m_units;
    QHash<QString, qsizetype> m_indexOf;
    QList<ReleaseOffer> m_releases;
    SearchReport m_search;
    QSet<QString> m_gone; // still listed because of what came of them
    QString m_selected;
    QHash<QString, JobSnapshot> m_jobs;
    QHash<QString, Outcome> m_outcomes;
    QHash<QString, QList<Milestone>> m_milestones;
    QHash<QString, QStringList> m_logs; // of the last jobs
    std::optional<PlanRequest> m_requested;
    std::optional<core::UpdatePlan> m_plan;
    QString m_plannedUnit;
    std::optional<PlanView> m_planView;
};

} // namespace gui
