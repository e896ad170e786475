// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_store.h"

#include "core/base/name_pattern.h"
#include "core/trust/trust_file_change.h"
#include "core/trust/trust_grants.h"

#include <algorithm>

namespace core {

namespace {

constexpr JsonFields::Range kSchema{1, 1};

} // namespace

bool ReleaseKey::covers(const QString &channel, const QString &product) const
{
    return matchesAny(channels, channel) && matchesAny(products, product);
}

bool ReleaseKey::isInForce(const QDateTime &nowUtc) const
{
    return (!notBefore || nowUtc >= *notBefore) && (!notAfter || nowUtc < *notAfter);
}

bool ProductKey::covers(const QString &product) const
{
    return matchesAny(products, product);
}

const ReleaseKey *TrustStore::releaseKey(const QString &keyId) const
{
    const auto found = std::find_if(releaseKeys.cbegin(), releaseKeys.cend(),
                                    [&keyId](const ReleaseKey &one) { return one.key.keyId() == keyId; });
    return found == releaseKeys.cend() ? nullptr : &*found;
}

const ProductKey *TrustStore::bootKey(const QByteArray &keyHash) const
{
    const auto found = std::find_if(bootKeys.cbegin(), bootKeys.cend(), [&keyHash](const ProductKey &one) {
        return one.key.keyHash() == keyHash;
    });
    return found == bootKeys.cend() ? nullptr : &*found;
}

const Revocation *TrustStore::revocation(const QString &keyId) const
{
    const auto found = std::find_if(revocations.cbegin(), revocations.cend(),
                                    [&keyId](const Revocation &one) { return one.keyId == keyId; });
    return found == revocations.cend() ? nullptr : &*found;
}

const Revocation *TrustStore::bootRevocation(const QByteArray &keyHash) const
{
    const auto found =
        std::find_if(revocations.cbegin(), revocations.cend(), [&keyHash](const Revocation &one) {
            return !keyHash.isEmpty()
                && (one.bootKeyHash == keyHash || one.keyId == QLatin1String(keyHash.toHex()));
        });
    return found == revocations.cend() ? nullptr : &*found;
}

bool TrustStore::judgesBootKeys() const
{
    return !bootKeys.isEmpty()
        || std::any_of(revocations.cbegin(), revocations.cend(),
                       [](const Revocation &one) { return !one.bootKeyHash.isEmpty(); });
}

int TrustStore::thresholdFor(const QString &channel, const QString &product) const
{
    int most = 1;
    for (const ReleaseThreshold &rule : releaseThresholds) {
        if (matchesAny(rule.channels, channel) && matchesAny(rule.products, product))
            most = std::max(most, rule.threshold);
    }
    return most;
}

bool TrustStore::dependsOnTime() const
{
    return expires || std::any_of(releaseKeys.cbegin(), releaseKeys.cend(), [](const ReleaseKey &one) {
               return one.notBefore || one.notAfter;
           });
}

Result<TrustStore> parseTrustStore(const QByteArray &bytes)
{
    const auto document = parseStrict(bytes, {.size = kLargestSignedDocument});
    if (!document)
        return passOn(document.error());
    JsonFields fields(*document, QString());
    fields.integer("schema", kSchema);
    TrustStore store = readGrants(fields);
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    return store;
}

Result<QByteArray> toBytes(const TrustStore &store)
{
    Json::Object object = grantsToObject(store);
    object.emplace(QStringLiteral("schema"), 1);
    return toCanonical(std::move(object));
}

Result<Done> saveTrustStore(const QString &path, const TrustStore &store)
{
    const auto bytes = toBytes(store);
    if (!bytes)
        return passOn(bytes.error());
    const auto saved = changeTrustFile(path, [&bytes](const std::optional<QByteArray> &) { return bytes; });
    return saved ? Result<Done>(Done{}) : passOn(saved.error());
}

} // namespace core
