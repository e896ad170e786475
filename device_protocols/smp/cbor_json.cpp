// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/cbor_json.h"

#include "device_protocols/smp/field_words.h"

#include <QCborArray>
#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

namespace smp {

using core::ErrorKind;
using core::Result;

namespace {

constexpr int kDeepest = 32;

QString keyText(const QCborValue &key)
{
    return key.isString() ? key.toString() : key.toVariant().toString();
}

QJsonArray listOf(const QCborArray &array)
{
    QJsonArray list;
    for (const QCborValue &item : array)
        list.append(smp::jsonOf(item));
    return list;
}

Result<QCborValue> cborOf(const QJsonValue &value, int depth);

Result<QCborValue> cborOf(const QJsonArray &array, int depth)
{
    QCborArray list;
    for (const QJsonValue &item : array) {
        const Result<QCborValue> inner = cborOf(item, depth);
        if (!inner)
            return inner;
        list.append(*inner);
    }
    return QCborValue(list);
}

Result<QCborValue> cborOf(const QJsonObject &object, int depth)
{
    const QString mark = QStringLiteral("$bytes");
    if (object.size() == 1 && object.contains(mark)) {
        const auto bytes = bytesOfWord(object[mark].toString(QStringLiteral("?")));
        if (!bytes)
            return core::fail(ErrorKind::InvalidFile, QStringLiteral("\"$bytes\" is not hexadecimal"));
        return QCborValue(*bytes);
    }
    QCborMap map;
    for (auto member = object.begin(); member != object.end(); ++member) {
        const Result<QCborValue> inner = cborOf(member.value(), depth);
        if (!inner)
            return inner;
        map[member.key()] = *inner;
    }
    return QCborValue(map);
}

Result<QCborValue> cborOf(const QJsonValue &value, int depth)
{
    if (depth == 0)
        return core::fail(ErrorKind::InvalidFile, QStringLiteral("the JSON is nested too deeply"));
    if (value.isArray())
        return cborOf(value.toArray(), depth - 1);
    if (value.isObject())
        return cborOf(value.toObject(), depth - 1);
    if (value.isDouble() && value.toInteger(-1) == value.toInteger(0))
        return QCborValue(value.toInteger());
    return QCborValue::fromJsonValue(value);
}

} // namespace

QJsonValue jsonOf(const QCborValue &value)
{
    switch (value.type()) {
    case QCborValue::Map:
        return jsonOf(value.toMap());
    case QCborValue::Array:
        return listOf(value.toArray());
    case QCborValue::ByteArray:
        return QString::fromLatin1(value.toByteArray().toHex());
    case QCborValue::Integer:
        return value.toInteger();
    case QCborValue::Double:
        return std::isfinite(value.toDouble()) ? QJsonValue(value.toDouble()) : QJsonValue();
    case QCborValue::String:
        return value.toString();
    case QCborValue::True:
    case QCborValue::False:
        return value.toBool();
    default:
        return value.isTag() ? jsonOf(value.taggedValue()) : QJsonValue();
    }
}

QJsonObject jsonOf(const QCborMap &map)
{
    QJsonObject object;
    for (const auto &[key, value] : map)
        object.insert(keyText(key), jsonOf(QCborValue(value)));
    return object;
}

Result<QCborValue> cborOfJson(const QByteArray &json)
{
    QJsonParseError parsing;
    // The parser takes objects and lists only; a list of one takes the rest.
    const QJsonDocument document = QJsonDocument::fromJson('[' + json + ']', &parsing);
    if (parsing.error != QJsonParseError::NoError || document.array().size() != 1)
        return core::fail(ErrorKind::InvalidFile,
                          QStringLiteral("this is not JSON: %1").arg(QString::fromUtf8(json.left(80))));
    return cborOf(document.array().first(), kDeepest);
}

} // namespace smp
