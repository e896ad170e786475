// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/trust_draft.h"

namespace test_support {

inline const QDateTime kRootExpires(QDate(2030, 1, 1), QTime(0, 0), Qt::UTC);

/// Three root keys of which two have to sign, and one key for each role.
struct SampleRoot {
    QList<core::PrivateKey> rootKeys{*core::PrivateKey::generate(), *core::PrivateKey::generate(),
                                     *core::PrivateKey::generate()};
    core::PrivateKey releaseKey = *core::PrivateKey::generate();
    core::PrivateKey bootKey = *core::PrivateKey::generate();

    QList<core::PublicKey> publicKeys() const
    {
        QList<core::PublicKey> keys;
        for (const core::PrivateKey &key : rootKeys)
            keys.append(key.publicKey());
        return keys;
    }

    core::TrustDraft draft() const
    {
        core::TrustDraft draft = *core::firstRoot(publicKeys(), 2, kRootExpires);
        draft.store.releaseKeys.append(
            {releaseKey.publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
        draft.store.bootKeys.append({bootKey.publicKey(), {QStringLiteral("*")}});
        return draft;
    }

    /// The draft as the root that the first two sign.
    QByteArray bytesOf(const core::TrustDraft &draft) const
    {
        return *core::toBytes(draft, rootKeys.first(2));
    }

    core::TrustRoot rootOf(const core::TrustDraft &draft) const
    {
        return *core::parseTrustRoot(bytesOf(draft));
    }

    core::TrustRoot first() const { return rootOf(draft()); }
    core::TrustDraft next(const core::TrustRoot &root) const
    {
        return *core::draftOf(*core::toBytes(root.document));
    }
};

} // namespace test_support
