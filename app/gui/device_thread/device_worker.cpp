// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/device_worker.h"

#include "app/gui/device_thread/unit_tasks.h"
#include "app/state/catalog_rules.h"
#include "app/state/state_folders.h"
#include "core/async/on_worker.h"
#include "core/device/survey.h"

#include <QDir>

namespace gui {

using namespace std::chrono_literals;

namespace {

constexpr auto kSearchEvery = 1s; // what a person takes for "at once" after plugging in; where nobody tells
constexpr core::Milliseconds kAskSilentEvery = 5s;
constexpr core::Milliseconds kTellEvery = 100ms; // of a progress that a person watches

} // namespace

DeviceWorker::DeviceWorker(core::Clock &clock, ConnectorFactory makeConnector, ToldFiles told) :
    m_clock(clock), m_makeConnector(std::move(makeConnector)), m_told(std::move(told)), m_timer(this),
    m_work(this)
{
    connect(&m_timer, &QTimer::timeout, this, &DeviceWorker::lookEveryNowAndThen);
}

DeviceWorker::~DeviceWorker()
{
    m_work.abandonAll(); // Tasks hold drivers of the connector.
}

void DeviceWorker::openBench(const QString &directory)
{
    if (!m_jobs.empty())
        return; // The window does not offer it then; a job is never abandoned for a look elsewhere.
    m_work.abandonAll();
    m_places.clear();
    m_order.clear();
    m_isListed = false;
    m_search = {.bench = directory};
    m_arrivals.reset(); // It belongs to the connector that goes.
    m_connector = m_makeConnector(m_clock, directory);
    m_arrivals = m_connector->watch([this] { search(); });
    m_shelf.trust = state::trustInUse({m_told.trustFile, directory, state::stateFolder(m_told.stateFolder)});
    m_shelf.catalogFolder = state::catalogFolder(m_told.stateFolder, directory);
    m_shelf.folder.clear();
    if (!directory.isEmpty())
        m_shelf.folder = QDir(directory).absoluteFilePath(QStringLiteral("releases"));
    listReleases();
    const bool isTold = m_arrivals && directory.isEmpty(); // The units of a bench do not tell.
    m_timer.start(isTold ? kAskSilentEvery : core::Milliseconds(kSearchEvery));
    search();
}

void DeviceWorker::lookEveryNowAndThen()
{
    if (!m_arrivals || !m_search.bench.isEmpty())
        search();
    else
        askTheSilent();
}

void DeviceWorker::search()
{
    const core::Result<QList<core::FoundUnit>> found = m_connector->find();
    const bool hadError = m_search.error.has_value();
    m_search.error = found ? std::nullopt : std::optional(found.error());
    if (hadError != m_search.error.has_value())
        m_isListed = false; // Even an empty list has something new to say.
    takeFound(found.value_or(QList<core::FoundUnit>()));
    askTheSilent();
}

void DeviceWorker::askTheSilent()
{
    for (const auto &[name, place] : m_places) {
        const bool isSilent = place.seen.unit.stage == core::BootStage::Silent && place.found.isToBeAsked;
        if (isSilent && m_clock.now() - place.askedAt >= kAskSilentEvery)
            ask(name);
    }
}

void DeviceWorker::takeFound(const QList<core::FoundUnit> &found)
{
    QStringList order;
    QStringList fresh;
    for (const core::FoundUnit &unit : found) {
        order.append(unit.name);
        const auto known = m_places.find(unit.name);
        if (known != m_places.end()) {
            if (takeMove(known->second, unit))
                fresh.append(unit.name);
            continue;
        }
        UnitSeen seen{.unit = core::notAskedYet(unit), .foundAs = unit.foundAs};
        seen.isToBeAsked = unit.isToBeAsked;
        m_places.emplace(unit.name, Place{unit, seen});
        fresh.append(unit.name);
    }
    const QStringList present = order;
    dropTheGone(present, order);
    const bool isChanged = order != m_order || !m_isListed;
    m_order = order;
    for (const QString &name : fresh)
        if (m_places.at(name).found.isToBeAsked)
            ask(name);
    if (isChanged)
        listUnits();
}

/// A known unit that was found again, and whether it is at another port now: it restarted meanwhile, and what
/// it is asked there will not be answered.
bool DeviceWorker::takeMove(Place &place, core::FoundUnit unit)
{
    const bool isMoved = place.found.address != unit.address;
    unit.isToBeAsked = unit.isToBeAsked || place.found.isToBeAsked; // Its operator named it.
    place.found = std::move(unit);
    const bool hasJob = m_jobs.contains(place.found.name); // It follows the unit by itself.
    if (isMoved && place.seen.isBeingAsked && !hasJob)
        m_work.abandon(place.found.name);
    return isMoved;
}

/// A unit that a job works on may be away for its restart: it stays in the list.
void DeviceWorker::dropTheGone(const QStringList &present, QStringList &order)
{
    for (const QString &name : std::as_const(m_order)) {
        if (present.contains(name))
            continue;
        if (m_jobs.contains(name)) {
            order.append(name);
            continue;
        }
        m_work.abandon(name);
        m_places.erase(name);
    }
}

void DeviceWorker::lookAgain(const QString &unit)
{
    if (!m_connector)
        return;
    if (unit.isEmpty()) {
        search();
        listReleases(); // Somebody may have blocked one meanwhile.
        for (const QString &name : std::as_const(m_order))
            if (m_places.at(name).found.isToBeAsked)
                ask(name);
    } else if (m_places.contains(unit)) {
        m_places.at(unit).found.isToBeAsked = true; // Its operator named it.
        m_places.at(unit).seen.isToBeAsked = true;
        ask(unit);
    }
    listUnits();
}

void DeviceWorker::ask(const QString &unit)
{
    if (m_work.isRunning(unit))
        return; // It is being asked already, or its plan or job must not be abandoned for a look.
    Place &place = m_places.at(unit);
    place.seen.isBeingAsked = true;
    place.askedAt = m_clock.now();
    m_work.start<UnitSeen>(unit, askUnit(*m_connector, place.found, m_clock),
                           [this, unit](core::Result<UnitSeen> seen) { takeAnswer(unit, *seen); });
}

void DeviceWorker::takeAnswer(const QString &unit, const UnitSeen &seen)
{
    Place &place = m_places.at(unit);
    const core::DeviceIdentity known = place.seen.unit.identity;
    place.seen.unit = seen.unit;
    if (seen.unit.stage == core::BootStage::Silent)
        place.seen.unit.identity = known; // Who it was when it last spoke is what its operator looks for.
    place.seen.evidence = seen.evidence;
    place.seen.isBeingAsked = false;
    listUnits();
}

void DeviceWorker::listUnits()
{
    m_isListed = true;
    QList<UnitSeen> units;
    for (const QString &name : std::as_const(m_order))
        units.append(m_places.at(name).seen);
    Q_EMIT unitsListed(units, m_search);
}

void DeviceWorker::addRelease(const QString &file)
{
    if (m_shelf.addedFiles.contains(file))
        return;
    m_shelf.addedFiles.append(file);
    listReleases();
}

void DeviceWorker::listReleases()
{
    const std::function<core::Result<QList<ReleaseOffer>>()> work = [shelf = m_shelf] {
        return core::Result<QList<ReleaseOffer>>(offersOn(shelf));
    };
    m_releaseListing.reset(); // An older listing is of no use any more.
    m_releaseListing = std::make_unique<core::Running<QList<ReleaseOffer>>>(
        core::onWorker<QList<ReleaseOffer>>(work),
        [this](const core::Result<QList<ReleaseOffer>> &offers) { Q_EMIT releasesListed(*offers); });
}

void DeviceWorker::preparePlan(const PlanRequest &request)
{
    const auto place = m_places.find(request.unit);
    if (place == m_places.end() || m_jobs.contains(request.unit)) {
        const core::Error gone{core::ErrorKind::NoSuchDevice, request.unit, core::Reason::NoSuchDevice};
        Q_EMIT planPrepared({request, {}, gone});
        return;
    }
    const auto answer = [this, request](core::Result<core::UpdatePlan> plan) {
        if (!plan) {
            Q_EMIT planPrepared({request, {}, plan.error()});
            return;
        }
        const QStringList lifting =
            state::liftingCommands(m_shelf.catalogFolder, plan->release, plan->against);
        Q_EMIT planPrepared({request, *plan, {}, lifting});
    };
    place->second.seen.isBeingAsked = false; // The plan asks it anew.
    m_work.start<core::UpdatePlan>(
        request.unit, planFor(*m_connector, place->second.found, m_clock, m_shelf, request), answer);
}

core::JobContext DeviceWorker::beginJob(const JobSnapshot &start)
{
    const QString unit = start.unit;
    m_work.abandon(unit); // A look at it; its answer is not waited for any more.
    m_places.at(unit).seen.isBeingAsked = false;
    const auto job = std::make_shared<Job>(Job{JobProgress(start, m_clock.now())});
    m_jobs[unit] = job;
    Q_EMIT jobMoved(job->progress.snapshot());
    return {m_clock, [this, unit](const core::JobEvent &event) { report(unit, event); }, &job->stop};
}

void DeviceWorker::start(const QString &unit, const core::UpdatePlan &plan)
{
    const auto place = m_places.find(unit);
    if (place == m_places.end() || m_jobs.contains(unit))
        return;
    const core::Slot *running = core::runningSlot(plan.order.before);
    const bool isRecovery = plan.order.purpose == core::InstallOrder::Purpose::Recovery;
    const JobSnapshot snapshot{.unit = unit,
                               .kind = isRecovery ? JobKind::Recovery : JobKind::Update,
                               .from = running ? std::optional(running->version) : std::nullopt,
                               .to = plan.order.image.version};
    const core::JobContext context = beginJob(snapshot);
    const PlanToRun order{plan, m_shelf.catalogFolder};
    m_work.start<JobEnd>(unit, runPlan(*m_connector, place->second.found, order, context),
                         [this, unit](core::Result<JobEnd> end) { takeEnd(unit, std::move(end)); });
}

void DeviceWorker::endTrial(const QString &unit, JobKind kind)
{
    const auto place = m_places.find(unit);
    if (place == m_places.end() || m_jobs.contains(unit))
        return;
    const core::JobContext context = beginJob({.unit = unit, .kind = kind, .isStoppable = false});
    m_work.start<JobEnd>(unit, runEnding(*m_connector, place->second.found, kind, context),
                         [this, unit](core::Result<JobEnd> end) { takeEnd(unit, std::move(end)); });
}

void DeviceWorker::report(const QString &unit, const core::JobEvent &event)
{
    const std::shared_ptr<Job> job = m_jobs.at(unit);
    const core::Milliseconds now = m_clock.now();
    job->progress.take(event, now, QDateTime::currentDateTimeUtc());
    const bool isMinor = std::holds_alternative<core::WriteProgressed>(event)
        || std::holds_alternative<core::LinePrinted>(event);
    if (isMinor && now - job->toldAt < kTellEvery)
        return;
    job->toldAt = now;
    Q_EMIT jobMoved(job->progress.snapshot());
}

void DeviceWorker::stop(const QString &unit)
{
    const auto job = m_jobs.find(unit);
    if (job == m_jobs.end())
        return;
    job->second->stop.raise();
    job->second->progress.askToStop();
    Q_EMIT jobMoved(job->second->progress.snapshot());
}

void DeviceWorker::takeEnd(const QString &unit, core::Result<JobEnd> end)
{
    m_jobs.erase(unit);
    if (end) {
        end->verdict.unit.name = unit;
        if (end->verdict.unit.stage != core::BootStage::Silent)
            m_places.at(unit).seen.unit = end->verdict.unit;
        if (end->blocking)
            listReleases(); // What is blocked now is not proposed to the next unit.
        Q_EMIT jobEnded(unit, *end);
    } else {
        Q_EMIT jobFailed(unit, end.error());
    }
    listUnits();
    search(); // It may have gone meanwhile, or be at another port.
    if (m_places.contains(unit))
        ask(unit);
}

} // namespace gui
