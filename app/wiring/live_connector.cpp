// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/live_connector.h"

#include "app/bench/bench_file.h"
#include "app/wiring/link_record.h"
#include "device_protocols/smp/smp_client.h"
#include "device_protocols/transport/port_users.h"
#include "device_protocols/transport/system_ports.h"

#include <QFileInfo>

#include <algorithm>

namespace wiring {

namespace {

core::Result<QList<core::FoundUnit>> benchUnits(const QString &directory)
{
    const core::Result<bench::BenchFile> file = bench::loadBench(QDir(directory));
    if (!file)
        return core::passOn(file.error());
    QList<core::FoundUnit> units;
    for (const bench::BenchUnit &unit : file->units)
        units.append({unit.name, unit.address, QStringLiteral("virtual device")});
    return units;
}

/// Where a link leads; the file itself when it is none.
QString locationOf(const QString &file)
{
    const QFileInfo facts(file);
    return facts.isSymLink() ? facts.symLinkTarget() : file;
}

QString foundAs(const core::Attachment &attachment)
{
    const core::Port &port = attachment.port;
    const QString what = port.product.isEmpty() ? QStringLiteral("serial port") : port.product;
    return attachment.profile ? QStringLiteral("%1: %2").arg(what, attachment.profile->name) : what;
}

} // namespace

LiveConnector::LiveConnector(core::Clock &clock, Places places) :
    LiveConnector(clock, std::move(places), transport::systemPortMonitor(clock))
{
}

LiveConnector::LiveConnector(core::Clock &clock, Places places, std::unique_ptr<core::PortMonitor> monitor) :
    m_clock(clock), m_places(std::move(places)), m_monitor(std::move(monitor))
{
}

LiveConnector::~LiveConnector() = default;

/// Once: whoever changes a profile starts the program anew.
core::Result<core::Done> LiveConnector::readProfiles()
{
    if (m_profiles)
        return core::Done{};
    core::Result<core::ProfileBook> book = core::ProfileBook::read(m_places.profileFolders);
    if (!book)
        return core::passOn(book.error());
    m_profiles = *std::move(book);
    return core::Done{};
}

QList<core::Attachment> LiveConnector::attachments() const
{
    const QList<core::Port> ports = m_monitor->ports();
    QStringList locations;
    for (const core::Port &port : ports)
        locations.append(port.location);
    const auto users = transport::usersOf(locations);
    QList<core::Attachment> attached;
    for (const core::Port &port : ports) {
        core::Attachment attachment{port};
        if (const core::DeviceProfile *profile = m_profiles->profileFor(port))
            attachment.profile = *profile;
        attachment.usedBy = transport::toText(users.value(port.location));
        attached.append(attachment);
    }
    return attached;
}

core::FoundUnit LiveConnector::unitAt(const core::Attachment &attachment, const QString &name) const
{
    const core::Port &port = attachment.port;
    core::DeviceAddress address{core::DeviceAddress::Link::Serial, port.location};
    if (attachment.profile) {
        address.baud = attachment.profile->baud;
        address.framing = attachment.profile->framing;
    }
    return {.name = name.isEmpty() ? core::toText(address) : name,
            .address = address,
            .foundAs = foundAs(attachment),
            .isToBeAsked = attachment.profile.has_value(),
            .attachment = attachment};
}

core::Result<QList<core::FoundUnit>> LiveConnector::find()
{
    if (const auto read = readProfiles(); !read)
        return core::passOn(read.error());
    QList<core::FoundUnit> units;
    if (!m_places.benchDirectory.isEmpty()) {
        const core::Result<QList<core::FoundUnit>> virtualUnits = benchUnits(m_places.benchDirectory);
        if (!virtualUnits)
            return core::passOn(virtualUnits.error());
        units = *virtualUnits;
    }
    const QList<core::Attachment> attached = attachments();
    const QStringList names = m_names.of(m_monitor->ports());
    for (qsizetype index = 0; index < attached.size(); ++index)
        units.append(unitAt(attached.at(index), names.at(index)));
    return units;
}

/// The port of this computer that an address names, by whatever link: /dev/serial/by-id is one, too.
void LiveConnector::addAttachment(core::FoundUnit &unit) const
{
    if (unit.address.link != core::DeviceAddress::Link::Serial)
        return;
    const QString named = locationOf(unit.address.target);
    for (const core::Attachment &attachment : attachments())
        if (attachment.port.location == unit.address.target || attachment.port.location == named)
            unit.attachment = attachment;
}

core::Result<core::FoundUnit> LiveConnector::resolve(QString text)
{
    const core::Result<QList<core::FoundUnit>> units = find();
    if (!units)
        return core::passOn(units.error());
    const auto isNamed = [&text](const core::FoundUnit &unit) { return unit.name == text; };
    const auto matches = std::count_if(units->cbegin(), units->cend(), isNamed);
    if (matches > 1)
        return core::fail(core::ErrorKind::AmbiguousDevice, core::Reason::AmbiguousDevice,
                          QStringLiteral("%1 units are called \"%2\"").arg(matches).arg(text));
    if (matches == 1)
        return *std::find_if(units->cbegin(), units->cend(), isNamed);

    const core::Result<core::DeviceAddress> address = core::parseAddress(text);
    if (!address)
        return core::fail(core::ErrorKind::NoSuchDevice, core::Reason::NoSuchDevice, address.error().detail);
    core::FoundUnit unit{text, *address};
    addAttachment(unit);
    return unit;
}

namespace {

/// Tells once for any number of changes, from the event loop: a port that is opened may tell of others, and
/// who opens it must not be ended by what that leads to.
class QueuedSubscription final : public core::Subscription
{
public:
    QueuedSubscription(core::PortMonitor &monitor, std::function<void()> onChange) :
        m_onChange(std::move(onChange)),
        m_inner(monitor.subscribe([this](core::PortChange, const core::Port &) { tellSoon(); }))
    {
    }

private:
    void tellSoon()
    {
        if (std::exchange(m_isTelling, true))
            return;
        QMetaObject::invokeMethod(
            &m_loop,
            [this] {
                m_isTelling = false;
                const std::function<void()> call = m_onChange; // It may end the subscription.
                call();
            },
            Qt::QueuedConnection);
    }

    std::function<void()> m_onChange;
    QObject m_loop;
    bool m_isTelling = false;
    std::unique_ptr<core::Subscription> m_inner;
};

} // namespace

std::unique_ptr<core::Subscription> LiveConnector::watch(std::function<void()> onChange)
{
    return std::make_unique<QueuedSubscription>(*m_monitor, std::move(onChange));
}

core::Result<LinkTools> LiveConnector::linkTools()
{
    if (const auto read = readProfiles(); !read)
        return core::passOn(read.error());
    LinkTools tools{m_clock, *m_monitor, *m_profiles};
    if (!m_places.recordFile.isEmpty())
        tools.recordFile = recordFileOf(m_places.recordFile, ++m_recordedLinks);
    return tools;
}

core::Task<std::unique_ptr<core::Driver>> LiveConnector::open(core::FoundUnit unit)
{
    LinkTools tools = co_await linkTools();
    co_return co_await openSmpUnit(std::move(unit), std::move(tools));
}

core::Task<std::unique_ptr<smp::Client>> LiveConnector::openClient(core::FoundUnit unit,
                                                                   std::function<void(QByteArray)> onText)
{
    LinkTools tools = co_await linkTools();
    co_return co_await openSmpClient(std::move(unit), std::move(tools), std::move(onText));
}

} // namespace wiring
