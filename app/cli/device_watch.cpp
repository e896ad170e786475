// SPDX-License-Identifier: Apache-2.0
#include "app/cli/device_watch.h"

#include "core/device/survey.h"

#include <algorithm>

namespace cli {

using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 1s; // where nobody tells

QString inspected()
{
    return QStringLiteral("inspected");
}

} // namespace

DeviceWatch::DeviceWatch(Session &session, Scope scope) : m_session(session), m_scope(scope)
{
    m_timer.setInterval(kLookEvery);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { compare(QStringLiteral("arrived")); });
}

DeviceWatch::~DeviceWatch()
{
    m_session.stopRequest().whenRaised({});
}

core::Result<int> DeviceWatch::run()
{
    const auto subscription = m_session.connector().watch([this] { compare(QStringLiteral("arrived")); });
    compare(QStringLiteral("present"));
    if (!subscription || !m_session.options.benchDirectory.isEmpty())
        m_timer.start();
    m_session.stopRequest().whenRaised([this] { m_loop.quit(); });
    if (!m_error && !m_session.stopRequest().isRaised())
        m_loop.exec();
    if (m_error)
        return core::passOn(*m_error);
    return int(m_places.size());
}

void DeviceWatch::compare(const QString &changeOfNewcomers)
{
    const core::Result<QList<core::FoundUnit>> found = m_session.connector().find();
    if (!found) {
        m_error = found.error();
        m_loop.quit();
        return;
    }
    tellOfDepartures(*found);
    for (const core::FoundUnit &unit : *found)
        if (!m_places.contains(unit.name))
            welcome(unit, changeOfNewcomers);
}

void DeviceWatch::tellOfDepartures(const QList<core::FoundUnit> &found)
{
    for (auto place = m_places.begin(); place != m_places.end();) {
        const core::FoundUnit unit = place->second.unit;
        // Another device may have the name by now.
        const bool isThere = std::any_of(found.cbegin(), found.cend(), [&unit](const core::FoundUnit &one) {
            const bool isSamePort =
                !one.attachment || !unit.attachment || one.attachment->port == unit.attachment->port;
            return one.name == unit.name && isSamePort;
        });
        if (isThere) {
            ++place;
            continue;
        }
        place = m_places.erase(place); // And with it whatever it is being asked.
        m_session.output().deviceChange(QStringLiteral("left"),
                                        core::silentUnit(unit, QStringLiteral("it left")));
    }
}

void DeviceWatch::welcome(core::FoundUnit unit, const QString &change)
{
    unit.isToBeAsked = unit.isToBeAsked || m_scope == Scope::Everything;
    m_session.output().deviceChange(change, core::silentUnit(unit, unit.note));
    Place &place = m_places[unit.name];
    place.unit = unit;
    if (!unit.isToBeAsked)
        return;
    const auto tell = [this](const core::Result<core::DeviceSnapshot> &seen) {
        if (seen)
            m_session.output().deviceChange(inspected(), *seen);
    };
    place.asking = std::make_unique<core::Running<core::DeviceSnapshot>>(
        core::lookAt(m_session.connector(), unit, m_session.clock()), tell);
}

} // namespace cli
