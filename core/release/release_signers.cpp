// SPDX-License-Identifier: Apache-2.0
#include "core/release/release_signers.h"

namespace core {

namespace {

tl::unexpected<Error> untrusted(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

/// What keeps a signature from counting; the key is in the store or revoked, and the signature is its.
struct Objection {
    Reason reason;
    QString why;
};

std::optional<Objection> objectionTo(const QString &keyId, const Manifest &manifest, const TrustStore &store,
                                     const QDateTime &nowUtc)
{
    if (const Revocation *revocation = store.revocation(keyId)) {
        return Objection{Reason::KeyRevoked,
                         QStringLiteral("the key %1 is revoked: %2").arg(keyId, revocation->reason)};
    }
    const ReleaseKey *record = store.releaseKey(keyId);
    if (!record)
        return Objection{Reason::KeyUnknown, QStringLiteral("the key %1 is not trusted").arg(keyId)};
    if (!record->covers(manifest.channel, manifest.product)) {
        return Objection{Reason::KeyUnknown,
                         QStringLiteral("the key %1 is not for channel %2 of %3")
                             .arg(keyId, manifest.channel, manifest.product)};
    }
    if (!record->isInForce(nowUtc))
        return Objection{Reason::KeyExpired, QStringLiteral("the key %1 is not in force now").arg(keyId)};
    return std::nullopt;
}

/// The signature before all else: a changed channel is a changed manifest, and not a foreign key.
Result<Done> checkKnownSignatures(const SignedManifest &document, const TrustStore &store)
{
    QList<PublicKey> keys;
    for (const ReleaseKey &record : store.releaseKeys)
        keys.append(record.key);
    if (const auto signers = signersAmong(keys, document); !signers)
        return passOn(signers.error());
    return Done{};
}

} // namespace

Result<QStringList> checkSigners(const SignedManifest &document, const TrustStore &store,
                                 const QDateTime &nowUtc)
{
    if (document.signatures.isEmpty())
        return untrusted(Reason::SignatureInvalid, QStringLiteral("nobody signed the manifest"));
    if (auto checked = checkKnownSignatures(document, store); !checked)
        return passOn(checked.error(), QStringLiteral("reading the signatures of the manifest"));

    QStringList signers;
    std::optional<Reason> worst;
    QStringList objections;
    for (const DocumentSignature &signature : document.signatures) {
        const auto objection = objectionTo(signature.keyId, document.manifest, store, nowUtc);
        if (!objection) {
            signers.append(signature.keyId);
            continue;
        }
        objections.append(objection->why);
        const bool isWorse = !worst || objection->reason == Reason::KeyRevoked
            || (objection->reason == Reason::KeyExpired && *worst == Reason::KeyUnknown);
        if (isWorse)
            worst = objection->reason;
    }
    const int threshold = store.thresholdFor(document.manifest.channel, document.manifest.product);
    if (signers.size() >= threshold)
        return signers;
    const bool isTooFew = !signers.isEmpty() && worst.value_or(Reason::KeyUnknown) == Reason::KeyUnknown;
    objections.prepend(
        QStringLiteral("%1 of %2 signatures that it takes").arg(signers.size()).arg(threshold));
    return untrusted(isTooFew ? Reason::ThresholdNotMet : worst.value_or(Reason::KeyUnknown),
                     objections.join(QStringLiteral("; ")));
}

} // namespace core
