// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/reply_fields.h"

namespace smp {

QString ReplyFields::text(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isString())
        complain(key, QStringLiteral("is not a text"));
    return value.toString();
}

QString ReplyFields::textOr(QLatin1String key, const QString &absent)
{
    return has(key) ? text(key) : absent;
}

QByteArray ReplyFields::bytes(QLatin1String key)
{
    if (!has(key))
        complain(key, QStringLiteral("is missing"));
    return bytesOrNone(key);
}

QByteArray ReplyFields::bytesOrNone(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (has(key) && !value.isByteArray())
        complain(key, QStringLiteral("is not a byte string"));
    return value.toByteArray();
}

bool ReplyFields::flag(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isBool())
        complain(key, QStringLiteral("is not a boolean"));
    return value.toBool();
}

bool ReplyFields::flagOr(QLatin1String key, bool absent)
{
    return has(key) ? flag(key) : absent;
}

QCborValue ReplyFields::anything(QLatin1String key)
{
    if (!has(key))
        complain(key, QStringLiteral("is missing"));
    return m_fields.value(key);
}

ReplyFields ReplyFields::inner(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isMap())
        complain(key, QStringLiteral("is not a map"));
    return ReplyFields(value.toMap(), m_what);
}

QList<ReplyFields> ReplyFields::items(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isArray())
        complain(key, QStringLiteral("is not a list"));
    QList<ReplyFields> found;
    const QCborArray list = value.toArray();
    for (qsizetype index = 0; index < list.size(); ++index)
        found.append(itemOf(list.at(index), QStringLiteral("%1[%2]").arg(key).arg(index)));
    return found;
}

std::map<QString, ReplyFields> ReplyFields::members(QLatin1String key)
{
    const bool isWholeMap = key.isEmpty();
    const QCborValue value = isWholeMap ? QCborValue(m_fields) : m_fields.value(key);
    if (!value.isMap())
        complain(key, QStringLiteral("is not a map"));
    std::map<QString, ReplyFields> found;
    const QCborMap map = value.toMap();
    for (const auto &[name, member] : map) {
        if (isWholeMap && !QCborValue(member).isMap())
            continue;
        if (!QCborValue(name).isString())
            complain(key, QStringLiteral("has a key that is not a text"));
        const QString text = QCborValue(name).toString();
        found.insert_or_assign(text, itemOf(member, QStringLiteral("%1.%2").arg(key, text)));
    }
    return found;
}

ReplyFields ReplyFields::itemOf(const QCborValue &item, const QString &place) const
{
    QCborMap map;
    map[kItem] = item;
    return ReplyFields(std::move(map), QStringLiteral("%1, %2").arg(m_what, place));
}

QList<int> ReplyFields::numbers(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isArray())
        complain(key, QStringLiteral("is not a list"));
    QList<int> found;
    for (const QCborValue &item : value.toArray()) {
        const qint64 number = item.toInteger(-1);
        if (number < 0 || number > std::numeric_limits<int>::max())
            complain(key, QStringLiteral("has an entry that is not a number"));
        found.append(int(number));
    }
    return found;
}

QList<ReplyFields> ReplyFields::entries(QLatin1String key)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isArray())
        complain(key, QStringLiteral("is not a list"));
    QList<ReplyFields> found;
    const QCborArray items = value.toArray();
    for (qsizetype index = 0; index < items.size(); ++index) {
        const QCborValue item = items.at(index);
        if (!item.isMap())
            complain(key, QStringLiteral("has an entry that is not a map"));
        found.append(ReplyFields(item.toMap(), QStringLiteral("%1, %2[%3]").arg(m_what, key).arg(index)));
    }
    return found;
}

void ReplyFields::adopt(const ReplyFields &entry)
{
    if (m_fault.isEmpty())
        m_fault = entry.m_fault;
}

void ReplyFields::complain(QLatin1String key, const QString &why)
{
    if (m_fault.isEmpty())
        m_fault = QStringLiteral("%1: \"%2\" %3").arg(m_what, key, why);
}

qint64 ReplyFields::integer(QLatin1String key, qint64 lowest, qint64 highest)
{
    const QCborValue value = m_fields.value(key);
    if (!value.isInteger()) {
        complain(key, QStringLiteral("is not an integer"));
        return 0;
    }
    const qint64 number = value.toInteger();
    if (number < lowest || number > highest) {
        complain(key, QStringLiteral("is out of range: %1").arg(number));
        return 0;
    }
    return number;
}

} // namespace smp
