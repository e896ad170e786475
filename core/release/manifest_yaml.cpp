// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest_yaml.h"

#include <QRegularExpression>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace core {

namespace {

constexpr qsizetype kLargestText = 64 * 1024;
constexpr std::size_t kDeepest = 8;
constexpr int kMostValues = 4096;

/// Builds the value from the parser's events, and stops the parser by an exception: that is its only way out.
/// (yaml-cpp's own tree is not used, because YAML::LoadAll() 0.7 never ends on a text that begins with a
/// comma.)
class JsonBuilder : public YAML::EventHandler
{
public:
    int documents() const { return m_documents; }
    Json takeResult() { return std::move(m_result); }

    void OnDocumentStart(const YAML::Mark &mark) override
    {
        if (++m_documents > 1)
            refuse(mark, "one document was expected");
    }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &mark, YAML::anchor_t) override { add(mark, Json()); }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override
    {
        refuse(mark, "aliases are not used here");
    }

    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t,
                  const std::string &value) override
    {
        const QByteArray bytes = QByteArray::fromStdString(value);
        if (!bytes.isValidUtf8())
            refuse(mark, "not valid UTF-8");
        const QString text = QString::fromUtf8(bytes);
        if (isAtName())
            beginMember(mark, text);
        else
            add(mark, tag == "?" ? plain(text) : Json(text)); // "?" is a scalar without quotes
    }

    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        begin(mark, Container{.mark = mark, .isMap = false});
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
        begin(mark, Container{.mark = mark, .isMap = true});
    }
    void OnMapEnd() override { end(); }

private:
    /// A sequence or a map whose end was not seen yet.
    struct Container {
        YAML::Mark mark;
        bool isMap = false;
        Json::Array items = {};
        Json::Object members = {};
        std::optional<QString> name = {}; // of the member whose value comes next
    };

    [[noreturn]] static void refuse(const YAML::Mark &mark, const std::string &why)
    {
        throw YAML::ParserException(mark, why);
    }

    /// Only these words and whole numbers are more than text; "1.10", "0x10" and "yes" stay what was written.
    static Json plain(const QString &text)
    {
        static const QRegularExpression integer(QStringLiteral(R"(\A-?(0|[1-9][0-9]{0,15})\z)"));
        if (text == QStringLiteral("true") || text == QStringLiteral("false"))
            return Json(text == QStringLiteral("true"));
        return integer.match(text).hasMatch() ? Json(text.toLongLong()) : Json(text);
    }

    bool isAtName() const { return !m_open.empty() && m_open.back().isMap && !m_open.back().name; }

    void beginMember(const YAML::Mark &mark, const QString &name)
    {
        count(mark);
        if (m_open.back().members.contains(name))
            refuse(mark, "\"" + name.toStdString() + "\" is there twice");
        m_open.back().name = name;
    }

    void count(const YAML::Mark &mark)
    {
        if (++m_values > kMostValues)
            refuse(mark, "too many values");
    }

    void begin(const YAML::Mark &mark, Container container)
    {
        count(mark);
        if (isAtName())
            refuse(mark, "a name has to be text");
        if (m_open.size() == kDeepest)
            refuse(mark, "too deep");
        m_open.push_back(std::move(container));
    }

    void end()
    {
        Container container = std::move(m_open.back());
        m_open.pop_back();
        add(container.mark,
            container.isMap ? Json(std::move(container.members)) : Json(std::move(container.items)));
    }

    void add(const YAML::Mark &mark, Json value)
    {
        count(mark);
        if (m_open.empty()) {
            m_result = std::move(value);
        } else if (!m_open.back().isMap) {
            m_open.back().items.push_back(std::move(value));
        } else {
            if (!m_open.back().name)
                refuse(mark, "a name has to be text");
            m_open.back().members.insert_or_assign(*m_open.back().name, std::move(value));
            m_open.back().name.reset();
        }
    }

    std::vector<Container> m_open;
    Json m_result;
    int m_documents = 0;
    int m_values = 0;
};

} // namespace

Result<Json> jsonFromYaml(const QByteArray &text)
{
    if (text.size() > kLargestText)
        return fail(ErrorKind::InvalidFile, QStringLiteral("YAML of more than 64 KiB"));
    try {
        std::istringstream stream(text.toStdString());
        YAML::Parser parser(stream);
        JsonBuilder builder;
        // Twice, to see whether something follows the document.
        if (parser.HandleNextDocument(builder))
            parser.HandleNextDocument(builder);
        if (builder.documents() == 0)
            return fail(ErrorKind::InvalidFile, QStringLiteral("YAML without content"));
        return builder.takeResult();
    } catch (const YAML::Exception &exception) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("YAML, line %1: %2")
                        .arg(exception.mark.line + 1)
                        .arg(QString::fromStdString(exception.msg)));
    } catch (const std::exception &exception) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("YAML: %1").arg(QString::fromUtf8(exception.what())));
    }
}

} // namespace core
