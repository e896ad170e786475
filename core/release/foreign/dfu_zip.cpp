// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfu_zip.h"

#include "core/json/canonical_json.h"
#include "core/release/bundle_archive.h"

#include <QMap>

namespace core {

namespace {

constexpr int kLargestIndex = 255;
constexpr qsizetype kLongestText = 128;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

QString manifestName()
{
    return QStringLiteral("manifest.json");
}

const Json *memberOf(const Json::Object &object, const char *name)
{
    const auto member = object.find(QString::fromLatin1(name));
    return member == object.end() ? nullptr : &member->second;
}

/// Text for people: what is not printable ASCII is left out.
QString textOf(const Json::Object &object, const char *name)
{
    const Json *member = memberOf(object, name);
    QString text = member && member->text() ? *member->text() : QString();
    text.removeIf([](QChar character) { return character < u' ' || character > u'~'; });
    return text.left(kLongestText);
}

/// Written as a number, or as text that is one ("0", "0x20000"): the script keeps what its caller gave.
/// InvalidFile when it is there and neither, or out of range.
Result<std::optional<qint64>> numberOf(const Json::Object &object, const char *name, qint64 largest)
{
    const Json *member = memberOf(object, name);
    if (!member)
        return std::optional<qint64>();
    bool isNumber = member->integer();
    const qint64 value = isNumber ? *member->integer()
        : member->text()          ? member->text()->toLongLong(&isNumber, 0)
                                  : 0;
    if (!isNumber || value < 0 || value > largest) {
        return malformed(QStringLiteral("its manifest's %1 is not a number up to %2")
                             .arg(QString::fromLatin1(name))
                             .arg(largest));
    }
    return std::optional(value);
}

/// One after the other; the first error counts.
class Numbers
{
public:
    explicit Numbers(const Json::Object &object) : m_object(object) { }

    std::optional<qint64> take(const char *name, qint64 largest)
    {
        auto number = numberOf(m_object, name, largest);
        if (!number && !m_error)
            m_error = number.error();
        return number ? *number : std::nullopt;
    }
    const std::optional<Error> &error() const { return m_error; }

private:
    const Json::Object &m_object;
    std::optional<Error> m_error;
};

Result<DfuZipFile> readFile(const Json &entry, QMap<QString, QByteArray> &contents)
{
    const Json::Object *object = entry.object();
    const Json *name = object ? memberOf(*object, "file") : nullptr;
    if (!name || !name->text())
        return malformed(QStringLiteral("its manifest lists something that is no file"));
    const auto content = contents.constFind(*name->text());
    if (content == contents.cend())
        return malformed(QStringLiteral("a file of its manifest is not there, or listed twice"));
    DfuZipFile file{.name = *name->text(), .content = *content, .board = textOf(*object, "board")};
    contents.erase(content);

    Numbers numbers(*object);
    const auto size = numbers.take("size", kLargestJsonInteger);
    const auto address = numbers.take("load_address", 0xffffffff);
    const auto index = numbers.take("image_index", kLargestIndex);
    for (const char *slot : {"slot", "slot_index_primary", "slot_index_secondary"}) {
        if (const auto number = numbers.take(slot, kLargestIndex))
            file.slotNumbers.append(int(*number));
    }
    if (numbers.error())
        return passOn(*numbers.error());
    if (size && *size != file.content.size())
        return malformed(QStringLiteral("%1 has not the size that its manifest says").arg(file.name));
    if (address)
        file.loadAddress = quint32(*address);
    if (index)
        file.imageIndex = int(*index);
    return file;
}

/// What a ZIP archive with another manifest is.
QString hintAt(const Json::Object &manifest)
{
    if (memberOf(manifest, "schema") && memberOf(manifest, "payloads"))
        return QStringLiteral("it is a release bundle already; it needs no import");
    if (memberOf(manifest, "manifest"))
        return QStringLiteral(
            "it is a package for the bootloader of Nordic's nRF5 SDK, which is not MCUboot");
    return QStringLiteral("its manifest has no \"format-version\" 0 or 1 and \"files\"");
}

Result<DfuZip> readManifest(const QByteArray &text, QMap<QString, QByteArray> contents)
{
    const auto document = parseStrict(text);
    if (!document)
        return passOn(document.error(), QStringLiteral("reading its manifest"));
    const Json::Object *manifest = document->object();
    if (!manifest)
        return malformed(QStringLiteral("its manifest is no object"));
    const Json *version = memberOf(*manifest, "format-version");
    const Json *files = memberOf(*manifest, "files");
    const bool isKnown = version && version->integer()
        && (*version->integer() == 0 || *version->integer() == 1) && files && files->array();
    if (!isKnown)
        return malformed(hintAt(*manifest));
    DfuZip zip{textOf(*manifest, "name"), {}};
    for (const Json &entry : *files->array()) {
        auto file = readFile(entry, contents);
        if (!file)
            return passOn(file.error());
        zip.files.append(*std::move(file));
    }
    if (zip.files.isEmpty() || !contents.isEmpty())
        return malformed(QStringLiteral("it holds other files than its manifest lists"));
    return zip;
}

} // namespace

bool beginsAsZip(QByteArrayView file)
{
    return file.startsWith("PK\x03\x04");
}

Result<DfuZip> readDfuZip(const QByteArray &file)
{
    const auto entries = readArchive(file, ArchiveChecksums::Checked);
    if (!entries)
        return passOn(entries.error(), QStringLiteral("reading the ZIP archive"));
    QMap<QString, QByteArray> contents;
    for (const BundleEntry &entry : *entries)
        contents.insert(entry.name, entry.content);
    const auto manifest = contents.constFind(manifestName());
    if (manifest == contents.cend())
        return malformed(QStringLiteral("a ZIP archive without a manifest.json is no update for a device"));
    const QByteArray text = *manifest;
    contents.erase(manifest);
    auto zip = readManifest(text, std::move(contents));
    if (!zip)
        return passOn(zip.error(), QStringLiteral("reading the ZIP archive"));
    return zip;
}

} // namespace core
