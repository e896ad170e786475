// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest.h"

#include "core/base/download_address.h"
#include "core/base/file_access.h"
#include "core/json/json_fields.h"
#include "core/release/bundle_names.h"
#include "core/release/manifest_yaml.h"
#include "core/release/payload_signature.h"

#include <QRegularExpression>
#include <QSet>

namespace core {

namespace {

constexpr qint64 kLargestFile = 0xffffffff - 16ll * 1024 * 1024; // so that a bundle holds it
constexpr qint64 kLargestNumber32 = 0xffffffff;
constexpr std::size_t kMostPayloads = 16;
constexpr std::size_t kMostHealthChecks = 16;
constexpr qsizetype kMostHardwareRevisions = 64;
constexpr qsizetype kHashSize = 32;
constexpr JsonFields::Range kPercent{0, 100};
constexpr JsonFields::Range kCheckSeconds{1, 3600};

bool isOf(const QString &form, const QString &text)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(form)).match(text).hasMatch();
}

/// Text that has to be of a form, or the field is refused.
QString formedText(JsonFields &fields, const char *name, const QString &form)
{
    const QString text = fields.text(name);
    if (!isOf(form, text))
        fields.refuse(name, QStringLiteral("has to be of the form %1").arg(form));
    return text;
}

/// People write the number of their build server as it is, or a whole sentence.
QString readBuild(JsonFields &fields)
{
    const Json *build = fields.find("build");
    if (build && build->integer())
        return QString::number(*build->integer());
    return formedText(fields, "build", QStringLiteral("[ -~]{1,128}"));
}

/// A version, or only its first number: 1 is 1.0.0.
std::optional<Version> readMinBootloader(JsonFields &fields)
{
    const Json *value = fields.find("min_bootloader");
    if (!value)
        return std::nullopt;
    if (!value->integer())
        return fields.version("min_bootloader");
    return Version{quint8(fields.integer("min_bootloader", {0, 255})), 0, 0, 0};
}

QStringList readHardware(JsonFields &fields)
{
    const QStringList revisions = fields.texts("hw_compat");
    const bool areNames = std::all_of(revisions.cbegin(), revisions.cend(), [](const QString &name) {
        return isOf(QStringLiteral("[!-~]{1,64}"), name);
    });
    if (revisions.isEmpty() || revisions.size() > kMostHardwareRevisions || !areNames)
        fields.refuse("hw_compat", QStringLiteral("has to name the hardware revisions, in printable ASCII"));
    if (QSet<QString>(revisions.cbegin(), revisions.cend()).size() != revisions.size())
        fields.refuse("hw_compat", QStringLiteral("names a revision twice"));
    return revisions;
}

/// `file`, `size` and `sha256` of an object; the latter two may be absent.
ReleaseFile readFile(JsonFields &fields)
{
    ReleaseFile file;
    file.name = fields.text("file");
    if (!isFileEntryName(file.name)) {
        fields.refuse("file", QStringLiteral("has to be the plain name of a file beside the manifest"));
    }
    file.size = fields.optionalInteger("size", {1, kLargestFile});
    if (fields.has("sha256"))
        file.sha256 = fields.hex("sha256", kHashSize);
    return file;
}

QString readUrl(JsonFields &fields)
{
    const QString text = fields.text("url");
    if (!isDownloadAddress(text))
        fields.refuse("url", QStringLiteral("has to be an https address without a user name"));
    return text;
}

ManifestPayload readPayload(JsonFields &fields)
{
    ManifestPayload payload;
    if (fields.has("image"))
        payload.image = fields.lowerCaseName("image", 32);
    if (fields.has("url")) {
        payload.url = readUrl(fields);
        payload.file.size = fields.optionalInteger("size", {1, kLargestFile});
        if (fields.has("sha256"))
            payload.file.sha256 = fields.hex("sha256", kHashSize);
    } else {
        payload.file = readFile(fields);
    }
    if (fields.has("slot"))
        payload.slot = formedText(fields, "slot", QStringLiteral("inactive|primary|secondary|a|b|auto"));
    payload.isIrreversible = fields.optionalBoolean("irreversible").value_or(false);
    payload.signatures = readSignatures(fields, payloadAlgorithms());
    return payload;
}

