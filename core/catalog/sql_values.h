// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/version.h"

#include <QDateTime>
#include <QSqlError>
#include <QVariant>

/// How the catalog's database holds values.
namespace core::sql {

/// 16 hex digits, which sort as versions do.
inline QString text(const Version &version)
{
    const quint64 number = quint64(version.major) << 56 | quint64(version.minor) << 48
        | quint64(version.patch) << 32 | version.build;
    return QStringLiteral("%1").arg(number, 16, 16, QLatin1Char('0'));
}

inline Version version(const QString &text)
{
    const quint64 number = text.toULongLong(nullptr, 16);
    return {quint8(number >> 56), quint8(number >> 48), quint16(number >> 32), quint32(number)};
}

inline QDateTime time(const QVariant &seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds.toLongLong(), Qt::UTC);
}

} // namespace core::sql
