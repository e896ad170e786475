// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/release_mutations.h"

#include "core/release/bundle_names.h"
#include "tests/support/archive_tricks.h"
#include "tests/support/vectors.h"

#include <QSet>
#include <QTemporaryDir>

namespace testing {

using core::BundleEntry;
using core::Json;

namespace {

constexpr int kRefused = 4;
constexpr int kMalformed = 10;

const QByteArray kManifest = "version: \"1.1.0\"\n"
                             "build: \"b1873\"\n"
                             "product: \"bench-sensor\"\n"
                             "hw_compat: [\"revA\", \"revB\"]\n"
                             "channel: \"stable\"\n"
                             "rollback_index: 10100\n"
                             "min_bootloader: 1\n"
                             "payloads:\n"
                             "  - {file: \"app.bin\"}\n"
                             "  - {file: \"table.dat\", image: \"table\", irreversible: true}\n"
                             "policy: {canary_percent: 5, install_window_utc: [\"01:00\", \"04:00\"],\n"
                             "         battery_min_percent: 30, require_mains_power: false}\n"
                             "health: [{check: \"sensor\", within_seconds: 20}]\n"
                             "config_schema: 3\n"
                             "expires: \"2035-01-01T00:00:00Z\"\n"
                             "release_notes: \"notes.md\"\n";

/// Fields that a manifest may lack, and those whose text is one of a few words.
const QSet<QByteArray> kOptional{
    "min_bootloader", "policy",       "canary_percent",      "install_window_utc",
    "slot",           "irreversible", "battery_min_percent", "require_mains_power",
    "health",         "expires",      "config_schema",       "release_notes",
    "image"};
const QSet<QByteArray> kEnumerated{"schema", "slot"};

/// A value inside a document, by the names and indexes that lead to it.
struct Place {
    QStringList path;
    Json value;

