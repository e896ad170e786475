// SPDX-License-Identifier: Apache-2.0
#include "app/texts/foreign_text.h"

#include <QRegularExpression>

namespace texts {

namespace {

bool isAnyOf(char16_t unit, char16_t first, char16_t last)
{
    return unit >= first && unit <= last;
}

bool isHarmful(QChar character)
{
    const char16_t unit = character.unicode();
    return (unit < u' ' && unit != u'\t') || isAnyOf(unit, 0x7f, 0x9f) || isAnyOf(unit, 0x2028, 0x202e)
        || isAnyOf(unit, 0x2066, 0x2069);
}

/// With each harmful character, but those that may stay, written in the form, of which %1 is its number.
QString written(const QString &text, const QString &form, QChar allowed = {})
{
    QString result;
    result.reserve(text.size());
    for (const QChar character : text) {
        if (!isHarmful(character) || (character == allowed && !allowed.isNull()))
            result += character;
        else
            result += form.arg(QString::number(character.unicode(), 16).toUpper().rightJustified(4, u'0'));
    }
    return result;
}

QString shown()
{
    return QStringLiteral("<U+%1>");
}

} // namespace

QString harmless(const QString &text)
{
    return written(text, shown(), u'\n');
}

QString harmlessLine(const QString &text)
{
    return written(text, shown());
}

QString withoutColours(const QString &text)
{
    static const QRegularExpression colour(QStringLiteral("\\x1b\\[[0-9;:]*m"));
    return QString(text).remove(colour);
}

QByteArray harmlessJson(const QByteArray &json)
{
    return written(QString::fromUtf8(json), QStringLiteral("\\u%1")).toUtf8();
}

} // namespace texts
