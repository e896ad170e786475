// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest_yaml.h"

#include <QRegularExpression>

#include <yaml-cpp/yaml.h>

namespace core {

namespace {

constexpr qsizetype kLargestText = 64 * 1024;
constexpr int kDeepest = 8;
constexpr int kMostValues = 4096;

Result<QString> textOf(const YAML::Node &node)
{
    const QByteArray bytes = QByteArray::fromStdString(node.Scalar());
    if (!bytes.isValidUtf8())
        return fail(ErrorKind::InvalidFile, QStringLiteral("YAML that is not valid UTF-8"));
    return QString::fromUtf8(bytes);
}

/// Only a scalar without quotes may be something else than text; yaml-cpp tags it "?".
Result<Json> scalar(const YAML::Node &node)
{
    static const QRegularExpression integer(QStringLiteral(R"(\A-?(0|[1-9][0-9]{0,15})\z)"));
    auto text = textOf(node);
    if (!text)
        return passOn(text.error());
    if (node.Tag() != "?")
        return Json(*text);
    if (*text == QStringLiteral("true") || *text == QStringLiteral("false"))
        return Json(*text == QStringLiteral("true"));
    if (integer.match(*text).hasMatch())
        return Json(text->toLongLong());
    return Json(*text);
}

/// Counts values while it walks: aliases may make a small text into an endless tree.
class Converter
{
public:
    Result<Json> convert(const YAML::Node &node, int depthLeft)
    {
        if (++m_values > kMostValues)
            return fail(ErrorKind::InvalidFile, QStringLiteral("YAML with too many values"));
        if (depthLeft == 0)
            return fail(ErrorKind::InvalidFile, QStringLiteral("YAML that is too deep"));
        switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return scalar(node);
        case YAML::NodeType::Sequence:
            return sequence(node, depthLeft);
        case YAML::NodeType::Map:
            return map(node, depthLeft);
        default:
            return Json();
        }
    }

private:
    Result<Json> sequence(const YAML::Node &node, int depthLeft)
    {
        Json::Array items;
        for (const YAML::Node &item : node) {
            auto converted = convert(item, depthLeft - 1);
            if (!converted)
                return converted;
            items.push_back(std::move(*converted));
        }
        return Json(std::move(items));
    }

    Result<Json> map(const YAML::Node &node, int depthLeft)
    {
        Json::Object members;
        for (const auto &pair : node) {
            if (!pair.first.IsScalar())
                return fail(ErrorKind::InvalidFile, QStringLiteral("YAML with a name that is not text"));
            const auto name = textOf(pair.first);
            if (!name)
                return passOn(name.error());
            auto member = convert(pair.second, depthLeft - 1);
            if (!member)
                return member;
            if (!members.emplace(*name, std::move(*member)).second) {
                return fail(ErrorKind::InvalidFile,
                            QStringLiteral("\"%1\" is there twice (line %2)")
                                .arg(*name)
                                .arg(pair.first.Mark().line + 1));
            }
        }
        return Json(std::move(members));
    }

    int m_values = 0;
};

} // namespace

Result<Json> jsonFromYaml(const QByteArray &text)
{
    if (text.size() > kLargestText)
        return fail(ErrorKind::InvalidFile, QStringLiteral("YAML of more than 64 KiB"));
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(text.toStdString());
        if (documents.size() != 1)
            return fail(ErrorKind::InvalidFile, QStringLiteral("one YAML document was expected"));
        return Converter().convert(documents.front(), kDeepest);
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
