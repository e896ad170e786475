// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/unit_report.h"

#include "app/events/event_json.h"
#include "core/base/file_access.h"
#include "core/device/survey.h"
#include "core/release/bundle_archive.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSysInfo>

namespace cli {

namespace {

constexpr qint64 kLargestSession = 64 * 1024 * 1024;

QJsonArray unitsOf(const core::Result<QList<core::FoundUnit>> &found)
{
    QJsonArray units;
    for (const core::FoundUnit &unit : found.value_or(QList<core::FoundUnit>()))
        units.append(events::deviceJson(core::notAskedYet(unit)));
    return units;
}

QJsonObject surroundings()
{
    return {{QStringLiteral("schema"), 1},
            {QStringLiteral("program"), QStringLiteral("bootmend " BOOTMEND_VERSION)},
            {QStringLiteral("time"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)},
            {QStringLiteral("system"), QSysInfo::prettyProductName()},
            {QStringLiteral("kernel"), QSysInfo::kernelType() + u' ' + QSysInfo::kernelVersion()}};
}

} // namespace

UnitReport::UnitReport(QString path, Session &session) : m_path(std::move(path)), m_session(session)
{
    if (isWanted() && m_session.options.recordFile.isEmpty())
        m_session.options.recordFile = m_folder.filePath(QStringLiteral("link.session"));
}

core::Result<core::Done> UnitReport::write(const QJsonObject &findings)
{
    QJsonObject report = surroundings();
    report[QStringLiteral("findings")] = findings;
    report[QStringLiteral("attached")] = unitsOf(m_session.connector().find());
    QList<core::BundleEntry> entries{{QStringLiteral("report.json"), QJsonDocument(report).toJson()}};
    // None when the link could not even be opened.
    const auto recorded = core::readWholeFile(m_session.options.recordFile, kLargestSession);
    if (recorded)
        entries.append({QStringLiteral("link.session"), *recorded});
    return core::writeArchiveFile(m_path, entries);
}

} // namespace cli
