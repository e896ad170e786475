// SPDX-License-Identifier: Apache-2.0
#include "core/base/version.h"

#include <QRegularExpression>

namespace core {

namespace {

std::optional<quint32> numberUpTo(const QString &digits, quint64 limit)
{
    bool isNumber = false;
    const quint64 value = digits.toULongLong(&isNumber);
    if (!isNumber || value > limit)
        return std::nullopt;
    return quint32(value);
}

} // namespace

Result<Version> parseVersion(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral(R"(\A(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:[+.](\d{1,10}))?\z)"));
    const QRegularExpressionMatch match = form.match(text);
    const auto malformed = [&text] {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("\"%1\" is not a version like 1.2.3 or 1.2.3+4").arg(text));
    };
    if (!match.hasMatch())
        return malformed();

    const auto major = numberUpTo(match.captured(1), 0xff);
    const auto minor = numberUpTo(match.captured(2), 0xff);
    const auto patch = numberUpTo(match.captured(3), 0xffff);
    const auto build = match.captured(4).isEmpty() ? 0u : numberUpTo(match.captured(4), 0xffffffff);
    if (!major || !minor || !patch || !build)
        return malformed();
    return Version{quint8(*major), quint8(*minor), quint16(*patch), *build};
}

QString toText(const Version &version)
{
    const QString numbers =
        QStringLiteral("%1.%2.%3").arg(version.major).arg(version.minor).arg(version.patch);
    return version.build == 0 ? numbers : numbers + QStringLiteral("+%1").arg(version.build);
}

} // namespace core
