// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_grants.h"

#include <QSet>

#include <algorithm>
#include <functional>

namespace core {

namespace {

constexpr JsonFields::Range kThreshold{1, 16};
constexpr qsizetype kKeyIdSize = 32; // bytes

/// The part of a record that every key has. Nothing for a key that the fields refuse.
std::optional<PublicKey> readKey(JsonFields &fields)
{
    const QString algorithm = fields.text("alg");
    const QString keyId = fields.text("key_id");
    const auto key = PublicKey::fromSpki(fields.base64("spki_b64"));
    if (!key) {
        fields.refuse(passOn(key.error(), QStringLiteral("reading ") + fields.placeOf("spki_b64")).value());
        return std::nullopt;
    }
    if (algorithm != algorithmName(key->algorithm()))
        fields.refuse("alg",
                      QStringLiteral("is not the algorithm of its key, which is %1")
                          .arg(algorithmName(key->algorithm())));
    if (key->keyId() != keyId)
        fields.refuse("key_id", QStringLiteral("is not the hash of its key, which is %1").arg(key->keyId()));
    return *key;
}

/// The same for a key that signs documents.
std::optional<PublicKey> readDocumentKey(JsonFields &fields)
{
    const auto key = readKey(fields);
    if (key && !key->maySignDocuments())
        fields.refuse("spki_b64",
                      QStringLiteral("is an RSA key of %1 bits; it needs 3072 or more").arg(key->bits()));
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

std::optional<ReleaseKey> readReleaseKey(JsonFields &fields)
{
    const auto key = readDocumentKey(fields);
    const QStringList channels = readPatterns(fields, "channels");
    const QStringList products = readPatterns(fields, "products");
    const auto notBefore = fields.optionalTime("not_before");
    const auto notAfter = fields.optionalTime("not_after");
    const bool isDevelopment = fields.optionalBoolean("development").value_or(false);
    if (notBefore && notAfter && *notBefore >= *notAfter)
        fields.refuse("not_after", QStringLiteral("has to be later than not_before"));
    if (isDevelopment && channels != QStringList{QStringLiteral("dev")})
        fields.refuse("channels", QStringLiteral("of a development key can only be [\"dev\"]"));
    if (!key)
        return std::nullopt;
    return ReleaseKey{*key, channels, products, notBefore, notAfter, isDevelopment};
}

std::optional<ProductKey> readProductKey(JsonFields &fields)
{
    const auto key = readKey(fields);
    const QStringList products = readPatterns(fields, "products");
    return key ? std::optional(ProductKey{*key, products}) : std::nullopt;
}

struct PlainKey {
    PublicKey key;
};

std::optional<PlainKey> readPlainKey(JsonFields &fields)
{
    const auto key = readDocumentKey(fields);
    return key ? std::optional(PlainKey{*key}) : std::nullopt;
}

/// Reads a list of records, of which no two may hold the same key: which one would count?
template<class Record>
QList<Record> readRecords(JsonFields &document, const char *name, std::optional<Record> (*read)(JsonFields &))
{
    QList<Record> records;
    QSet<QString> keyIds;
    for (const std::optional<Record> &record : readList(document, name, kNoMost, read)) {
        if (!record)
            continue;
        if (keyIds.contains(record->key.keyId()))
            document.refuse(name, QStringLiteral("has the key %1 twice").arg(record->key.keyId()));
        keyIds.insert(record->key.keyId());
        records.append(*record);
    }
    return records;
}

ReleaseThreshold readThreshold(JsonFields &fields)
{
    const QStringList channels = readPatterns(fields, "channels");
    const QStringList products = readPatterns(fields, "products");
    return {channels, products, int(fields.integer("threshold", kThreshold))};
}

Revocation readRevocation(JsonFields &fields)
{
    const QString keyId = QString::fromLatin1(fields.hex("key_id", kKeyIdSize).toHex());
    const QString reason = fields.shortLine("reason");
    Revocation revocation{keyId, reason, fields.time("since")};
    if (fields.has("boot_key_hash"))
        revocation.bootKeyHash = fields.hex("boot_key_hash", kKeyIdSize);
    return revocation;
}

QList<Revocation> readRevocations(JsonFields &document)
{
    const QList<Revocation> revocations = readList(document, "revoked", kNoMost, readRevocation);
    QSet<QString> keyIds;
    for (const Revocation &revocation : revocations)
        keyIds.insert(revocation.keyId);
    if (keyIds.size() != revocations.size())
        document.refuse("revoked", QStringLiteral("names a key twice"));
    return revocations;
}

/// One stolen key shall not be able to do two things.
void refuseSecondRoles(JsonFields &document, const TrustStore &store)
{
    QSet<QString> seen;
    for (const QString &keyId : keyIdsOf(store)) {
        if (seen.contains(keyId))
            document.refuse("boot_keys",
                            QStringLiteral("and the other lists name the key %1 in two roles").arg(keyId));
        seen.insert(keyId);
    }
}

/// A revocation and a grant in one document contradict each other, and someone would read it the wrong way.
template<class Record>
void refuseRevoked(JsonFields &document, const char *name, const QList<Record> &records,
                   const TrustStore &store)
{
    for (const Record &record : records) {
        if (store.revocation(record.key.keyId()))
            document.refuse(name, QStringLiteral("has the key %1, which is revoked").arg(record.key.keyId()));
    }
}

Json::Array toArray(const QStringList &texts)
{
    Json::Array array;
    for (const QString &text : texts)
        array.emplace_back(text);
    return array;
}

Json::Object toObject(const ReleaseKey &record)
{
    Json::Object object = toObject(record.key);
    object.emplace(QStringLiteral("channels"), toArray(record.channels));
    object.emplace(QStringLiteral("products"), toArray(record.products));
    if (record.notBefore)
        object.emplace(QStringLiteral("not_before"), timeText(*record.notBefore));
    if (record.notAfter)
        object.emplace(QStringLiteral("not_after"), timeText(*record.notAfter));
    if (record.isDevelopment)
        object.emplace(QStringLiteral("development"), true);
    return object;
}

Json::Object toObject(const ProductKey &record)
{
    Json::Object object = toObject(record.key);
    object.emplace(QStringLiteral("products"), toArray(record.products));
    return object;
}

Json::Object toObject(const ReleaseThreshold &rule)
{
    return {{QStringLiteral("channels"), toArray(rule.channels)},
            {QStringLiteral("products"), toArray(rule.products)},
            {QStringLiteral("threshold"), rule.threshold}};
}

Json::Object toObject(const Revocation &revocation)
{
    Json::Object object{{QStringLiteral("key_id"), revocation.keyId},
                        {QStringLiteral("reason"), revocation.reason},
                        {QStringLiteral("since"), timeText(revocation.since)}};
    if (!revocation.bootKeyHash.isEmpty())
        object.emplace(QStringLiteral("boot_key_hash"), QString::fromLatin1(revocation.bootKeyHash.toHex()));
    return object;
}

/// Lists that are empty are left out, but for those that every trust file has.
template<class Record>
void put(Json::Object &object, const char *name, const QList<Record> &records, bool isAlwaysThere = false)
{
    if (records.isEmpty() && !isAlwaysThere)
        return;
    Json::Array array;
    for (const Record &record : records)
        array.emplace_back(toObject(record));
    object.emplace(QString::fromLatin1(name), std::move(array));
}

} // namespace

QStringList keyIdsOf(const TrustStore &store)
{
    QStringList ids;
    for (const ReleaseKey &record : store.releaseKeys)
        ids.append(record.key.keyId());
    for (const auto *records : {&store.bootKeys, &store.recoveryKeys, &store.provisioningKeys}) {
        for (const ProductKey &record : *records)
            ids.append(record.key.keyId());
    }
    return ids;
}

TrustStore readGrants(JsonFields &document)
{
    TrustStore store;
    store.releaseKeys = readRecords(document, "release_keys", readReleaseKey);
    store.bootKeys = readRecords(document, "boot_keys", readProductKey);
    store.recoveryKeys = readRecords(document, "recovery_keys", readProductKey);
    store.provisioningKeys = readRecords(document, "provisioning_keys", readProductKey);
    store.releaseThresholds = readList(document, "release_thresholds", kNoMost, readThreshold);
    store.revocations = readRevocations(document);
    refuseSecondRoles(document, store);
    refuseRevoked(document, "release_keys", store.releaseKeys, store);
    refuseRevoked(document, "boot_keys", store.bootKeys, store);
    refuseRevoked(document, "recovery_keys", store.recoveryKeys, store);
    refuseRevoked(document, "provisioning_keys", store.provisioningKeys, store);
    return store;
}

Json::Object grantsToObject(const TrustStore &store)
{
    Json::Object object;
    put(object, "release_keys", store.releaseKeys, true);
    put(object, "boot_keys", store.bootKeys, true);
    put(object, "recovery_keys", store.recoveryKeys);
    put(object, "provisioning_keys", store.provisioningKeys);
    put(object, "release_thresholds", store.releaseThresholds);
    put(object, "revoked", store.revocations);
    return object;
}

QList<PublicKey> readKeys(JsonFields &document, const char *name)
{
    QList<PublicKey> keys;
    for (const PlainKey &record : readRecords(document, name, readPlainKey))
        keys.append(record.key);
    return keys;
}

Json::Object toObject(const PublicKey &key)
{
    return {{QStringLiteral("alg"), algorithmName(key.algorithm())},
            {QStringLiteral("key_id"), key.keyId()},
            {QStringLiteral("spki_b64"), QString::fromLatin1(key.spki().toBase64())}};
}

} // namespace core
