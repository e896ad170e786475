// SPDX-License-Identifier: Apache-2.0
#include "core/release/release_signers.h"

#include <algorithm>

namespace core {

namespace {

Error objection(Reason reason, const QString &detail)
{
    return {ErrorKind::Untrusted, detail, reason};
}

/// The signature before all else: a changed channel is a changed document, and not a foreign key.
Result<Done> checkKnownSignatures(const SignedBytes &document, const TrustStore &store)
{
    QList<PublicKey> keys;
    for (const ReleaseKey &record : store.releaseKeys)
        keys.append(record.key);
    const auto signers = signersAmong(keys, document);
    return signers ? Result<Done>(Done{}) : passOn(signers.error());
}

/// The worst that was found, where it alone explains that too few count.
Reason worstOf(const QList<Error> &objections, bool anyCounts)
{
    for (const Reason reason : {Reason::KeyRevoked, Reason::KeyExpired}) {
        const auto isIt = [reason](const Error &error) { return error.reason == reason; };
        if (std::any_of(objections.cbegin(), objections.cend(), isIt))
            return reason;
    }
    return anyCounts ? Reason::ThresholdNotMet : Reason::KeyUnknown;
}

} // namespace

std::optional<Error> objectionToKey(const QString &keyId, const SigningScope &scope, const TrustStore &store,
                                    const QDateTime &nowUtc)
{
    if (const Revocation *revocation = store.revocation(keyId))
        return objection(Reason::KeyRevoked,
                         QStringLiteral("the key %1 is revoked: %2").arg(keyId, revocation->reason));
    const ReleaseKey *record = store.releaseKey(keyId);
    if (!record)
        return objection(Reason::KeyUnknown, QStringLiteral("the key %1 is not trusted").arg(keyId));
    if (!record->covers(scope.channel, scope.product))
        return objection(Reason::KeyUnknown,
                         QStringLiteral("the key %1 is not for channel %2 of %3")
                             .arg(keyId, scope.channel, scope.product));
    if (!record->isInForce(nowUtc))
        return objection(Reason::KeyExpired, QStringLiteral("the key %1 is not in force now").arg(keyId));
    return std::nullopt;
}

Result<QStringList> countingSigners(const SignedBytes &document, const SigningScope &scope, int threshold,
                                    const TrustStore &store, const QDateTime &nowUtc)
{
    if (document.signatures.isEmpty())
        return fail(ErrorKind::Untrusted, Reason::SignatureInvalid, QStringLiteral("nobody signed it"));
    if (auto checked = checkKnownSignatures(document, store); !checked)
        return passOn(checked.error(), QStringLiteral("reading the signatures"));
    QStringList signers;
    QList<Error> objections;
    for (const DocumentSignature &signature : document.signatures) {
        if (auto objection = objectionToKey(signature.keyId, scope, store, nowUtc))
            objections.append(*std::move(objection));
        else
            signers.append(signature.keyId);
    }
    if (signers.size() >= threshold)
        return signers;
    QStringList details{QStringLiteral("%1 of %2 signatures that it takes for channel %3 of %4")
                            .arg(signers.size())
                            .arg(threshold)
                            .arg(scope.channel, scope.product)};
    for (const Error &error : std::as_const(objections))
        details.append(error.detail);
    return fail(ErrorKind::Untrusted, worstOf(objections, !signers.isEmpty()),
                details.join(QStringLiteral("; ")));
}

Result<QStringList> checkSigners(const SignedManifest &document, const TrustStore &store,
                                 const QDateTime &nowUtc)
{
    const Manifest &manifest = document.manifest;
    return countingSigners(document, {manifest.channel, manifest.product},
                           store.thresholdFor(manifest.channel, manifest.product), store, nowUtc);
}

} // namespace core
