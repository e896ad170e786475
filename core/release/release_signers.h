// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/manifest.h"
#include "core/trust/trust_store.h"

namespace core {

/// What a release key has to be good for.
struct SigningScope {
    QString channel; // "*": all of them
    QString product;
};

/// Why a signature of this key does not count; nothing when it does. Untrusted with KeyRevoked, KeyUnknown
/// (also: not for this channel or product) or KeyExpired (also: not in force yet).
std::optional<Error> objectionToKey(const QString &keyId, const SigningScope &scope, const TrustStore &store,
                                    const QDateTime &nowUtc);

/// The release keys whose signatures of the document count, by key id; at least `threshold` of them.
///
/// A signature that does not count is passed over, but for a wrong one in the name of a key in the store: it
/// refuses the whole, as somebody changed something. Untrusted with SignatureInvalid (also: nobody signed);
/// and when too few count, with the worst of what was found: KeyRevoked, KeyExpired, KeyUnknown, or
/// ThresholdNotMet.
Result<QStringList> countingSigners(const SignedBytes &document, const SigningScope &scope, int threshold,
                                    const TrustStore &store, const QDateTime &nowUtc);

/// Those of a manifest, for its channel and product: as many as the store's threshold for them asks for.
Result<QStringList> checkSigners(const SignedManifest &document, const TrustStore &store,
                                 const QDateTime &nowUtc);

} // namespace core
