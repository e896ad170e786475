// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/manifest.h"
#include "core/trust/trust_store.h"

namespace core {

/// The release keys whose signatures count for this manifest, by key id: in the store, for its channel and
/// product, in force now, and not revoked. There are at least as many as the store's threshold asks for.
///
/// A signature that does not count is passed over, but for a wrong one in the name of a key in the store: it
/// refuses the whole, as somebody changed something. Untrusted with SignatureInvalid (also: nobody signed);
/// and when too few count, with the worst of what was found: KeyRevoked, KeyExpired, KeyUnknown (also: not
/// for this channel or product), or ThresholdNotMet.
Result<QStringList> checkSigners(const SignedManifest &document, const TrustStore &store,
                                 const QDateTime &nowUtc);

} // namespace core
