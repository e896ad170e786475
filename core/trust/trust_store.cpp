// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_store.h"

#include "core/base/file_access.h"
#include "core/trust/json_fields.h"

#include <QSet>

#include <algorithm>

namespace core {

namespace {

constexpr qint64 kLargestStore = 256 * 1024;
constexpr JsonFields::Range kSchema{1, 1};

/// "*" and a star at the end stand for anything; every other character for itself.
bool matches(const QString &pattern, const QString &text)
{
    return pattern.endsWith(QLatin1Char('*')) ? text.startsWith(pattern.chopped(1)) : text == pattern;
}

bool matchesAny(const QStringList &patterns, const QString &text)
{
    return std::any_of(patterns.cbegin(), patterns.cend(),
                       [&text](const QString &pattern) { return matches(pattern, text); });
}

/// The part of a record that both kinds of key have.
Result<PublicKey> readKey(JsonFields &fields)
{
    const QString algorithm = fields.text("alg");
    const QString keyId = fields.text("key_id");
    const QByteArray spki = fields.base64("spki_b64");
    if (algorithm != QStringLiteral("ed25519"))
        fields.refuse("alg", QStringLiteral("has to be \"ed25519\""));
    auto key = PublicKey::fromSpki(spki);
    if (!key)
        return passOn(key.error());
    if (key->keyId() != keyId)
        fields.refuse("key_id", QStringLiteral("is not the hash of its key, which is %1").arg(key->keyId()));
    return key;
}

QStringList readPatterns(JsonFields &fields, const char *name)
{
    const QStringList patterns = fields.texts(name);
    const bool isEachSome = std::none_of(patterns.cbegin(), patterns.cend(), std::mem_fn(&QString::isEmpty));
    if (patterns.isEmpty() || !isEachSome)
        fields.refuse(name, QStringLiteral("has to name at least one, or \"*\""));
    return patterns;
}

Result<ReleaseKey> readReleaseKey(const Json &record, const QString &place)
{
    JsonFields fields(record, place);
    auto key = readKey(fields);
    const QStringList channels = readPatterns(fields, "channels");
    const QStringList products = readPatterns(fields, "products");
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    if (!key)
        return passOn(key.error(), QStringLiteral("reading %1").arg(place));
    return ReleaseKey{*key, channels, products};
}

Result<BootKey> readBootKey(const Json &record, const QString &place)
{
    JsonFields fields(record, place);
    auto key = readKey(fields);
    const QStringList products = readPatterns(fields, "products");
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    if (!key)
        return passOn(key.error(), QStringLiteral("reading %1").arg(place));
    return BootKey{*key, products};
}

/// Reads a list of records, of which no two may hold the same key: which one would count?
template<class Record>
QList<Record> readRecords(JsonFields &document, const char *name,
                          Result<Record> (*read)(const Json &, const QString &))
{
    QList<Record> records;
    QSet<QString> keyIds;
    for (const Json &item : document.optionalArray(name)) {
        const auto record = read(item, QStringLiteral("%1[%2]").arg(QLatin1String(name)).arg(records.size()));
        if (!record) {
            document.refuse(record.error());
            break;
        }
        if (keyIds.contains(record->key.keyId()))
            document.refuse(name, QStringLiteral("has the key %1 twice").arg(record->key.keyId()));
        keyIds.insert(record->key.keyId());
        records.append(*record);
    }
    return records;
}

Json::Array toArray(const QStringList &texts)
{
    Json::Array array;
    for (const QString &text : texts)
        array.emplace_back(text);
    return array;
}

Json::Object toObject(const PublicKey &key)
{
    return {{QStringLiteral("alg"), QStringLiteral("ed25519")},
            {QStringLiteral("key_id"), key.keyId()},
            {QStringLiteral("spki_b64"), QString::fromLatin1(key.spki().toBase64())}};
}

} // namespace

bool ReleaseKey::covers(const QString &channel, const QString &product) const
{
    return matchesAny(channels, channel) && matchesAny(products, product);
}

bool BootKey::covers(const QString &product) const
{
    return matchesAny(products, product);
}

const ReleaseKey *TrustStore::releaseKey(const QString &keyId) const
{
    const auto found = std::find_if(releaseKeys.cbegin(), releaseKeys.cend(),
                                    [&keyId](const ReleaseKey &one) { return one.key.keyId() == keyId; });
    return found == releaseKeys.cend() ? nullptr : &*found;
}

const BootKey *TrustStore::bootKey(const QByteArray &keyHash) const
{
    const auto found = std::find_if(bootKeys.cbegin(), bootKeys.cend(),
                                    [&keyHash](const BootKey &one) { return one.key.keyHash() == keyHash; });
    return found == bootKeys.cend() ? nullptr : &*found;
}

Result<TrustStore> parseTrustStore(const QByteArray &bytes)
{
    const auto document = parseStrict(bytes, {.size = kLargestStore});
    if (!document)
        return passOn(document.error());
    JsonFields fields(*document, QString());
    fields.integer("schema", kSchema);
    TrustStore store;
    store.releaseKeys = readRecords<ReleaseKey>(fields, "release_keys", readReleaseKey);
    store.bootKeys = readRecords<BootKey>(fields, "boot_keys", readBootKey);
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    return store;
}

Result<TrustStore> loadTrustStore(const QString &path)
{
    const auto bytes = readWholeFile(path, kLargestStore);
    if (!bytes)
        return passOn(bytes.error());
    auto store = parseTrustStore(*bytes);
    if (!store)
        return passOn(store.error(), QStringLiteral("reading the trust store %1").arg(path));
    return store;
}

Result<QByteArray> toBytes(const TrustStore &store)
{
    Json::Array releaseKeys;
    for (const ReleaseKey &record : store.releaseKeys) {
        Json::Object object = toObject(record.key);
        object.emplace(QStringLiteral("channels"), toArray(record.channels));
        object.emplace(QStringLiteral("products"), toArray(record.products));
        releaseKeys.emplace_back(std::move(object));
    }
    Json::Array bootKeys;
    for (const BootKey &record : store.bootKeys) {
        Json::Object object = toObject(record.key);
        object.emplace(QStringLiteral("products"), toArray(record.products));
        bootKeys.emplace_back(std::move(object));
    }
    return toCanonical(Json::Object{{QStringLiteral("schema"), 1},
                                    {QStringLiteral("release_keys"), std::move(releaseKeys)},
                                    {QStringLiteral("boot_keys"), std::move(bootKeys)}});
}

Result<Done> saveTrustStore(const QString &path, const TrustStore &store)
{
    const auto bytes = toBytes(store);
    if (!bytes)
        return passOn(bytes.error());
    return replaceFile(path, *bytes);
}

} // namespace core
