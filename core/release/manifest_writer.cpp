// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest.h"

#include "core/json/json_fields.h"

namespace core {

namespace {

Json::Object toObject(const ReleaseFile &file)
{
    Json::Object object;
    if (!file.name.isEmpty())
        object.emplace(QStringLiteral("file"), file.name);
    if (file.size)
        object.emplace(QStringLiteral("size"), *file.size);
    if (!file.sha256.isEmpty())
        object.emplace(QStringLiteral("sha256"), QString::fromLatin1(file.sha256.toHex()));
    return object;
}

Json::Object toObject(const ManifestPayload &payload)
{
    Json::Object object = toObject(payload.file);
    object.emplace(QStringLiteral("image"), payload.image);
    object.emplace(QStringLiteral("slot"), payload.slot);
    if (!payload.url.isEmpty())
        object.emplace(QStringLiteral("url"), payload.url);
    if (payload.isIrreversible)
        object.emplace(QStringLiteral("irreversible"), true);
    if (!payload.signatures.isEmpty())
        object.emplace(QStringLiteral("signatures"), toArray(payload.signatures));
    return object;
}

QString timeOfDay(int minute)
{
    return QStringLiteral("%1:%2")
        .arg(minute / 60, 2, 10, QLatin1Char('0'))
        .arg(minute % 60, 2, 10, QLatin1Char('0'));
}

Json::Object toObject(const ReleasePolicy &policy)
{
    Json::Object object{{QStringLiteral("require_mains_power"), policy.requiresMainsPower}};
    if (policy.canaryPercent)
        object.emplace(QStringLiteral("canary_percent"), *policy.canaryPercent);
    if (policy.batteryMinPercent)
        object.emplace(QStringLiteral("battery_min_percent"), *policy.batteryMinPercent);
    if (policy.installWindow) {
        object.emplace(QStringLiteral("install_window_utc"),
                       Json::Array{timeOfDay(policy.installWindow->fromMinute),
                                   timeOfDay(policy.installWindow->untilMinute)});
    }
    return object;
}

Json::Object toObject(const ManifestHealthCheck &health)
{
    return {{QStringLiteral("check"), health.check},
            {QStringLiteral("within_seconds"), health.withinSeconds}};
}

Json::Object toObject(const ManifestOrigin &origin)
{
    return {{QStringLiteral("format"), origin.format},
            {QStringLiteral("sha256"), QString::fromLatin1(origin.sha256.toHex())}};
}

template<class Item>
Json::Array toArray(const QList<Item> &items)
{
    Json::Array array;
    for (const Item &item : items)
        array.emplace_back(toObject(item));
    return array;
}

Json::Object toObject(const Manifest &manifest)
{
    Json::Array hardware;
    for (const QString &revision : manifest.hardware)
        hardware.emplace_back(revision);
    Json::Object object{
        {QStringLiteral("schema"), 1},
        {QStringLiteral("version"), toText(manifest.version)},
        {QStringLiteral("build"), manifest.build},
        {QStringLiteral("product"), manifest.product},
        {QStringLiteral("hw_compat"), std::move(hardware)},
        {QStringLiteral("channel"), manifest.channel},
        {QStringLiteral("rollback_index"), qint64(manifest.rollbackIndex)},
        {QStringLiteral("payloads"), toArray(manifest.payloads)},
        {QStringLiteral("policy"), toObject(manifest.policy)},
    };
    if (manifest.minBootloader)
        object.emplace(QStringLiteral("min_bootloader"), toText(*manifest.minBootloader));
    if (!manifest.health.isEmpty())
        object.emplace(QStringLiteral("health"), toArray(manifest.health));
    if (manifest.configSchema)
        object.emplace(QStringLiteral("config_schema"), *manifest.configSchema);
    if (manifest.expires)
        object.emplace(QStringLiteral("expires"), timeText(*manifest.expires));
    if (manifest.releaseNotes)
        object.emplace(QStringLiteral("release_notes"), toObject(*manifest.releaseNotes));
    if (manifest.imported)
        object.emplace(QStringLiteral("imported"), toObject(*manifest.imported));
    return object;
}

} // namespace

Result<QByteArray> bytesToSign(const Manifest &manifest)
{
    for (const ManifestPayload &payload : manifest.payloads) {
        if (!payload.file.isFilledIn())
            return fail(ErrorKind::InvalidFile,
                        QStringLiteral("size and hash of %1 are unknown").arg(payload.file.name));
    }
    if (manifest.releaseNotes && !manifest.releaseNotes->isFilledIn())
        return fail(ErrorKind::InvalidFile, QStringLiteral("size and hash of the release notes are unknown"));
    return toCanonical(toObject(manifest));
}

} // namespace core
