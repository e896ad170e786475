// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_profile.h"

#include "core/base/file_access.h"
#include "core/base/name_pattern.h"
#include "core/device/device_address.h"
#include "core/json/json_fields.h"

#include <QDir>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr std::size_t kMostMatches = 32;
constexpr std::size_t kMostChecks = 16; // as in a manifest
constexpr qsizetype kMostPatterns = 32;
constexpr qsizetype kMostFiles = 256;
constexpr qsizetype kLongestName = 100;
constexpr qsizetype kLongestText = 1000;
constexpr JsonFields::Range kBauds{300, 12'000'000}; // What USB serial converters offer.
constexpr JsonFields::Range kCheckSeconds{1, 3600}; // as in a manifest

template<class Value>
struct Word {
    const char *word;
    Value value;
};

constexpr std::array kPolicies{Word{"leave", LinePolicy::Leave}, Word{"raise", LinePolicy::Raise},
                               Word{"lower", LinePolicy::Lower}};
constexpr std::array kFramings{Word{"console", DeviceAddress::Framing::Console},
                               Word{"raw", DeviceAddress::Framing::Raw}};
constexpr std::array kLinks{Word{"serial", DeviceAddress::Link::Serial}};

template<class Words>
QString listOf(const Words &words)
{
    QStringList list;
    for (const auto &each : words)
        list.append(QStringLiteral("\"%1\"").arg(QLatin1String(each.word)));
    return list.join(QStringLiteral(", "));
}

/// The first of the words is meant where the member is absent.
template<class Words>
auto oneOf(JsonFields &fields, const char *name, const Words &words)
{
    const QString text = fields.optionalText(name).value_or(QLatin1String(words.front().word));
    for (const auto &each : words)
        if (text == QLatin1String(each.word))
            return each.value;
    fields.refuse(name, QStringLiteral("has to be one of %1").arg(listOf(words)));
    return words.front().value;
}

std::optional<quint16> usbId(JsonFields &fields, const char *name)
{
    static const QRegularExpression form(QStringLiteral(R"(\A[0-9a-f]{4}\z)"));
    const auto text = fields.optionalText(name);
    if (!text)
        return std::nullopt;
    if (!form.match(*text).hasMatch())
        fields.refuse(name, QStringLiteral("has to be four hexadecimal digits in lower case, like \"2fe3\""));
    return quint16(text->toUInt(nullptr, 16));
}

QStringList patterns(JsonFields &fields, const char *name)
{
    if (!fields.has(name))
        return {};
    const QStringList list = fields.texts(name);
    const bool areNames = std::none_of(list.cbegin(), list.cend(), [](const QString &pattern) {
        return pattern.isEmpty() || pattern.size() > kLongestName;
    });
    if (list.isEmpty() || list.size() > kMostPatterns || !areNames)
        fields.refuse(name, QStringLiteral("has to hold 1 to %1 names").arg(kMostPatterns));
    return list;
}

QString boundedText(JsonFields &fields, const char *name, qsizetype longest)
{
    const QString text = fields.optionalText(name).value_or(QString());
    if (text.size() > longest)
        fields.refuse(name, QStringLiteral("has to be at most %1 characters").arg(longest));
    return text;
}

UsbMatch readMatch(JsonFields &fields)
{
    UsbMatch match;
    const std::optional<quint16> vendor = usbId(fields, "vid");
    if (!vendor)
        fields.refuse("vid", QStringLiteral("is missing"));
    match.vendor = vendor.value_or(0);
    match.product = usbId(fields, "pid");
    match.serialPatterns = patterns(fields, "serial");
    match.productPatterns = patterns(fields, "product");
    return match;
}

HealthRequirement readCheck(JsonFields &fields)
{
    HealthRequirement check;
    check.check = boundedText(fields, "check", kLongestName);
    if (check.check.isEmpty())
        fields.refuse("check", QStringLiteral("is missing"));
    check.within = std::chrono::seconds(fields.integer("within_seconds", kCheckSeconds));
    return check;
}

template<class Part>
QList<Part> readList(JsonFields &fields, const char *name, std::size_t most, Part (*readPart)(JsonFields &))
{
    const Json::Array items = fields.optionalArray(name);
    if (items.size() > most)
        fields.refuse(name, QStringLiteral("has to hold at most %1 entries").arg(most));
    QList<Part> parts;
    for (std::size_t index = 0; index < std::min(items.size(), most); ++index) {
        JsonFields part(items[index], QStringLiteral("%1[%2]").arg(fields.placeOf(name)).arg(index));
        parts.append(readPart(part));
        if (const auto finished = part.finish(); !finished)
            fields.refuse(finished.error());
    }
    return parts;
}

