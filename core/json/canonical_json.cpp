// SPDX-License-Identifier: Apache-2.0
#include "core/json/canonical_json.h"

#include <QStringConverter>

namespace core {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Recursive descent over bytes that are known to be valid UTF-8; the depth limit bounds the recursion.
class Parser
{
public:
    Parser(QByteArrayView bytes, int depthLimit) : m_bytes(bytes), m_depthLeft(depthLimit) { }

    Result<Json> document()
    {
        auto value = this->value();
        if (!value)
            return value;
        skipSpace();
        if (m_at != m_bytes.size())
            return refuse("something follows the value");
        return value;
    }

private:
    tl::unexpected<Error> refuse(const char *what) const
    {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("JSON, byte %1: %2").arg(m_at).arg(QString::fromLatin1(what)));
    }

    char peek() const { return m_at < m_bytes.size() ? m_bytes[m_at] : '\0'; }

    bool accept(char expected)
    {
        if (m_at >= m_bytes.size() || m_bytes[m_at] != expected)
            return false;
        ++m_at;
        return true;
    }

    bool accept(QByteArrayView expected)
    {
        if (!m_bytes.sliced(m_at).startsWith(expected))
            return false;
        m_at += expected.size();
        return true;
    }

    void skipSpace()
    {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
            ++m_at;
    }

    Result<Json> value()
    {
        skipSpace();
        switch (peek()) {
        case '{':
        case '[':
            return container();
        case '"': {
            auto text = string();
            if (!text)
                return passOn(text.error());
            return Json(std::move(*text));
        }
        case 't':
            return accept("true") ? Result<Json>(Json(true)) : refuse("neither a value nor a word of JSON");
        case 'f':
            return accept("false") ? Result<Json>(Json(false)) : refuse("neither a value nor a word of JSON");
        case 'n':
            return accept("null") ? Result<Json>(Json()) : refuse("neither a value nor a word of JSON");
        default:
            return number();
        }
    }

    Result<Json> container()
    {
        if (m_depthLeft == 0)
            return refuse("too deep");
        --m_depthLeft;
        auto result = accept('{') ? object() : array();
        ++m_depthLeft;
        return result;
    }

    Result<Json> object()
    {
        Json::Object members;
        skipSpace();
        if (accept('}'))
            return Json(std::move(members));
        do {
            skipSpace();
            if (peek() != '"')
                return refuse("a name was expected");
            auto name = string();
            if (!name)
                return passOn(name.error());
            if (members.contains(*name))
                return refuse("the same name is there twice");
            skipSpace();
            if (!accept(':'))
                return refuse("a colon was expected");
            auto member = value();
            if (!member)
                return member;
            members.emplace(std::move(*name), std::move(*member));
            skipSpace();
        } while (accept(','));
        if (!accept('}'))
            return refuse("a comma or the end of the object was expected");
        return Json(std::move(members));
    }

    Result<Json> array()
    {
        ++m_at; // the bracket that container() saw
        Json::Array items;
        skipSpace();
        if (accept(']'))
            return Json(std::move(items));
        do {
            auto item = value();
            if (!item)
                return item;
            items.push_back(std::move(*item));
            skipSpace();
        } while (accept(','));
        if (!accept(']'))
            return refuse("a comma or the end of the array was expected");
        return Json(std::move(items));
    }

    Result<Json> number()
    {
        const bool isNegative = accept('-');
        if (!isDigit(peek()))
            return refuse("a value was expected");
        const bool beginsWithZero = peek() == '0';
        const qsizetype first = m_at;
        qint64 magnitude = 0;
        for (; isDigit(peek()); ++m_at) {
            magnitude = magnitude * 10 + (peek() - '0');
            if (magnitude > kLargestJsonInteger)
                return refuse("the number is too large");
        }
        if (beginsWithZero && (m_at - first > 1 || isNegative))
            return refuse("a number with a zero in front, or a negative zero");
        if (peek() == '.' || peek() == 'e' || peek() == 'E')
            return refuse("only whole numbers without an exponent are allowed");
        return Json(isNegative ? -magnitude : magnitude);
    }

    Result<QString> string()
    {
        ++m_at; // the quotation mark that the caller saw
        QString text;
        while (true) {
            const qsizetype begin = m_at;
            while (m_at < m_bytes.size() && quint8(peek()) >= 0x20 && peek() != '"' && peek() != '\\')
                ++m_at;
            text += decoded(m_bytes.sliced(begin, m_at - begin));
            if (accept('"'))
                return text.isValidUtf16() ? Result<QString>(text) : refuse("half of a surrogate pair");
            if (!accept('\\'))
                return refuse(m_at == m_bytes.size() ? "a string without an end"
                                                     : "a control character in a string");
            const auto unit = escape();
            if (!unit)
                return refuse("an escape that does not exist");
            text += *unit;
        }
    }

