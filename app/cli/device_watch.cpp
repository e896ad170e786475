// SPDX-License-Identifier: Apache-2.0
#include "app/cli/device_watch.h"

#include "core/device/survey.h"

#include <algorithm>

namespace cli {

using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 1s; // at a bench, which does not tell
constexpr auto kAskSilentEvery = 5s;

/// Whether it is the same unit at the same port: another device may have the name by now.
bool isSame(const core::FoundUnit &one, const core::FoundUnit &other)
{
    const bool isSamePort =
        !one.attachment || !other.attachment || one.attachment->port == other.attachment->port;
    return one.name == other.name && isSamePort;
}

} // namespace

DeviceWatch::DeviceWatch(Session &session, Scope scope) : m_session(session), m_scope(scope)
{
    QObject::connect(&m_benchTimer, &QTimer::timeout, &m_benchTimer, [this] { compare(Change::Arrived); });
    QObject::connect(&m_silenceTimer, &QTimer::timeout, &m_silenceTimer, [this] { askTheSilent(); });
}

DeviceWatch::~DeviceWatch()
{
    m_session.stopRequest().whenRaised({});
}

core::Result<int> DeviceWatch::run()
{
    const auto subscription = m_session.connector().watch([this] { compare(Change::Arrived); });
    compare(Change::Present);
    if (!m_session.options.benchDirectory.isEmpty())
        m_benchTimer.start(kLookEvery);
    m_silenceTimer.start(kAskSilentEvery);
    m_session.stopRequest().whenRaised([this] { m_loop.quit(); });
    if (!m_error && !m_session.stopRequest().isRaised())
        m_loop.exec();
    if (m_error)
        return core::passOn(*m_error);
    return int(m_entries.size());
}

void DeviceWatch::compare(Change changeOfNewcomers)
{
    const core::Result<QList<core::FoundUnit>> found = m_session.connector().find();
    if (!found) {
        m_error = found.error();
        m_loop.quit();
        return;
    }
    tellOfDepartures(*found);
    for (const core::FoundUnit &unit : *found)
        if (!m_entries.contains(unit.name))
            welcome(unit, changeOfNewcomers);
}

void DeviceWatch::tellOfDepartures(const QList<core::FoundUnit> &found)
{
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        const core::FoundUnit unit = entry->second.unit;
        const bool isThere = std::any_of(found.cbegin(), found.cend(),
                                         [&unit](const core::FoundUnit &one) { return isSame(one, unit); });
        if (isThere) {
            ++entry;
            continue;
        }
        entry = m_entries.erase(entry); // And with it whatever it is being asked.
        m_session.output().deviceChange(Change::Left, core::notAskedYet(unit));
    }
}

void DeviceWatch::welcome(core::FoundUnit unit, Change change)
{
    unit.isToBeAsked = unit.isToBeAsked || m_scope == Scope::Everything;
    m_session.output().deviceChange(change, core::notAskedYet(unit));
    Entry &entry = m_entries[unit.name];
    entry.unit = unit;
    if (unit.isToBeAsked)
        ask(entry);
}

void DeviceWatch::ask(Entry &entry)
{
    entry.asking = std::make_unique<core::Running<core::DeviceSnapshot>>(
        core::lookAt(m_session.connector(), entry.unit, m_session.clock()),
        [this, &entry](const core::Result<core::DeviceSnapshot> &seen) {
            if (seen)
                takeAnswer(entry, *seen);
        });
}

void DeviceWatch::askTheSilent()
{
    for (auto &[name, entry] : m_entries)
        if (entry.stage == core::BootStage::Silent)
            ask(entry);
}

void DeviceWatch::takeAnswer(Entry &entry, const core::DeviceSnapshot &seen)
{
    const auto before = std::exchange(entry.stage, seen.stage);
    if (before != core::BootStage::Silent || seen.stage != core::BootStage::Silent)
        m_session.output().deviceChange(Change::Inspected, seen);
}

} // namespace cli
