// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/key.h"

#include <QDateTime>
#include <QList>
#include <QStringList>

#include <optional>

namespace core {

/// A key that may sign manifests of the named channels and products.
struct ReleaseKey {
    PublicKey key;
    QStringList channels; // "stable", or "*" for every channel
    QStringList products; // "bench-sensor", "bench-*", or "*" for every product
    std::optional<QDateTime> notBefore = {}; // UTC; when the key may be used
    std::optional<QDateTime> notAfter = {};
    bool isDevelopment = false; // signs for the channel "dev" and no other

    bool covers(const QString &channel, const QString &product) const;
    bool isInForce(const QDateTime &nowUtc) const;
};

/// A key for the named products: devices boot images of it, or are unlocked by it, or are provisioned by it.
struct ProductKey {
    PublicKey key;
    QStringList products;

    bool covers(const QString &product) const;
};

/// How many different release keys have to sign a manifest of these channels and products.
struct ReleaseThreshold {
    QStringList channels;
    QStringList products;
    int threshold = 1;
};

/// A key that counts for nothing any more, whatever else names it.
struct Revocation {
    QString keyId;
    QString reason; // one line, for whoever meets a release that it signed
    QDateTime since; // UTC
    QByteArray bootKeyHash = {}; // of a boot key: what images name it by (PublicKey::keyHash())

    friend bool operator==(const Revocation &, const Revocation &) = default;
};

/// The keys that this computer trusts, and for what. A value.
///
/// Comes out of a trust root (trust_root.h), which the holders of the root keys signed, or out of a local
/// trust file, which whoever may write the file decides: docs/formats/trust_store.md. Which algorithm a key
/// has stands in the key itself; a manifest cannot choose another.
struct TrustStore {
    QList<ReleaseKey> releaseKeys;
    QList<ProductKey> bootKeys;
    QList<ProductKey> recoveryKeys;
    QList<ProductKey> provisioningKeys;
    QList<ReleaseThreshold> releaseThresholds;
    QList<Revocation> revocations;
    std::optional<QDateTime> expires = {}; // UTC, of the trust root; a local file does not expire

    /// Null when the key is not in the store.
    const ReleaseKey *releaseKey(const QString &keyId) const;
    const ProductKey *bootKey(const QByteArray &keyHash) const;
    const Revocation *revocation(const QString &keyId) const;
    const Revocation *bootRevocation(const QByteArray &keyHash) const;

    /// Whether it says anything of boot keys. Where all of them are revoked, units boot no image of it.
    bool judgesBootKeys() const;

    /// The largest of those that cover the channel and the product; 1 when none does.
    int thresholdFor(const QString &channel, const QString &product) const;

    /// Whether anything in it depends on the time of the day.
    bool dependsOnTime() const;
};

/// Reads a local trust file. InvalidFile for what is none: also for a key id that is not the hash of its key,
/// for a key that is there twice, and for one that is revoked and named all the same.
Result<TrustStore> parseTrustStore(const QByteArray &bytes);

/// Canonical JSON; saving replaces whatever is in the file, by changeTrustFile().
Result<QByteArray> toBytes(const TrustStore &store);
Result<Done> saveTrustStore(const QString &path, const TrustStore &store);

} // namespace core
