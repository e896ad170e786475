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