bool isId(const QString &id)
{
    static const QRegularExpression form(QStringLiteral(R"(\A[a-z0-9_-]{1,64}\z)"));
    return form.match(id).hasMatch();
}

/// The files of a folder by their names, in the order of their names.
Result<Done> readFolder(const QString &folder, QMap<QString, DeviceProfile> &profiles)
{
    const QFileInfoList files =
        QDir(folder).entryInfoList({QStringLiteral("*.json")}, QDir::Files | QDir::System, QDir::Name);
    if (files.size() > kMostFiles)
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("%1 holds more than %2 profiles").arg(folder).arg(kMostFiles));
    for (const QFileInfo &file : files) {
        const auto bytes = readWholeFile(file.filePath(), kLargestProfile);
        const auto profile =
            bytes ? parseProfile(file.completeBaseName(), *bytes) : core::passOn(bytes.error());
        if (!profile)
            return passOn(profile.error(),
                          QStringLiteral("reading the device profile %1").arg(file.filePath()));
        profiles[profile->id] = *profile;
    }
    return Done{};
}

int precision(const UsbMatch &match)
{
    return (match.product ? 2 : 0)
        + (match.serialPatterns.isEmpty() && match.productPatterns.isEmpty() ? 0 : 1);
}

/// How precisely a profile knows a port; -1 when it does not.
int precision(const DeviceProfile &profile, const Port &port)
{
    int best = -1;
    for (const UsbMatch &match : profile.usb)
        if (match.matches(port))
            best = std::max(best, precision(match));
    return best;
}

} // namespace

bool UsbMatch::matches(const Port &port) const
{
    if (!port.usb || port.usb->vendor != vendor)
        return false;
    const bool isProduct = !product || port.usb->product == *product;
    const bool isSerial = serialPatterns.isEmpty() || matchesAny(serialPatterns, port.serialNumber);
    const bool isNamed = productPatterns.isEmpty() || matchesAny(productPatterns, port.product);
    return isProduct && isSerial && isNamed;
}

bool DeviceProfile::matches(const Port &port) const
{
    return precision(*this, port) >= 0;
}

Result<DeviceProfile> parseProfile(const QString &id, const QByteArray &bytes)
{
    if (!isId(id))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("\"%1\": a profile's name is made of a-z, 0-9, - and _").arg(id));
    const auto document = parseStrict(bytes, {.size = kLargestProfile});
    if (!document)
        return passOn(document.error());
    JsonFields fields(*document, QString());
    fields.integer("schema", {1, 1});
    DeviceProfile profile;
    profile.id = id;
    profile.name = boundedText(fields, "name", kLongestName);
    if (profile.name.isEmpty())
        fields.refuse("name", QStringLiteral("is missing"));
    profile.usb = readList<UsbMatch>(fields, "usb", kMostMatches, readMatch);
    if (profile.usb.isEmpty())
        fields.refuse("usb", QStringLiteral("has to name at least one USB device"));
    profile.product = boundedText(fields, "product", kLongestName);
    profile.hardwareRevision = boundedText(fields, "hardware", kLongestName);
    oneOf(fields, "link", kLinks);
    profile.baud = int(fields.optionalInteger("baud", kBauds).value_or(profile.baud));
    profile.framing = oneOf(fields, "framing", kFramings);
    profile.dtr = oneOf(fields, "dtr", kPolicies);
    profile.rts = oneOf(fields, "rts", kPolicies);
    profile.recoveryEntry = boundedText(fields, "recovery_entry", kLongestText);
    profile.health = readList<HealthRequirement>(fields, "health", kMostChecks, readCheck);
    if (const auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    return profile;
}

Result<ProfileBook> ProfileBook::read(const QStringList &folders)
{
    QMap<QString, DeviceProfile> profiles;
    for (const QString &folder : folders)
        if (const auto done = readFolder(folder, profiles); !done)
            return passOn(done.error());
    return ProfileBook(profiles.values());
}

const DeviceProfile *ProfileBook::profileFor(const Port &port) const
{
    const DeviceProfile *best = nullptr;
    for (const DeviceProfile &profile : m_profiles) {
        const int own = precision(profile, port);
        if (own >= 0 && (!best || own > precision(*best, port)))
            best = &profile;
    }
    return best;
}

} // namespace core