    QString name() const { return path.join(u'.'); }
    QString field() const { return path.last(); }
    bool isMember() const { return !path.last().front().isDigit(); }
};

void collect(const Json &value, const QStringList &path, QList<Place> &places)
{
    if (!path.isEmpty())
        places.append({path, value});
    if (const auto *object = value.object()) {
        for (const auto &[name, member] : *object)
            collect(member, path + QStringList{name}, places);
    } else if (const auto *array = value.array()) {
        for (std::size_t index = 0; index < array->size(); ++index)
            collect((*array)[index], path + QStringList{QString::number(index)}, places);
    }
}

/// The document with the value at the path replaced, or left out when there is no new one.
Json replaced(const Json &value, const QStringList &path, const std::optional<Json> &instead)
{
    if (path.isEmpty())
        return *instead;
    const bool isRemoval = path.size() == 1 && !instead;
    if (const auto *object = value.object()) {
        Json::Object members = *object;
        if (isRemoval)
            members.erase(path.first());
        else
            members[path.first()] = replaced(members[path.first()], path.mid(1), instead);
        return members;
    }
    Json::Array items = *value.array();
    const auto index = std::size_t(path.first().toInt());
    if (isRemoval)
        items.erase(items.begin() + qsizetype(index));
    else
        items[index] = replaced(items[index], path.mid(1), instead);
    return items;
}

/// Another value of the same type and, as far as that can be, of the same form.
Json bumped(const Json &value)
{
    if (const bool *truth = value.boolean())
        return !*truth;
    if (const qint64 *number = value.integer())
        return *number + 1;
    QString text = *value.text();
    for (QChar &letter : text) {
        if (!letter.isLetterOrNumber())
            continue;
        const bool isLast = letter == u'9' || letter == u'f' || letter == u'z' || letter == u'Z';
        letter = QChar(ushort(letter.unicode() + (isLast ? -1 : 1)));
        break;
    }
    return text;
}

QList<std::pair<QString, Json>> otherTypes(const Json &value)
{
    QList<std::pair<QString, Json>> others;
    others.append({QStringLiteral("null"), Json()});
    if (!value.boolean())
        others.append({QStringLiteral("a truth"), Json(true)});
    if (!value.array())
        others.append({QStringLiteral("a list"), Json(Json::Array{})});
    if (!value.object() && !value.text())
        others.append({QStringLiteral("an object"), Json(Json::Object{})});
    return others;
}

bool isOfHash(const Place &place)
{
    return place.field() == QStringLiteral("sha256");
}

QStringList only(const char *text)
{
    return {QString::fromLatin1(text)};
}

QByteArray flipped(QByteArray bytes, qsizetype at)
{
    bytes[at] = char(bytes[at] ^ 0x10);
    return bytes;
}

} // namespace

MutatedRelease::MutatedRelease()
{
    QTemporaryDir folder;
    m_release.manifest = kManifest;
    m_release.releaseKey = m_root.releaseKey;
    m_release.bootKey = m_root.bootKey;
    m_trust = m_root.bytesOf(m_root.draft());
    *core::replaceFile(folder.filePath(QStringLiteral("table.dat")),
                       QByteArray("a table of values").repeated(20));
    const auto created = m_release.create(QDir(folder.path()));
    if (!created)
        qFatal("%s", qPrintable(created.error().detail));
    m_bundle = test_support::contentOf(folder.filePath(QStringLiteral("release.bmb")));
    m_entries = *core::readArchive(m_bundle);
    m_manifest = *core::parseStrict(m_entries.first().content)->object();
}

QList<Mutation> MutatedRelease::all() const
{
    return ofManifestFields() + ofSignatures() + ofWhatWasSigned() + ofContent() + ofArchive() + ofTrust()
        + ofRootChain();
}

Mutation MutatedRelease::withEntries(const QString &name, const QList<BundleEntry> &entries,
                                     const QString &reason, int exitCode) const
{
    return {name, *core::writeArchive(entries), m_trust, reason, exitCode};
}

Mutation MutatedRelease::withManifest(const QString &name, const QByteArray &manifest, const QString &reason,
                                      int exitCode) const
{
    QList<BundleEntry> entries = m_entries;
    entries.first().content = manifest;
    return withEntries(name, entries, reason, exitCode);
}

Mutation MutatedRelease::withTrust(const QString &name, const core::TrustDraft &draft,
                                   const QString &reason) const
{
    return {name, m_bundle, m_root.bytesOf(draft), reason, kRefused};
}

/// Every field of the manifest: changed, of another type, left out, and there twice. Nobody signed that.
QList<Mutation> MutatedRelease::ofManifestFields() const
{
    const QString malformed = QStringLiteral("MANIFEST_MALFORMED");
    const QString invalid = QStringLiteral("SIGNATURE_INVALID");
    QList<Place> places;
    Json::Object unsignedMembers = m_manifest;
    unsignedMembers.erase(QStringLiteral("signatures"));
    collect(unsignedMembers, {}, places);
    QList<Mutation> mutations;
    const auto add = [&](const Place &place, const QString &what, const std::optional<Json> &instead,
                         bool isFormed) {
        mutations.append(withManifest(QStringLiteral("manifest.%1: %2").arg(place.name(), what),
                                      *core::toCanonical(replaced(m_manifest, place.path, instead)),
                                      isFormed ? invalid : malformed, isFormed ? kRefused : kMalformed));
    };
    for (const Place &place : std::as_const(places)) {
        const bool isScalar = !place.value.object() && !place.value.array();
        if (isScalar)
            add(place, QStringLiteral("changed"), bumped(place.value),
                !kEnumerated.contains(place.field().toLatin1()));
        for (const auto &[type, other] : otherTypes(place.value))
            add(place, type, other, false);
        // Of two hardware revisions, one may go; of two times or payloads, what is left tells whether it is a
        // manifest.
        const bool isOneOfSeveral = place.path.size() == 2
            && (place.path.first() == QStringLiteral("hw_compat")
                || place.path.first() == QStringLiteral("health")
                || place.path.first() == QStringLiteral("payloads"));
        // Without its name, the second payload is an application like the first.
        const bool isNeeded = place.name() == QStringLiteral("payloads.1.image");
        add(place, QStringLiteral("removed"), std::nullopt,
            !isNeeded && (kOptional.contains(place.field().toLatin1()) || isOneOfSeveral));
        if (place.isMember() && place.path.size() == 1) {
            const QByteArray member = *core::toCanonical(Json::Object{{place.field(), place.value}});
            QByteArray twice = m_entries.first().content;
            twice.insert(1, member.mid(1, member.size() - 2) + ',');
            mutations.append(withManifest(QStringLiteral("manifest.%1: twice").arg(place.name()), twice,
                                          malformed, kMalformed));
        }
    }
    return mutations;
}

QList<Mutation> MutatedRelease::ofSignatures() const
{
    const QString invalid = QStringLiteral("SIGNATURE_INVALID");
    QList<Mutation> mutations;
    const QStringList first{QStringLiteral("signatures"), QStringLiteral("0")};
    const Json::Object signature = *(*m_manifest.at(QStringLiteral("signatures")).array())[0].object();
    const auto with = [&](const QString &name, const QString &field, const QString &text,
                          const QString &reason) {
        const Json changed = replaced(m_manifest, first + QStringList{field}, Json(text));
        mutations.append(
            withManifest(QStringLiteral("signature: ") + name, *core::toCanonical(changed), reason,
                         reason == QStringLiteral("MANIFEST_MALFORMED") ? kMalformed : kRefused));
    };
    const QByteArray value =
        QByteArray::fromBase64(signature.at(QStringLiteral("sig_b64")).text()->toLatin1());
    for (qsizetype at = 0; at < value.size(); ++at)
        with(QStringLiteral("byte %1 flipped").arg(at), QStringLiteral("sig_b64"),
             QString::fromLatin1(flipped(value, at).toBase64()), invalid);
    with(QStringLiteral("shorter"), QStringLiteral("sig_b64"),
         QString::fromLatin1(value.chopped(1).toBase64()), invalid);
    with(QStringLiteral("longer"), QStringLiteral("sig_b64"), QString::fromLatin1((value + 'x').toBase64()),
         invalid);
    with(QStringLiteral("empty"), QStringLiteral("sig_b64"), QString(), invalid);
    with(QStringLiteral("unused bits"), QStringLiteral("sig_b64"),
         QString::fromLatin1(value.toBase64()).replace(QStringLiteral("=="), QStringLiteral("=")),
         QStringLiteral("MANIFEST_MALFORMED"));
    for (const char *algorithm : {"ecdsa-p256-sha256", "rsa-pss-sha256"})
        with(QLatin1String(algorithm), QStringLiteral("alg"), QLatin1String(algorithm), invalid);
    with(QStringLiteral("no algorithm"), QStringLiteral("alg"), QStringLiteral("none"),
         QStringLiteral("MANIFEST_MALFORMED"));
    const QString keyId = *signature.at(QStringLiteral("key_id")).text();
    for (int at = 0; at < keyId.size(); at += 8) {
        QString other = keyId;
        other[at] = other[at] == u'0' ? u'1' : u'0';
        with(QStringLiteral("digit %1 of the key id").arg(at), QStringLiteral("key_id"), other,
             QStringLiteral("KEY_UNKNOWN"));
    }
    Json::Object nobody = m_manifest;
    nobody[QStringLiteral("signatures")] = Json::Array{};
    mutations.append(
        withManifest(QStringLiteral("signature: none"), *core::toCanonical(nobody), invalid, kRefused));
    Json::Object twice = m_manifest;
    twice[QStringLiteral("signatures")] = Json::Array{signature, signature};
    mutations.append(withManifest(QStringLiteral("signature: twice"), *core::toCanonical(twice),
                                  QStringLiteral("MANIFEST_MALFORMED"), kMalformed));
    return mutations;
}

QByteArray MutatedRelease::signedAgain(const Json::Object &members) const
{
    core::SignedBytes document{*core::bytesWithoutSignatures(members), {}};
    *core::addSignature(document, m_release.releaseKey);
    return *core::toBytes(document);
}

/// The right key signed something that does not agree with what is in the bundle.
QList<Mutation> MutatedRelease::ofWhatWasSigned() const
{
    QList<Mutation> mutations;
    const auto with = [&](const char *name, const QStringList &path, const Json &instead, const char *reason,
                          int exitCode = kRefused) {
        const Json changed = replaced(m_manifest, path, instead);
        mutations.append(withManifest(QStringLiteral("signed: ") + QLatin1String(name),
                                      signedAgain(*changed.object()), QLatin1String(reason), exitCode));
    };
    const auto text = [](const char *value) { return Json(QString::fromLatin1(value)); };
    const QStringList payload{QStringLiteral("payloads"), QStringLiteral("0")};
    with("another version", {QStringLiteral("version")}, text("1.2.0"), "MANIFEST_MALFORMED");
    with("another rollback index", {QStringLiteral("rollback_index")}, Json(10101), "MANIFEST_MALFORMED");
    with("another product", {QStringLiteral("product")}, text("lamp"), "INCOMPATIBLE_PRODUCT");
    with("another hardware", {QStringLiteral("hw_compat")}, Json(Json::Array{text("revZ")}),
         "INCOMPATIBLE_HARDWARE");
    with("expired", {QStringLiteral("expires")}, text("2020-01-01T00:00:00Z"), "MANIFEST_EXPIRED");
    with("another schema", {QStringLiteral("schema")}, Json(2), "MANIFEST_MALFORMED", kMalformed);
    with("a field more", {QStringLiteral("owner")}, text("me"), "MANIFEST_MALFORMED", kMalformed);
    with("another file", payload + QStringList{QStringLiteral("file")}, text("other.bin"), "");
    mutations.last().exitCode = kMalformed; // app.bin is in the bundle, and no longer named
    QList<Place> places;
    collect(m_manifest, {}, places);
    for (const Place &place : std::as_const(places)) {
        if (isOfHash(place))
            with(qPrintable(place.name()), place.path, bumped(place.value), "HASH_MISMATCH");
        if (place.field() == QStringLiteral("size")) {
            with(qPrintable(place.name() + QStringLiteral(" larger")), place.path, bumped(place.value),
                 "HASH_MISMATCH");
            with(qPrintable(place.name() + QStringLiteral(" smaller")), place.path,
                 Json(*place.value.integer() - 1), "HASH_MISMATCH");
        }
    }
    return mutations;
}

QList<Mutation> MutatedRelease::ofContent() const
{
    QList<Mutation> mutations;
    for (qsizetype index = 1; index < m_entries.size(); ++index) {
        const QByteArray &content = m_entries[index].content;
        const auto with = [&](const QString &what, const QByteArray &changed) {
            QList<BundleEntry> entries = m_entries;
            entries[index].content = changed;
            mutations.append(withEntries(QStringLiteral("%1: %2").arg(m_entries[index].name, what), entries,
                                         QStringLiteral("HASH_MISMATCH"), kRefused));
        };
        const qsizetype step = std::max<qsizetype>(1, content.size() / 16);
        for (qsizetype at = 0; at < content.size(); at += step)
            with(QStringLiteral("byte %1 flipped").arg(at), flipped(content, at));
        with(QStringLiteral("shorter"), content.chopped(1));
        with(QStringLiteral("longer"), content + '\0');
        with(QStringLiteral("empty"), QByteArray());
        QList<BundleEntry> without = m_entries;
        without.removeAt(index);
        mutations.append(withEntries(QStringLiteral("%1: missing").arg(m_entries[index].name), without,
                                     QStringLiteral("PAYLOAD_MISSING"), kRefused));
    }
    return mutations;
}

QList<Mutation> MutatedRelease::ofArchive() const
{
    QList<Mutation> mutations;
    const auto bytes = [&](const QString &name, const QByteArray &changed) {
        mutations.append({QStringLiteral("archive: ") + name, changed, m_trust, {}, kMalformed});
    };
    for (int sixteenth = 0; sixteenth < 16; ++sixteenth)
        bytes(QStringLiteral("cut at %1/16").arg(sixteenth),
              m_bundle.first(m_bundle.size() * sixteenth / 16));
    bytes(QStringLiteral("a byte behind"), m_bundle + 'x');
    bytes(QStringLiteral("a script in front"), "#!/bin/sh\n" + m_bundle);
    bytes(QStringLiteral("two of it"), m_bundle + m_bundle);
    bytes(QStringLiteral("a comment that is not there"), flipped(m_bundle, m_bundle.size() - 2));
    for (const test_support::ArchiveTrick &trick : test_support::archiveTricks(m_bundle))
        bytes(QLatin1String(trick.name), trick.archive);
    const qsizetype directory = m_bundle.indexOf("PK\x01\x02");
    QByteArray link = m_bundle;
    link[directory + 41] =
        char(0xa1); // the mode of a symbolic link, in the external attributes (APPNOTE 4.3.12)
    bytes(QStringLiteral("a link"), link);
    const auto with = [&](const QString &name) {
        QList<BundleEntry> entries = m_entries;
        entries.append({name, "x"});
        mutations.append(withEntries(QStringLiteral("archive: with %1").arg(name), entries, {}, kMalformed));
    };
    for (const char *name : {"../up.bin", "/root.bin", "folder/file.bin", "back\\slash", ".hidden", "app.bin",
                             "manifest.json", "a b", "folder/", "extra.bin", "1.root.json"})
        with(QLatin1String(name));
    QList<BundleEntry> reordered = m_entries;
    reordered.swapItemsAt(0, 1);
    mutations.append(withEntries(QStringLiteral("archive: manifest second"), reordered, {}, kMalformed));
    QList<BundleEntry> many = m_entries;
    for (int index = 0; index < 40; ++index)
        many.append({QStringLiteral("file%1").arg(index), "x"});
    mutations.append(withEntries(QStringLiteral("archive: too many"), many, {}, kMalformed));
    return mutations;
}

/// The same bundle, judged by other trust.
QList<Mutation> MutatedRelease::ofTrust() const
{
    QList<Mutation> mutations;
    const auto with = [&](const char *name, const char *reason,
                          const std::function<void(core::TrustDraft &)> &change) {
        core::TrustDraft draft = m_root.draft();
        change(draft);
        mutations.append(
            withTrust(QStringLiteral("trust: ") + QLatin1String(name), draft, QLatin1String(reason)));
    };
    const QDateTime past(QDate(2020, 1, 1), QTime(0, 0), Qt::UTC);
    const core::PublicKey stranger = core::PrivateKey::generate()->publicKey();
    const auto revoke = [&](const core::PrivateKey &key) {
        return [&](core::TrustDraft &draft) {
            *core::revokeKey(draft, {key.publicKey().keyId(), QStringLiteral("stolen"), past});
        };
    };
    with("release key revoked", "KEY_REVOKED", revoke(m_root.releaseKey));
    with("boot key revoked", "KEY_REVOKED", revoke(m_root.bootKey));
    with("other release key", "KEY_UNKNOWN", [&](auto &draft) { draft.store.releaseKeys[0].key = stranger; });
    with("other boot key", "KEY_UNKNOWN", [&](auto &draft) { draft.store.bootKeys[0].key = stranger; });
    with("other channel", "KEY_UNKNOWN",
         [](auto &draft) { draft.store.releaseKeys[0].channels = only("dev"); });
    with("other product", "KEY_UNKNOWN",
         [](auto &draft) { draft.store.releaseKeys[0].products = only("lamp"); });
    with("images of another product", "KEY_UNKNOWN",
         [](auto &draft) { draft.store.bootKeys[0].products = only("lamp"); });
    with("key of yesterday", "KEY_EXPIRED", [&](auto &draft) { draft.store.releaseKeys[0].notAfter = past; });
    with("key of tomorrow", "KEY_EXPIRED", [](auto &draft) {
        draft.store.releaseKeys[0].notBefore = QDateTime::currentDateTimeUtc().addDays(1);
    });
    with("two signatures", "THRESHOLD_NOT_MET", [](auto &draft) {
        draft.store.releaseThresholds.append({only("stable"), only("*"), 2});
    });
    with("expired root", "ROOT_EXPIRED", [&](auto &draft) { draft.root->expires = past; });
    QByteArray altered = m_trust;
    mutations.append({QStringLiteral("trust: altered"), m_bundle, altered.replace("2030-01-01", "2031-01-01"),
                      QStringLiteral("SIGNATURE_INVALID"), kRefused});
    const QByteArray tooFew = *core::toBytes(m_root.draft(), {m_root.rootKeys[0]});
    mutations.append({QStringLiteral("trust: one root signature"), m_bundle, tooFew,
                      QStringLiteral("THRESHOLD_NOT_MET"), kRefused});
    return mutations;
}

QList<Mutation> MutatedRelease::ofRootChain() const
{
    QList<Mutation> mutations;
    const core::TrustRoot first = *core::parseTrustRoot(m_trust);
    const core::TrustRoot second = m_root.rootOf(m_root.next(first));
    const core::TrustRoot third = m_root.rootOf(m_root.next(second));
    const auto with = [&](const char *name, const QList<QByteArray> &roots, const char *reason,
                          int exitCode) {
        QList<BundleEntry> entries = m_entries;
        for (qsizetype index = 0; index < roots.size(); ++index)
            entries.insert(1 + index, {core::rootEntryName(index + 2), roots[index]});
        mutations.append(withEntries(QStringLiteral("roots: ") + QLatin1String(name), entries,
                                     QLatin1String(reason), exitCode));
    };
    const auto bytesOf = [](const core::TrustRoot &root) { return *core::toBytes(root.document); };
    with("one is skipped", {bytesOf(third)}, "ROOT_SKIPPED", kRefused);
    core::TrustDraft fork = m_root.draft();
    fork.root->expires = fork.root->expires.addDays(1);
    with("a fork", {m_root.bytesOf(fork)}, "ROOT_FORKED", kRefused);
    with("going back", {bytesOf(second), bytesOf(third), bytesOf(second)}, "ROOT_REPLAYED", kRefused);
    with("too few signatures", {*core::toBytes(m_root.next(first), {m_root.rootKeys[0]})},
         "THRESHOLD_NOT_MET", kRefused);
    with("signatures of strangers",
         {*core::toBytes(m_root.next(first), {*core::PrivateKey::generate(), *core::PrivateKey::generate()})},
         "THRESHOLD_NOT_MET", kRefused);
    with("altered", {bytesOf(second).replace("2030-01-01", "2031-01-01")}, "SIGNATURE_INVALID", kRefused);
    with("damaged", {bytesOf(second).chopped(1)}, "", kMalformed);
    core::TrustDraft revoking = m_root.next(first);
    *core::revokeKey(revoking,
                     {m_release.releaseKey.publicKey().keyId(), QStringLiteral("stolen"),
                      QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC)});
    with("that revokes the release's key", {m_root.bytesOf(revoking)}, "KEY_REVOKED", kRefused);
    core::TrustDraft expired = m_root.next(first);
    expired.root->expires = QDateTime(QDate(2020, 1, 1), QTime(0, 0), Qt::UTC);
    with("ending with an expired one", {m_root.bytesOf(expired)}, "ROOT_EXPIRED", kRefused);
    return mutations;
}

} // namespace testing
