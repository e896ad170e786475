// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/smp_parts.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <QCborValue>

namespace cli {

namespace {

QString marked(const QCborMap &request)
{
    const QByteArray hash = request[QLatin1String("hash")].toByteArray();
    const QString image = hash.isEmpty()
        ? QStringLiteral("the running image")
        : QStringLiteral("the image %1…").arg(QString::fromLatin1(hash.toHex().left(12)));
    return request[QLatin1String("confirm")].toBool()
        ? QStringLiteral("From now on %1 boots.").arg(image)
        : QStringLiteral("At the next start %1 boots once, and is rolled back unless it is confirmed.")
              .arg(image);
}

QString restarted(const QCborMap &request)
{
    return request[QLatin1String("boot_mode")].toInteger() == 1
        ? QStringLiteral("The device restarts into its bootloader.")
        : QStringLiteral("The device restarts.");
}

QString erased(const QCborMap &request)
{
    const QCborValue slot = request[QLatin1String("slot")];
    return slot.isInteger() ? QStringLiteral("Slot %1 was erased.").arg(slot.toInteger())
                            : QStringLiteral("The second slot was erased.");
}

QString named(const QCborMap &request)
{
    return request[QLatin1String("name")].toString();
}

QString scalarText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    const QByteArray json = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(json.mid(1, json.size() - 2));
}

void addLines(QStringList &lines, const QString &name, const QJsonValue &value, int depth)
{
    const QString indent(2 * depth, u' ');
    if (value.isObject()) {
        lines.append(QStringLiteral("%1%2:").arg(indent, name));
        const QJsonObject object = value.toObject();
        for (auto member = object.begin(); member != object.end(); ++member)
            addLines(lines, member.key(), member.value(), depth + 1);
    } else if (value.isArray()) {
        lines.append(QStringLiteral("%1%2:").arg(indent, name));
        int index = 0;
        for (const QJsonValue &item : value.toArray())
            addLines(lines, QStringLiteral("[%1]").arg(index++), item, depth + 1);
    } else {
        lines.append(QStringLiteral("%1%2: %3").arg(indent, name, scalarText(value)));
    }
}

} // namespace

QString smpSentence(const QString &command, const QCborMap &request)
{
    using Say = QString (*)(const QCborMap &);
    static const QMap<QString, Say> kSentences{
        {QStringLiteral("os-reset"), restarted},
        {QStringLiteral("image-mark"), marked},
        {QStringLiteral("image-erase"), erased},
        {QStringLiteral("os-set-date"),
         [](const QCborMap &) { return QStringLiteral("The device's clock was set."); }},
        {QStringLiteral("settings-write"),
         [](const QCborMap &body) { return QStringLiteral("The setting %1 was written.").arg(named(body)); }},
        {QStringLiteral("settings-delete"),
         [](const QCborMap &body) { return QStringLiteral("The setting %1 was deleted.").arg(named(body)); }},
        {QStringLiteral("settings-commit"),
         [](const QCborMap &) { return QStringLiteral("The application took the settings over."); }},
        {QStringLiteral("settings-load"),
         [](const QCborMap &) { return QStringLiteral("The settings were loaded anew."); }},
        {QStringLiteral("settings-save"),
         [](const QCborMap &) { return QStringLiteral("The settings were saved."); }},
        {QStringLiteral("fs-write"),
         [](const QCborMap &body) { return QStringLiteral("The file %1 was written to.").arg(named(body)); }},
        {QStringLiteral("zephyr-erase-storage"),
         [](const QCborMap &) { return QStringLiteral("The settings partition was erased."); }},
    };
    const auto say = kSentences.constFind(command);
    return say == kSentences.constEnd() ? QString() : (*say)(request);
}

QString smpReplyText(const QJsonObject &reply)
{
    QStringList lines;
    for (auto member = reply.begin(); member != reply.end(); ++member)
        addLines(lines, member.key(), member.value(), 0);
    return lines.join(u'\n');
}

} // namespace cli
