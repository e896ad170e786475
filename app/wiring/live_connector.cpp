// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/live_connector.h"

#include "app/bench/bench_file.h"
#include "app/wiring/link_record.h"
#include "device_protocols/smp/smp_client.h"
#include "device_protocols/transport/port_owner.h"
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

QString noteOn(const core::Attachment &attachment)
{
    const core::Port &port = attachment.port;
    const QString what = port.product.isEmpty() ? QStringLiteral("serial port") : port.product;
    if (attachment.profile)
        return QStringLiteral("%1: %2").arg(what, attachment.profile->name);
    const QString unknown = QStringLiteral("%1; not asked who it is, because no profile knows it").arg(what);
    if (attachment.holder.isEmpty())
        return unknown;
    return QStringLiteral("%1; used by another program: %2").arg(unknown, attachment.holder);
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

core::Attachment LiveConnector::attachmentOf(const core::Port &port) const
{
    core::Attachment attachment{port};
    if (const core::DeviceProfile *profile = m_profiles->profileFor(port))
        attachment.profile = *profile;
    else // One that is asked tells it by refusing to be opened.
        attachment.holder = transport::toText(transport::ownersOf(port.location));
    return attachment;
}

core::FoundUnit LiveConnector::unitAt(const core::Port &port, const QString &name) const
{
    const core::Attachment attachment = attachmentOf(port);
    core::DeviceAddress address{core::DeviceAddress::Link::Serial, port.location};
    if (attachment.profile) {
        address.baud = attachment.profile->baud;
        address.framing = attachment.profile->framing;
    }
    return {.name = name.isEmpty() ? core::toText(address) : name,
            .address = address,
            .note = noteOn(attachment),
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
    const QList<core::Port> ports = m_monitor->ports();
    const QStringList names = core::namesOf(ports);
    for (qsizetype index = 0; index < ports.size(); ++index)
        units.append(unitAt(ports.at(index), names.at(index)));
    return units;
}

/// The port of this computer that an address names, by whatever link: /dev/serial/by-id is one, too.
void LiveConnector::addAttachment(core::FoundUnit &unit) const
{
    if (unit.address.link != core::DeviceAddress::Link::Serial)
        return;
    const QString named = locationOf(unit.address.target);
    for (const core::Port &port : m_monitor->ports())
        if (port.location == unit.address.target || port.location == named)
            unit.attachment = attachmentOf(port);
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

std::unique_ptr<core::Subscription> LiveConnector::watch(std::function<void()> onChange)
{
    return m_monitor->subscribe(
        [onChange = std::move(onChange)](core::PortChange, const core::Port &) { onChange(); });
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
