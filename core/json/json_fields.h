// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/version.h"
#include "core/json/canonical_json.h"

#include <QDateTime>
#include <QList>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <limits>
#include <optional>
#include <type_traits>

namespace core {

/// The members of one JSON object, taken one by one, where everything that is missing, of another type, out
/// of bounds or unknown is an error that names the member. Only the first error counts: finish() tells it,
/// and until then the values stand in for it. Borrows the value; lives on the stack of whoever reads a
/// document.
class JsonFields
{
public:
    struct Range {
        qint64 least;
        qint64 most;
    };

    /// `place` is how errors call the object, for example "payloads[0]"; empty for the document itself.
    JsonFields(const Json &value, const QString &place);

    /// The member, which counts as known from now on; null when it is absent.
    const Json *find(const char *name);
    bool has(const char *name) const;

    QString text(const char *name);
    std::optional<QString> optionalText(const char *name);
    qint64 integer(const char *name, Range range);
    std::optional<qint64> optionalInteger(const char *name, Range range);
    std::optional<bool> optionalBoolean(const char *name);
    Json::Array array(const char *name);
    Json::Array optionalArray(const char *name);
    QStringList texts(const char *name); // an array of nothing but text

    /// RFC 3339, section 5.6, without fractions of a second; in UTC whatever the document says.
    QDateTime time(const char *name);
    std::optional<QDateTime> optionalTime(const char *name);

    /// Standard base64 with padding, in the one form that an encoder writes.
    QByteArray base64(const char *name);

    /// Lower-case hex of exactly `size` bytes.
    QByteArray hex(const char *name, qsizetype size);

    /// 1 to `longest` of [a-z0-9._-]; lowerCaseNames() is an array of nothing but these.
    QString lowerCaseName(const char *name, int longest);
    QStringList lowerCaseNames(const char *name, int longest);

    /// As parseVersion() takes it.
    Version version(const char *name);

    /// A sentence for people: one line of 1 to 200 characters.
    QString shortLine(const char *name);

    /// How errors call a member of this object: "payloads[0].size".
    QString placeOf(const char *name) const;

    void refuse(const char *name, const QString &why);
    void refuse(const Error &error); // of a part that was read by other fields

    /// InvalidFile with the first error, or for a member that nobody asked for.
    Result<Done> finish();

private:
    const Json *need(const char *name);

    Json::Object m_members;
    QSet<QString> m_known;
    QString m_place;
    std::optional<Error> m_error;
};

/// For readList(): a list that the size of its document bounds.
constexpr std::size_t kNoMost = std::numeric_limits<std::size_t>::max();

/// The items of the list `name`, which may be absent, each as `read(JsonFields &)` gives it. What an item
/// refuses, the document refuses; so it does a list of more than `most` items, of which no more are read.
template<class Read>
auto readList(JsonFields &document, const char *name, std::size_t most, Read read)
{
    QList<std::invoke_result_t<Read, JsonFields &>> result;
    const Json::Array items = document.optionalArray(name);
    if (items.size() > most)
        document.refuse(name, QStringLiteral("has more than %1 entries").arg(most));
    for (std::size_t index = 0; index < std::min(items.size(), most); ++index) {
        JsonFields fields(items[index], QStringLiteral("%1[%2]").arg(document.placeOf(name)).arg(index));
        result.append(read(fields));
        if (auto finished = fields.finish(); !finished)
            document.refuse(finished.error());
    }
    return result;
}

/// "2027-01-31T12:00:00Z": how our documents write a time.
QString timeText(const QDateTime &time);

} // namespace core
