// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/key.h"

#include <QList>
#include <QStringList>

namespace core {

/// A key that may sign manifests of the named channels and products.
struct ReleaseKey {
    PublicKey key;
    QStringList channels; // "stable", or "*" for every channel
    QStringList products; // "bench-sensor", "bench-*", or "*" for every product

    bool covers(const QString &channel, const QString &product) const;
};

/// A key that devices of the named products boot images of.
struct BootKey {
    PublicKey key;
    QStringList products;

    bool covers(const QString &product) const;
};

/// The keys that this computer trusts: what `--trust FILE` names. A value.
///
/// Which algorithm a key has stands in the key's own record; a manifest cannot choose another. Described in
/// docs/formats/trust_store.md. Rotation, revocation and thresholds are to grow around these records.
struct TrustStore {
    QList<ReleaseKey> releaseKeys;
    QList<BootKey> bootKeys;

    /// Null when the key is not in the store.
    const ReleaseKey *releaseKey(const QString &keyId) const;
    const BootKey *bootKey(const QByteArray &keyHash) const;
};

/// InvalidFile for what is not a trust store: also for a key id that is not the hash of its key, and for a
/// key that is there twice.
Result<TrustStore> parseTrustStore(const QByteArray &bytes);

/// parseTrustStore() of a file of at most 256 KiB.
Result<TrustStore> loadTrustStore(const QString &path);

/// Canonical JSON; saving replaces the file in one step.
Result<QByteArray> toBytes(const TrustStore &store);
Result<Done> saveTrustStore(const QString &path, const TrustStore &store);

} // namespace core