QList<ManifestPayload> readPayloads(JsonFields &document)
{
    QList<ManifestPayload> payloads;
    if (const Json *only = document.find("payload")) {
        if (document.has("payloads"))
            document.refuse("payload", QStringLiteral("and payloads are both there"));
        JsonFields fields(*only, QStringLiteral("payload"));
        payloads.append(readPayload(fields));
        if (auto finished = fields.finish(); !finished)
            document.refuse(finished.error());
        return payloads;
    }
    payloads = readList(document, "payloads", kMostPayloads, readPayload);
    if (payloads.isEmpty())
        document.refuse("payload", QStringLiteral("is missing"));
    QSet<QString> images;
    QSet<QString> names;
    for (const ManifestPayload &payload : std::as_const(payloads)) {
        const QString name = payload.entry().name;
        const bool isSecond = images.contains(payload.image) || (!name.isEmpty() && names.contains(name));
        if (isSecond)
            document.refuse("payloads", QStringLiteral("name an image or a file twice"));
        images.insert(payload.image);
        names.insert(name);
    }
    // As long as a release can still be taken back, nothing of it may be for good.
    if (!std::is_partitioned(payloads.cbegin(), payloads.cend(),
                             [](const ManifestPayload &one) { return !one.isIrreversible; }))
        document.refuse("payloads", QStringLiteral("have an irreversible one before one that is not"));
    return payloads;
}

std::optional<int> minuteOfDay(const Json &value)
{
    static const QRegularExpression form(QStringLiteral(R"(\A([01][0-9]|2[0-4]):([0-5][0-9])\z)"));
    const QString *text = value.text();
    if (!text)
        return std::nullopt;
    const QRegularExpressionMatch match = form.match(*text);
    const int minute = match.captured(1).toInt() * 60 + match.captured(2).toInt();
    return match.hasMatch() && minute <= 24 * 60 ? std::optional(minute) : std::nullopt;
}

std::optional<InstallWindow> readWindow(JsonFields &policy)
{
    if (!policy.has("install_window_utc"))
        return std::nullopt;
    const Json::Array times = policy.array("install_window_utc");
    const auto from = times.size() == 2 ? minuteOfDay(times[0]) : std::nullopt;
    const auto until = times.size() == 2 ? minuteOfDay(times[1]) : std::nullopt;
    if (!from || !until || *from == *until) {
        policy.refuse("install_window_utc",
                      QStringLiteral("has to be two different times like [\"22:00\", \"04:00\"]"));
        return std::nullopt;
    }
    return InstallWindow{*from, *until};
}

std::optional<int> toInt(std::optional<qint64> number)
{
    return number ? std::optional(int(*number)) : std::nullopt;
}

ReleasePolicy readPolicy(JsonFields &document)
{
    ReleasePolicy policy;
    const Json *value = document.find("policy");
    if (!value)
        return policy;
    JsonFields fields(*value, QStringLiteral("policy"));
    policy.canaryPercent = toInt(fields.optionalInteger("canary_percent", kPercent));
    policy.installWindow = readWindow(fields);
    policy.batteryMinPercent = toInt(fields.optionalInteger("battery_min_percent", kPercent));
    policy.requiresMainsPower = fields.optionalBoolean("require_mains_power").value_or(false);
    if (auto finished = fields.finish(); !finished)
        document.refuse(finished.error());
    return policy;
}

ManifestHealthCheck readHealthCheck(JsonFields &fields)
{
    ManifestHealthCheck health;
    health.check = fields.lowerCaseName("check", 64);
    health.withinSeconds = int(fields.integer("within_seconds", kCheckSeconds));
    return health;
}

/// Only the name, or the file with size and hash.
std::optional<ReleaseFile> readReleaseNotes(JsonFields &document)
{
    const Json *value = document.find("release_notes");
    if (!value)
        return std::nullopt;
    const Json file = value->text() ? Json(Json::Object{{QStringLiteral("file"), *value}}) : *value;
    JsonFields fields(file, QStringLiteral("release_notes"));
    const ReleaseFile notes = readFile(fields);
    if (auto finished = fields.finish(); !finished)
        document.refuse(finished.error());
    return notes;
}

