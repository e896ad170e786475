// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/field_words.h"

#include "device_protocols/smp/cbor_json.h"

#include <QJsonDocument>
#include <QJsonParseError>

#include <algorithm>

namespace smp {

using core::Error;
using core::ErrorKind;
using core::Result;

Result<QMap<QString, QString>> readWords(const QStringList &words, const QList<FieldInfo> &known)
{
    QMap<QString, QString> given;
    for (const QString &word : words) {
        const QString name = word.section(u'=', 0, 0);
        const auto isNamed = [&name](const FieldInfo &field) { return field.name == name; };
        if (!word.contains(u'='))
            return core::fail(ErrorKind::Unsupported,
                              QStringLiteral("\"%1\" is not of the form name=value").arg(word));
        if (std::none_of(known.cbegin(), known.cend(), isNamed))
            return core::fail(ErrorKind::Unsupported,
                              QStringLiteral("the command has no parameter \"%1\"").arg(name));
        if (given.contains(name))
            return core::fail(ErrorKind::Unsupported, QStringLiteral("\"%1\" is given twice").arg(name));
        given[name] = word.section(u'=', 1);
    }
    for (const FieldInfo &field : known)
        if (field.presence == Presence::Required && !given.contains(field.name))
            return core::fail(ErrorKind::Unsupported,
                              QStringLiteral("the command needs %1=%2").arg(field.name, field.form));
    return given;
}

std::optional<QByteArray> bytesOfWord(const QString &word)
{
    const auto mark = QStringLiteral("text:");
    if (word.startsWith(mark))
        return word.mid(mark.size()).toUtf8();
    const QByteArray digits = word.toLatin1();
    const QByteArray bytes = QByteArray::fromHex(digits);
    if (bytes.size() * 2 != digits.size() || bytes.toHex() != digits.toLower())
        return std::nullopt;
    return bytes;
}

namespace detail {

Error wrongWord(const QString &name, const QString &word, const QString &form)
{
    return {ErrorKind::Unsupported, QStringLiteral("%1=%2 is not of the form %1=%3").arg(name, word, form)};
}

std::optional<qint64> numberOfWord(const QString &word, qint64 lowest, qint64 highest)
{
    bool isNumber = false;
    const qint64 number = word.toLongLong(&isNumber, 0); // 10, 0x0a
    if (!isNumber || number < lowest || number > highest)
        return std::nullopt;
    return number;
}

std::optional<bool> flagOfWord(const QString &word)
{
    if (word == QLatin1String("true"))
        return true;
    if (word == QLatin1String("false"))
        return false;
    return std::nullopt;
}

std::optional<QCborValue> valueOfWord(const QString &word)
{
    const Result<QCborValue> value = cborOfJson(word.toUtf8());
    return value ? std::optional(*value) : std::nullopt;
}

} // namespace detail

} // namespace smp
