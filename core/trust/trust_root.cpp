// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_root.h"

#include "core/trust/trust_grants.h"

#include <algorithm>

namespace core {

namespace {

constexpr JsonFields::Range kSchema{1, 1};
constexpr JsonFields::Range kVersion{1, 0x7fffffff};
constexpr JsonFields::Range kThreshold{1, 16};

tl::unexpected<Error> untrusted(Reason reason, const QString &detail)
{
    return fail(ErrorKind::Untrusted, reason, detail);
}

/// One stolen key shall not be able to do two things.
void checkRootKeys(JsonFields &document, const TrustRoot &root)
{
    const QStringList granted = keyIdsOf(root.grants);
    for (const PublicKey &key : root.keys) {
        if (granted.contains(key.keyId()))
            document.refuse(
                "root_keys",
                QStringLiteral("and the other lists name the key %1 in two roles").arg(key.keyId()));
        if (root.grants.revocation(key.keyId()))
            document.refuse("root_keys", QStringLiteral("has the key %1, which is revoked").arg(key.keyId()));
    }
}

/// That enough of the root keys of `judge` signed `root`.
Result<Done> checkThreshold(const TrustRoot &judge, const TrustRoot &root)
{
    const auto signers = signersAmong(judge.keys, root.document);
    if (!signers)
        return passOn(signers.error());
    if (signers->size() >= judge.threshold)
        return Done{};
    return untrusted(Reason::ThresholdNotMet,
                     QStringLiteral("%1 of the root keys of version %2 signed version %3; it takes %4")
                         .arg(signers->size())
                         .arg(judge.version)
                         .arg(root.version)
                         .arg(judge.threshold));
}

Result<Done> checkRevocationsStay(const TrustRoot &trusted, const TrustRoot &next)
{
    for (const Revocation &revocation : trusted.grants.revocations) {
        const Revocation *kept = next.grants.revocation(revocation.keyId);
        if (!kept || kept->bootKeyHash != revocation.bootKeyHash)
            return untrusted(Reason::KeyRevoked,
                             QStringLiteral("version %1 takes the revocation of %2 back; that is for ever")
                                 .arg(next.version)
                                 .arg(revocation.keyId));
    }
    return Done{};
}

Result<Done> checkVersion(const TrustRoot &trusted, const TrustRoot &next)
{
    const QString versions = QStringLiteral("version %1 is trusted, and this is version %2")
                                 .arg(trusted.version)
                                 .arg(next.version);
    if (next.version < trusted.version)
        return untrusted(Reason::RootReplayed, versions);
    if (next.version == trusted.version)
        return untrusted(Reason::RootForked,
                         QStringLiteral("two trust roots call themselves version %1").arg(next.version));
    if (next.version > trusted.version + 1)
        return untrusted(Reason::RootSkipped, versions);
    return Done{};
}

} // namespace

Result<TrustRoot> parseTrustRoot(const QByteArray &bytes)
{
    const auto document = parseCanonical(bytes, {.size = kLargestSignedDocument});
    if (!document)
        return passOn(document.error());
    JsonFields fields(*document, QString());
    TrustRoot root;
    fields.integer("schema", kSchema);
    root.version = fields.integer("version", kVersion);
    root.expires = fields.time("expires");
    root.threshold = int(fields.integer("root_threshold", kThreshold));
    root.keys = readKeys(fields, "root_keys");
    root.grants = readGrants(fields);
    root.grants.expires = root.expires;
    root.document.signatures = readSignatures(fields);
    if (root.threshold > root.keys.size())
        fields.refuse("root_threshold", QStringLiteral("is more than there are root keys"));
    checkRootKeys(fields, root);
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    auto signedBytes = bytesWithoutSignatures(*document);
    if (!signedBytes)
        return passOn(signedBytes.error());
    root.document.signedBytes = *std::move(signedBytes);
    return root;
}

Result<SignedBytes> unsignedDocument(const TrustRoot &root)
{
    Json::Array keys;
    for (const PublicKey &key : root.keys)
        keys.emplace_back(toObject(key));
    Json::Object object = grantsToObject(root.grants);
    object.emplace(QStringLiteral("schema"), 1);
    object.emplace(QStringLiteral("version"), root.version);
    object.emplace(QStringLiteral("expires"), timeText(root.expires));
    object.emplace(QStringLiteral("root_threshold"), root.threshold);
    object.emplace(QStringLiteral("root_keys"), std::move(keys));
    auto bytes = toCanonical(std::move(object));
    if (!bytes)
        return passOn(bytes.error());
    return SignedBytes{*std::move(bytes), {}};
}

Result<Done> checkSignatures(const TrustRoot &root)
{
    return checkThreshold(root, root);
}

Result<Done> checkSuccessor(const TrustRoot &trusted, const TrustRoot &next)
{
    if (auto checked = checkVersion(trusted, next); !checked)
        return checked;
    if (auto checked = checkThreshold(trusted, next); !checked)
        return checked;
    if (auto checked = checkSignatures(next); !checked)
        return checked;
    return checkRevocationsStay(trusted, next);
}

Result<Done> checkClock(const ReleaseTime &time)
{
    if (time.nowUtc >= time.earliestUtc)
        return Done{};
    return fail(ErrorKind::NotAllowedNow, Reason::ClockWrong,
                QStringLiteral("this computer's clock says %1, and this program was made after %2")
                    .arg(timeText(time.nowUtc), timeText(time.earliestUtc)));
}

Result<Done> checkExpiry(const TrustRoot &root, const ReleaseTime &time)
{
    if (auto checked = checkClock(time); !checked)
        return checked;
    if (time.nowUtc < root.expires)
        return Done{};
    return untrusted(Reason::RootExpired,
                     QStringLiteral("version %1 of the trust root expired at %2")
                         .arg(root.version)
                         .arg(timeText(root.expires)));
}

Result<TrustRoot> followChain(const TrustRoot &trusted, const QList<TrustRoot> &chain)
{
    TrustRoot last = trusted;
    for (const TrustRoot &next : chain) {
        const bool isKnown = next.version < trusted.version
            || (next.version == last.version && next.document.signedBytes == last.document.signedBytes);
        if (isKnown)
            continue;
        if (auto checked = checkSuccessor(last, next); !checked)
            return passOn(checked.error(), QStringLiteral("following the chain of trust roots"));
        last = next;
    }
    return last;
}

} // namespace core
