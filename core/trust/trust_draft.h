// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/trust_root.h"

namespace core {

/// A trust file while somebody changes it: a local file, or the next version of a root that nobody signed
/// yet.
struct TrustDraft {
    TrustStore store;
    std::optional<TrustRoot>
        root; // nothing for a local file; its grants are those of `store` when it is written
};

/// The first version of a root, without grants. InvalidFile for a threshold that the keys cannot reach.
Result<TrustDraft> firstRoot(const QList<PublicKey> &keys, int threshold, const QDateTime &expiresUtc);

/// The draft that begins with this file: a local file or an unsigned root as it is, a signed root as the
/// version after it. Errors as parseTrustStore() and parseTrustRoot().
Result<TrustDraft> draftOf(const QByteArray &bytes);

/// What a root may lose as well as a local file. InvalidFile when nothing has that id.
Result<Done> removeKey(TrustDraft &draft, const QString &keyId);

/// Takes the key out of every role, and lists it as revoked. A key that is nowhere can be revoked as well.
/// InvalidFile for what is no key id, for one that is revoked already, or for a reason of more than a line.
Result<Done> revokeKey(TrustDraft &draft, const Revocation &revocation);

/// The file of the draft, signed with these keys: those of the new root, and those of the version before, of
/// which the new one need not have any. Read back, so that nothing is written that nobody could read.
/// InvalidFile also for keys with a local file.
Result<QByteArray> toBytes(const TrustDraft &draft, const QList<PrivateKey> &keys);

} // namespace core