std::optional<ManifestOrigin> readOrigin(JsonFields &document)
{
    const Json *value = document.find("imported");
    if (!value)
        return std::nullopt;
    JsonFields fields(*value, QStringLiteral("imported"));
    ManifestOrigin origin;
    origin.format = formedText(fields, "format", QStringLiteral("[a-z0-9-]{1,32}"));
    origin.sha256 = fields.hex("sha256", kHashSize);
    if (auto finished = fields.finish(); !finished)
        document.refuse(finished.error());
    return origin;
}

Manifest readFields(JsonFields &document)
{
    Manifest manifest;
    document.optionalInteger("schema", {1, 1});
    manifest.version = document.version("version");
    manifest.build = readBuild(document);
    manifest.product = document.lowerCaseName("product", 64);
    manifest.hardware = readHardware(document);
    manifest.channel = document.lowerCaseName("channel", 32);
    manifest.rollbackIndex = quint32(document.integer("rollback_index", {0, kLargestNumber32}));
    manifest.minBootloader = readMinBootloader(document);
    manifest.payloads = readPayloads(document);
    manifest.policy = readPolicy(document);
    manifest.health = readList(document, "health", kMostHealthChecks, readHealthCheck);
    manifest.configSchema = document.optionalInteger("config_schema", {0, kLargestNumber32});
    manifest.expires = document.optionalTime("expires");
    manifest.releaseNotes = readReleaseNotes(document);
    manifest.imported = readOrigin(document);
    for (const ManifestPayload &payload : std::as_const(manifest.payloads)) {
        if (manifest.releaseNotes && manifest.releaseNotes->name == payload.entry().name)
            document.refuse("release_notes", QStringLiteral("is the file of a payload"));
    }
    return manifest;
}

tl::unexpected<Error> malformed(Error error)
{
    error.reason = Reason::ManifestMalformed;
    return passOn(std::move(error), QStringLiteral("reading the manifest"));
}

bool isJson(const QByteArray &text)
{
    return text.trimmed().startsWith('{');
}

bool isComplete(const Manifest &manifest)
{
    return std::all_of(manifest.payloads.cbegin(), manifest.payloads.cend(),
                       [](const ManifestPayload &payload) { return payload.file.isFilledIn(); })
        && (!manifest.releaseNotes || manifest.releaseNotes->isFilledIn());
}

} // namespace

ReleaseFile ManifestPayload::entry() const
{
    ReleaseFile entry = file;
    if (entry.name.isEmpty())
        entry.name = QString::fromLatin1(file.sha256.toHex());
    return entry;
}

Result<Manifest> parseManifest(const QByteArray &text)
{
    const auto document = isJson(text) ? parseStrict(text) : jsonFromYaml(text);
    if (!document)
        return malformed(document.error());
    JsonFields fields(*document, QString());
    Manifest manifest = readFields(fields);
    if (fields.has("signatures"))
        fields.refuse("signatures", QStringLiteral("are made when the bundle is created, not written"));
    if (auto finished = fields.finish(); !finished)
        return malformed(finished.error());
    return manifest;
}

Result<Manifest> readManifestFile(const QString &path)
{
    const auto text = readWholeFile(path, kLargestManifest);
    if (!text)
        return passOn(text.error());
    return parseManifest(*text);
}

Result<SignedManifest> parseSignedManifest(const QByteArray &bytes)
{
    const auto document = parseCanonical(bytes);
    if (!document)
        return malformed(document.error());
    JsonFields fields(*document, QString());
    SignedManifest result;
    fields.integer("schema", {1, 1});
    result.manifest = readFields(fields);
    result.signatures = readSignatures(fields);
    if (auto finished = fields.finish(); !finished)
        return malformed(finished.error());
    if (!isComplete(result.manifest)) {
        return malformed(Error{ErrorKind::InvalidFile,
                               QStringLiteral("a signed manifest names size and hash of every file")});
    }
    // From the document and not from the fields: the signature is about what stands there.
    auto signedBytes = bytesWithoutSignatures(*document);
    if (!signedBytes)
        return malformed(signedBytes.error());
    result.signedBytes = *signedBytes;
    return result;
}

} // namespace core
