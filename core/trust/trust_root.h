// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/release_time.h"
#include "core/trust/signed_document.h"
#include "core/trust/trust_store.h"

namespace core {

/// The document that says which keys are trusted, and for what: the root role of The Update Framework (TUF
/// specification 1.0.33, sections 4.3 and 5.3), without the other roles. docs/formats/trust_store.md. A
/// value.
///
/// Whoever trusts version N comes to trust version N + 1 when enough root keys of N and enough of N + 1
/// signed it, and by no other way.
struct TrustRoot {
    qint64 version = 1; // 1 … 2^31 - 1
    QDateTime expires; // UTC
    int threshold = 1; // so many of `keys` have to sign
    QList<PublicKey> keys; // each in no other role
    TrustStore grants; // its `expires` is that of the root
    SignedBytes document;
};

/// Reads a root in its canonical form. Judges no signature and no time. InvalidFile for what is none: also
/// for a threshold that its keys cannot reach, for a key with two roles, and for a revoked key that has one.
Result<TrustRoot> parseTrustRoot(const QByteArray &bytes);

/// The document of the root's fields, signed by nobody.
Result<SignedBytes> unsignedDocument(const TrustRoot &root);

/// That enough of its own keys signed it. Untrusted with SignatureInvalid or ThresholdNotMet.
Result<Done> checkSignatures(const TrustRoot &root);

/// That `next` may take the place of `trusted`: TUF 1.0.33, section 5.3, steps 4 and 5. No time is judged, as
/// a chain may lead over roots that have expired.
///
/// Untrusted with SignatureInvalid or ThresholdNotMet (of the old keys or the new ones), RootReplayed (an
/// older version), RootForked (another document of the same version), RootSkipped (more than one up), or
/// KeyRevoked (one that takes a revocation back).
Result<Done> checkSuccessor(const TrustRoot &trusted, const TrustRoot &next);

/// Untrusted with RootExpired; else as checkClock().
Result<Done> checkExpiry(const TrustRoot &root, const ReleaseTime &time);

/// Follows a chain of roots, oldest first, and gives the last. Those that `trusted` came after are passed
/// over; a chain without a newer one leads to `trusted`. Errors as checkSuccessor().
Result<TrustRoot> followChain(const TrustRoot &trusted, const QList<TrustRoot> &chain);

} // namespace core
