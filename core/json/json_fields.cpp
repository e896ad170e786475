// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_fields.h"

#include <QRegularExpression>

namespace core {

namespace {

constexpr qsizetype kLongestLine = 200;

QString lowerCaseForm(int longest)
{
    return QStringLiteral("[a-z0-9._-]{1,%1}").arg(longest);
}

bool isOf(const QString &form, const QString &text)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(form)).match(text).hasMatch();
}

} // namespace

JsonFields::JsonFields(const Json &value, const QString &place) : m_place(place)
{
    if (const auto *members = value.object()) {
        m_members = *members;
    } else {
        m_error = Error{ErrorKind::InvalidFile,
                        QStringLiteral("%1: named fields were expected")
                            .arg(place.isEmpty() ? QStringLiteral("the document") : place)};
    }
}

const Json *JsonFields::find(const char *name)
{
    const QString key = QString::fromLatin1(name);
    m_known.insert(key);
    const auto member = m_members.find(key);
    return member == m_members.end() ? nullptr : &member->second;
}

bool JsonFields::has(const char *name) const
{
    return m_members.contains(QString::fromLatin1(name));
}

const Json *JsonFields::need(const char *name)
{
    const Json *member = find(name);
    if (!member)
        refuse(name, QStringLiteral("is missing"));
    return member;
}

QString JsonFields::text(const char *name)
{
    return need(name) ? optionalText(name).value_or(QString()) : QString();
}

std::optional<QString> JsonFields::optionalText(const char *name)
{
    const Json *member = find(name);
    if (!member)
        return std::nullopt;
    if (const QString *text = member->text())
        return *text;
    refuse(name, QStringLiteral("has to be text (put it in quotes)"));
    return std::nullopt;
}

qint64 JsonFields::integer(const char *name, Range range)
{
    return need(name) ? optionalInteger(name, range).value_or(range.least) : range.least;
}

std::optional<qint64> JsonFields::optionalInteger(const char *name, Range range)
{
    const Json *member = find(name);
    if (!member)
        return std::nullopt;
    const qint64 *number = member->integer();
    if (number && *number >= range.least && *number <= range.most)
        return *number;
    refuse(name, QStringLiteral("has to be a whole number from %1 to %2").arg(range.least).arg(range.most));
    return std::nullopt;
}

std::optional<bool> JsonFields::optionalBoolean(const char *name)
{
    const Json *member = find(name);
    if (!member)
        return std::nullopt;
    if (const bool *truth = member->boolean())
        return *truth;
    refuse(name, QStringLiteral("has to be true or false"));
    return std::nullopt;
}

Json::Array JsonFields::array(const char *name)
{
    return need(name) ? optionalArray(name) : Json::Array();
}

Json::Array JsonFields::optionalArray(const char *name)
{
    const Json *member = find(name);
    if (!member)
        return {};
    if (const auto *items = member->array())
        return *items;
    refuse(name, QStringLiteral("has to be a list"));
    return {};
}

QStringList JsonFields::texts(const char *name)
{
    QStringList result;
    for (const Json &item : array(name)) {
        if (const QString *text = item.text())
            result.append(*text);
        else
            refuse(name, QStringLiteral("has to be a list of texts (put them in quotes)"));
    }
    return result;
}

QDateTime JsonFields::time(const char *name)
{
    return need(name) ? optionalTime(name).value_or(QDateTime()) : QDateTime();
}

std::optional<QDateTime> JsonFields::optionalTime(const char *name)
{
    static const QRegularExpression form(QStringLiteral(
        R"(\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})\z)"));
    const auto text = optionalText(name);
    if (!text)
        return std::nullopt;
    const QDateTime time = QDateTime::fromString(*text, Qt::ISODate);
    if (form.match(*text).hasMatch() && time.isValid())
        return time.toUTC();
    refuse(name, QStringLiteral("has to be a time like 2027-01-31T12:00:00Z"));
    return std::nullopt;
}

QByteArray JsonFields::base64(const char *name)
{
    const QByteArray encoded = text(name).toUtf8();
    const auto decoded = QByteArray::fromBase64Encoding(encoded, QByteArray::AbortOnBase64DecodingErrors);
    // Encoded again, because a decoder ignores the unused bits: two texts for one signature.
    if (!decoded || decoded.decoded.toBase64() != encoded)
        refuse(name, QStringLiteral("has to be base64 with padding"));
    return decoded.decoded;
}

QByteArray JsonFields::hex(const char *name, qsizetype size)
{
    const QByteArray digits = text(name).toUtf8();
    const QByteArray bytes = QByteArray::fromHex(digits);
    if (bytes.size() != size || bytes.toHex() != digits)
        refuse(name, QStringLiteral("has to be %1 lower-case hexadecimal digits").arg(2 * size));
    return bytes;
}

QString JsonFields::lowerCaseName(const char *name, int longest)
{
    const QString own = text(name);
    if (!isOf(lowerCaseForm(longest), own))
        refuse(name, QStringLiteral("has to be of the form %1").arg(lowerCaseForm(longest)));
    return own;
}

QStringList JsonFields::lowerCaseNames(const char *name, int longest)
{
    const QStringList names = texts(name);
    for (const QString &one : names) {
        if (!isOf(lowerCaseForm(longest), one))
            refuse(name, QStringLiteral("has to hold texts of the form %1").arg(lowerCaseForm(longest)));
    }
    return names;
}

Version JsonFields::version(const char *name)
{
    const auto version = parseVersion(text(name));
    if (!version)
        refuse(name, QStringLiteral("has to be a version like 1.2.3 or 1.2.3+4"));
    return version.value_or(Version());
}

QString JsonFields::shortLine(const char *name)
{
    const QString line = text(name);
    if (line.isEmpty() || line.size() > kLongestLine || line.contains(u'\n'))
        refuse(name, QStringLiteral("has to be one line of at most %1 characters").arg(kLongestLine));
    return line;
}

QString JsonFields::placeOf(const char *name) const
{
    const QString own = QString::fromLatin1(name);
    return m_place.isEmpty() ? own : m_place + QLatin1Char('.') + own;
}

void JsonFields::refuse(const char *name, const QString &why)
{
    if (!m_error)
        m_error = Error{ErrorKind::InvalidFile, placeOf(name) + QLatin1Char(' ') + why};
}

void JsonFields::refuse(const Error &error)
{
    if (!m_error)
        m_error = error;
}

Result<Done> JsonFields::finish()
{
    if (m_error)
        return passOn(*m_error);
    for (const auto &[name, member] : m_members) {
        if (!m_known.contains(name)) {
            return fail(
                ErrorKind::InvalidFile,
                QStringLiteral("%1%2\"%3\" is not a known field")
                    .arg(m_place, m_place.isEmpty() ? QString() : QStringLiteral(": "), name.left(64)));
        }
    }
    return Done{};
}

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM-ddTHH:mm:ssZ"));
}

} // namespace core
