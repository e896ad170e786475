// SPDX-License-Identifier: Apache-2.0
#include "app/state/restart_times.h"

#include "core/base/file_access.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

namespace state {

namespace {

constexpr qint64 kLargestFile = 1024 * 1024;
constexpr qsizetype kMostUnits = 1000; // Then it begins anew.
const auto kUnits = QStringLiteral("units");
const auto kBytes = QStringLiteral("image_bytes");
const auto kTook = QStringLiteral("milliseconds");

QString path(const QString &folder)
{
    return QDir(folder).filePath(QStringLiteral("restart_times.json"));
}

QJsonObject unitsIn(const QString &folder)
{
    const auto bytes = core::readWholeFile(path(folder), kLargestFile);
    return bytes ? QJsonDocument::fromJson(*bytes).object()[kUnits].toObject() : QJsonObject();
}

} // namespace

std::optional<core::RestartTime> lastRestart(const QString &folder, const QString &unit)
{
    const QJsonObject entry = unitsIn(folder)[unit].toObject();
    const core::RestartTime time{entry[kBytes].toInteger(), core::Milliseconds(entry[kTook].toInteger())};
    return time.took.count() > 0 ? std::optional(time) : std::nullopt;
}

void rememberRestart(const QString &folder, const QString &unit, const core::RestartTime &time)
{
    if (unit.isEmpty() || !QDir().mkpath(folder))
        return;
    QJsonObject units = unitsIn(folder);
    if (units.size() >= kMostUnits)
        units = {};
    units[unit] = QJsonObject{{kBytes, time.imageBytes}, {kTook, qint64(time.took.count())}};
    const QJsonObject document{{QStringLiteral("schema"), 1}, {kUnits, units}};
    [[maybe_unused]] const auto done = core::replaceFile(path(folder), QJsonDocument(document).toJson());
}

} // namespace state
