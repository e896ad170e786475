// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_draft.h"

#include "core/trust/trust_file.h"

#include <algorithm>

namespace core {

namespace {

template<class Record>
bool removeFrom(QList<Record> &records, const QString &keyId)
{
    return records.removeIf([&keyId](const Record &record) { return record.key.keyId() == keyId; }) > 0;
}

bool removeEverywhere(TrustDraft &draft, const QString &keyId)
{
    TrustStore &store = draft.store;
    bool isFound = removeFrom(store.releaseKeys, keyId);
    for (auto *records : {&store.bootKeys, &store.recoveryKeys, &store.provisioningKeys})
        isFound = removeFrom(*records, keyId) || isFound;
    if (draft.root)
        isFound =
            draft.root->keys.removeIf([&keyId](const PublicKey &key) { return key.keyId() == keyId; }) > 0
            || isFound;
    return isFound;
}

TrustDraft successorOf(TrustRoot root)
{
    if (!root.document.signatures.isEmpty())
        ++root.version;
    root.document = {};
    return {root.grants, root};
}

Result<QByteArray> rootBytes(const TrustDraft &draft, const QList<PrivateKey> &keys)
{
    TrustRoot root = *draft.root;
    root.grants = draft.store;
    auto document = unsignedDocument(root);
    if (!document)
        return passOn(document.error());
    root.document = *std::move(document);
    if (auto added = addSignatures(root.document, keys); !added)
        return passOn(added.error());
    const auto bytes = toBytes(root.document);
    if (!bytes)
        return passOn(bytes.error());
    if (const auto readBack = parseTrustRoot(*bytes); !readBack)
        return passOn(readBack.error());
    return bytes;
}

} // namespace

Result<TrustDraft> firstRoot(const QList<PublicKey> &keys, int threshold, const QDateTime &expiresUtc)
{
    TrustRoot root;
    root.keys = keys;
    root.threshold = threshold;
    root.expires = expiresUtc;
    TrustDraft draft{{}, root};
    if (const auto bytes = toBytes(draft, {}); !bytes)
        return passOn(bytes.error());
    return draft;
}

Result<TrustDraft> draftOf(const QByteArray &bytes)
{
    if (!isTrustRoot(bytes)) {
        auto store = parseTrustStore(bytes);
        return store ? Result<TrustDraft>(TrustDraft{*std::move(store), {}}) : passOn(store.error());
    }
    auto root = parseTrustRoot(bytes);
    if (!root)
        return passOn(root.error());
    return successorOf(*std::move(root));
}

Result<Done> removeKey(TrustDraft &draft, const QString &keyId)
{
    if (removeEverywhere(draft, keyId))
        return Done{};
    return fail(ErrorKind::InvalidFile, QStringLiteral("no key %1 is there").arg(keyId));
}

Result<Done> revokeKey(TrustDraft &draft, const Revocation &revocation)
{
    if (draft.store.revocation(revocation.keyId))
        return fail(ErrorKind::InvalidFile, QStringLiteral("%1 is revoked already").arg(revocation.keyId));
    Revocation complete = revocation;
    for (const ProductKey &record : std::as_const(draft.store.bootKeys))
        if (record.key.keyId() == revocation.keyId)
            complete.bootKeyHash = record.key.keyHash();
    removeEverywhere(draft, revocation.keyId);
    draft.store.revocations.append(complete);
    return Done{};
}

Result<QByteArray> toBytes(const TrustDraft &draft, const QList<PrivateKey> &keys)
{
    if (draft.root)
        return rootBytes(draft, keys);
    if (!keys.isEmpty())
        return fail(ErrorKind::InvalidFile, QStringLiteral("a local trust file is not signed"));
    const auto bytes = toBytes(draft.store);
    if (!bytes)
        return passOn(bytes.error());
    if (const auto readBack = parseTrustStore(*bytes); !readBack)
        return passOn(readBack.error());
    return bytes;
}

} // namespace core
