// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/units_presenter.h"

#include "app/gui/pages/units/plan_words.h"
#include "app/gui/pages/units/unit_actions.h"
#include "app/gui/pages/units/unit_words.h"
#include "app/texts/user_texts.h"

namespace gui {

UnitsPresenter::UnitsPresenter(UnitService &service, QObject *parent) : QObject(parent), m_service(service)
{
    connect(&service, &UnitService::unitsListed, this, &UnitsPresenter::takeUnits);
    connect(&service, &UnitService::releasesListed, this, &UnitsPresenter::takeReleases);
    connect(&service, &UnitService::planPrepared, this, &UnitsPresenter::takePlan);
    connect(&service, &UnitService::jobMoved, this, &UnitsPresenter::takeJob);
    connect(&service, &UnitService::jobEnded, this, &UnitsPresenter::takeEnd);
    connect(&service, &UnitService::jobFailed, this, &UnitsPresenter::takeFailure);
}

const UnitSeen *UnitsPresenter::find(const QString &unit) const
{
    const auto found = m_indexOf.constFind(unit);
    return found == m_indexOf.constEnd() ? nullptr : &m_units[*found];
}

QList<UnitRow> UnitsPresenter::rows() const
{
    QList<UnitRow> rows;
    rows.reserve(m_units.size());
    for (const UnitSeen &seen : m_units) {
        const auto job = m_jobs.constFind(seen.unit.name);
        rows.append(rowOf(seen, job == m_jobs.constEnd() ? std::nullopt : std::optional(*job)));
    }
    return rows;
}

std::optional<UnitView> UnitsPresenter::detail() const
{
    const UnitSeen *seen = find(m_selected);
    if (!seen)
        return std::nullopt;

    const UnitRow row = rowOf(*seen, std::nullopt);
    UnitView view{.name = row.name, .stage = row.stage, .stageIcon = row.stageIcon, .stageRole = row.role};
    view.identity = identityOf(*seen);
    QStringList lines{view.name};
    for (const Labelled &line : view.identity)
        lines.append(QStringLiteral("%1: %2").arg(line.label, line.value));
    view.identityText = lines.join(u'\n');
    view.slots = slotsOf(seen->unit);
    view.sentence = texts::bootSentence(seen->unit);

    const auto job = m_jobs.constFind(m_selected);
    QList<Milestone> milestones = m_milestones.value(m_selected);
    if (job != m_jobs.constEnd()) {
        view.job = jobViewOf(*job, seen->unit.address);
        milestones.append(job->milestones);
        view.log = job->log;
    } else {
        view.log = m_logs.value(m_selected);
        UnitActions actions = actionsFor(*seen, m_releases);
        view.primary = actions.primary;
        view.others = actions.others;
        view.idleNote = actions.idleNote;
    }
    const Outcome outcome = m_outcomes.value(m_selected);
    view.verdict = outcome.verdict;
    view.error = outcome.error;
    view.history = historyOf(*seen, milestones);
    return view;
}

EmptyView UnitsPresenter::empty() const
{
    return emptyViewOf(m_search);
}

QStringList UnitsPresenter::unitsAtWork() const
{
    QStringList names = m_jobs.keys();
    names.sort();
    return names;
}

void UnitsPresenter::select(const QString &unit)
{
    if (unit == m_selected)
        return;
    m_selected = unit;
    leavePlan();
    Q_EMIT detailChanged();
}

void UnitsPresenter::act(const ActionOffer &offer)
{
    using Kind = ActionOffer::Kind;
    const QString unit = m_selected; // Putting the outcome of a unit that is gone away selects another.
    switch (offer.kind) {
    case Kind::Install:
    case Kind::Recover: {
        const JobKind kind = offer.kind == Kind::Recover ? JobKind::Recovery : JobKind::Update;
        if (offer.release.isEmpty())
            Q_EMIT fileWanted(kind);
        else
            prepare(offer.release, kind);
        return;
    }
    case Kind::Confirm:
    case Kind::Revert:
        dismissOutcome();
        return m_service.endTrial(unit, offer.kind == Kind::Confirm ? JobKind::Confirm : JobKind::Revert);
    case Kind::LookAgain:
        dismissOutcome();
        return m_service.lookAgain(unit);
    }
}

void UnitsPresenter::chooseFile(const QString &file, JobKind kind)
{
    m_service.addRelease(file);
    prepare(file, kind);
}

void UnitsPresenter::takeDroppedRelease(const QString &file)
{
    const UnitSeen *seen = find(m_selected);
    if (!seen || m_jobs.contains(m_selected))
        return m_service.addRelease(file);
    const bool needsRecovery = seen->unit.stage == core::BootStage::InRecovery;
    chooseFile(file, needsRecovery ? JobKind::Recovery : JobKind::Update);
}

void UnitsPresenter::prepare(const QString &release, JobKind kind)
{
    if (m_selected.isEmpty() || m_requested || m_jobs.contains(m_selected))
        return;
    dismissOutcome();
    m_requested = PlanRequest{m_selected, release, kind};
    Q_EMIT detailChanged();
    m_service.preparePlan(*m_requested);
}

void UnitsPresenter::startPlan()
{
    if (!m_plan || !m_planView || !m_planView->canStart)
        return;
    // The sheet starts nothing that was not promised.
    const core::UpdatePlan plan = m_planView->promise.isEmpty() ? *m_plan : promised(*m_plan);
    const QString unit = m_plannedUnit;
    leavePlan();
    m_service.start(unit, plan);
}

void UnitsPresenter::leavePlan()
{
    m_requested.reset();
    m_plan.reset();
    m_plannedUnit.clear();
    if (!m_planView)
        return;
    m_planView.reset();
    Q_EMIT planChanged();
}

void UnitsPresenter::stopJob()
{
    m_service.stop(m_selected);
}

void UnitsPresenter::stopAll()
{
    for (const QString &unit : unitsAtWork())
        m_service.stop(unit);
}

void UnitsPresenter::dismissOutcome()
{
    if (m_outcomes.remove(m_selected) == 0)
        return;
    if (!m_gone.contains(m_selected)) {
        Q_EMIT detailChanged();
        return;
    }
    QList<UnitSeen> remaining = m_units;
    remaining.removeIf([this](const UnitSeen &seen) { return seen.unit.name == m_selected; });
    takeUnits(remaining, m_search);
}

void UnitsPresenter::takeUnits(const QList<UnitSeen> &units, const SearchReport &search)
{
    const QList<UnitSeen> before = std::exchange(m_units, units);
    m_search = search;
    m_gone.clear();
    indexUnits();
    keepBadNews(before);
    forgetStrangers();
    if (!find(m_selected))
        select(m_units.isEmpty() ? QString() : m_units.constFirst().unit.name);
    Q_EMIT listChanged();
    Q_EMIT detailChanged();
}

void UnitsPresenter::indexUnits()
{
    m_indexOf.clear();
    for (qsizetype index = 0; index < m_units.size(); ++index)
        m_indexOf.insert(m_units[index].unit.name, index);
}

/// A unit that is gone leaves the list, unless it ended badly: that must be seen, and put away by hand.
void UnitsPresenter::keepBadNews(const QList<UnitSeen> &before)
{
    for (const UnitSeen &seen : before) {
        const QString &name = seen.unit.name;
        const bool isGone = !m_indexOf.contains(name);
        if (isGone && m_outcomes.value(name).isBadNews()) {
            UnitSeen gone = seen;
            gone.unit.stage = core::BootStage::Silent;
            gone.unit.slots.clear();
            m_units.append(gone);
            m_gone.insert(name);
        } else if (isGone) {
            m_outcomes.remove(name);
            m_milestones.remove(name);
            m_logs.remove(name);
        }
    }
    indexUnits();
}

/// A verdict is about one unit. Another unit on the same port must never be seen with it.
void UnitsPresenter::forgetStrangers()
{
    for (const UnitSeen &seen : std::as_const(m_units)) {
        const core::DeviceIdentity &now = seen.unit.identity;
        const core::DeviceIdentity about = m_outcomes.value(seen.unit.name).about;
        if (core::isSameUnit(now, now) && core::isSameUnit(about, about) && !core::isSameUnit(now, about)) {
            m_outcomes.remove(seen.unit.name);
            m_milestones.remove(seen.unit.name);
            m_logs.remove(seen.unit.name);
        }
    }
}

void UnitsPresenter::takeReleases(const QList<ReleaseOffer> &releases)
{
    m_releases = releases;
    Q_EMIT detailChanged();
}

void UnitsPresenter::takePlan(const PlanAnswer &answer)
{
    const bool isExpected = m_requested && answer.request.unit == m_requested->unit
        && answer.request.release == m_requested->release;
    if (!isExpected)
        return; // The operator went on to something else meanwhile.
    m_requested.reset();
    if (answer.plan) {
        m_plan = answer.plan;
        m_plannedUnit = answer.request.unit;
        m_planView = planViewOf(*answer.plan, answer.lifting);
        Q_EMIT planChanged();
    } else if (answer.error) {
        const UnitSeen *seen = find(answer.request.unit);
        m_outcomes[answer.request.unit].error =
            errorViewOf(*answer.error, tr("Nothing was sent. The unit is as it was."),
                        seen ? seen->unit : core::DeviceSnapshot());
    }
    Q_EMIT detailChanged();
}

void UnitsPresenter::takeJob(const JobSnapshot &job)
{
    const bool isNew = !m_jobs.contains(job.unit);
    m_jobs[job.unit] = job;
    if (isNew)
        m_outcomes.remove(job.unit);
    Q_EMIT listChanged();
    if (job.unit == m_selected)
        Q_EMIT detailChanged();
}

void UnitsPresenter::endJob(const QString &unit, Outcome outcome)
{
    const JobSnapshot job = m_jobs.take(unit);
    m_milestones[unit].append(job.milestones);
    m_logs[unit] = job.log;
    m_outcomes[unit] = std::move(outcome);
    Q_EMIT listChanged();
    Q_EMIT detailChanged();
    Q_EMIT jobEnded(unit);
}

void UnitsPresenter::takeEnd(const QString &unit, const JobEnd &end)
{
    const JobKind kind = m_jobs.contains(unit) ? m_jobs[unit].kind : JobKind::Update;
    endJob(unit, {.verdict = verdictViewOf(end, kind), .about = end.verdict.unit.identity});
}

void UnitsPresenter::takeFailure(const QString &unit, const core::Error &error)
{
    const UnitSeen *seen = find(unit);
    const QString safety = tr("Nothing was written. The unit is as it was.");
    const core::DeviceSnapshot about = seen ? seen->unit : core::DeviceSnapshot();
    endJob(unit, {.error = errorViewOf(error, safety, about), .about = about.identity});
}

} // namespace gui