    /// Keeps a U+FEFF at the beginning, which QString::fromUtf8() drops: two different names would be the
    /// same.
    static QString decoded(QByteArrayView run)
    {
        QStringDecoder decoder(QStringConverter::Utf8,
                               QStringConverter::Flag::Stateless | QStringConverter::Flag::ConvertInitialBom);
        return decoder.decode(run);
    }

    std::optional<QChar> escape()
    {
        const char letter = peek();
        ++m_at;
        switch (letter) {
        case '"':
        case '\\':
        case '/':
            return QLatin1Char(letter);
        case 'b':
            return QChar(0x08);
        case 't':
            return QChar(0x09);
        case 'n':
            return QChar(0x0a);
        case 'f':
            return QChar(0x0c);
        case 'r':
            return QChar(0x0d);
        case 'u':
            return fourHexDigits();
        default:
            --m_at;
            return std::nullopt;
        }
    }

    std::optional<QChar> fourHexDigits()
    {
        if (m_bytes.size() - m_at < 4)
            return std::nullopt;
        char16_t unit = 0;
        for (const char digit : m_bytes.sliced(m_at, 4)) {
            const char lower = char(digit | 0x20);
            if (!isDigit(digit) && (lower < 'a' || lower > 'f'))
                return std::nullopt;
            unit = char16_t(unit * 16 + (isDigit(digit) ? digit - '0' : lower - 'a' + 10));
        }
        m_at += 4;
        return QChar(unit);
    }

    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    int m_depthLeft;
};

void writeString(const QString &text, QByteArray &out)
{
    out += '"';
    for (const char c : text.toUtf8()) {
        switch (c) {
        case '"':
        case '\\':
            out += '\\';
            out += c;
            break;
        case 0x08:
            out += "\\b";
            break;
        case 0x09:
            out += "\\t";
            break;
        case 0x0a:
            out += "\\n";
            break;
        case 0x0c:
            out += "\\f";
            break;
        case 0x0d:
            out += "\\r";
            break;
        default:
            if (quint8(c) < 0x20)
                out += "\\u00" + QByteArray(1, c).toHex();
            else
                out += c;
        }
    }
    out += '"';
}

bool write(const Json &value, QByteArray &out);

bool writeArray(const Json::Array &items, QByteArray &out)
{
    char separator = '[';
    for (const Json &item : items) {
        out += separator;
        separator = ',';
        if (!write(item, out))
            return false;
    }
    out += items.empty() ? "[]" : "]";
    return true;
}

bool writeObject(const Json::Object &members, QByteArray &out)
{
    char separator = '{';
    for (const auto &[name, member] : members) {
        out += separator;
        separator = ',';
        if (!name.isValidUtf16())
            return false;
        writeString(name, out);
        out += ':';
        if (!write(member, out))
            return false;
    }
    out += members.empty() ? "{}" : "}";
    return true;
}

bool write(const Json &value, QByteArray &out)
{
    if (const auto *array = value.array())
        return writeArray(*array, out);
    if (const auto *object = value.object())
        return writeObject(*object, out);
    if (const auto *text = value.text()) {
        writeString(*text, out);
        return text->isValidUtf16();
    }
    if (const auto *integer = value.integer()) {
        out += QByteArray::number(*integer);
        return *integer >= -kLargestJsonInteger && *integer <= kLargestJsonInteger;
    }
    if (const auto *boolean = value.boolean())
        out += *boolean ? "true" : "false";
    else
        out += "null";
    return true;
}

} // namespace

Result<Json> parseStrict(const QByteArray &bytes, JsonLimits limits)
{
    if (bytes.size() > limits.size)
        return fail(ErrorKind::InvalidFile, QStringLiteral("JSON of more than %1 bytes").arg(limits.size));
    if (bytes.startsWith("\xef\xbb\xbf"))
        return fail(ErrorKind::InvalidFile, QStringLiteral("JSON that begins with a byte-order mark"));
    if (!bytes.isValidUtf8())
        return fail(ErrorKind::InvalidFile, QStringLiteral("JSON that is not valid UTF-8"));
    return Parser(bytes, limits.depth).document();
}

Result<Json> parseCanonical(const QByteArray &bytes, JsonLimits limits)
{
    auto value = parseStrict(bytes, limits);
    if (!value)
        return value;
    const auto canonical = toCanonical(*value);
    if (!canonical)
        return passOn(canonical.error());
    if (*canonical != bytes)
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("JSON that is not in the canonical form of RFC 8785"));
    return value;
}

Result<QByteArray> toCanonical(const Json &value)
{
    QByteArray out;
    if (!write(value, out)) {
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("half of a surrogate pair, or a number that is too large, has no canonical form"));
    }
    return out;
}

} // namespace core
