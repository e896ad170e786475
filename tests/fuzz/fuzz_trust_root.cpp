// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_draft.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"

namespace {

const core::PrivateKey &rootKey()
{
    static const core::PrivateKey key = test_support::rfc8032Key(1);
    return key;
}

core::TrustDraft draft()
{
    core::TrustDraft draft =
        *core::firstRoot({rootKey().publicKey()}, 1, QDateTime::fromSecsSinceEpoch(0, Qt::UTC));
    draft.store.releaseKeys.append({test_support::rfc8032Key(2).publicKey(),
                                    {QStringLiteral("dev")},
                                    {QStringLiteral("*")},
                                    QDateTime::fromSecsSinceEpoch(1, Qt::UTC),
                                    QDateTime::fromSecsSinceEpoch(2, Qt::UTC),
                                    true});
    draft.store.releaseThresholds.append({{QStringLiteral("*")}, {QStringLiteral("*")}, 2});
    draft.store.revocations.append(
        {QString(64, u'0'), QStringLiteral("lost"), QDateTime::fromSecsSinceEpoch(0, Qt::UTC)});
    return draft;
}

const core::TrustRoot &intact()
{
    static const core::TrustRoot root = *core::parseTrustRoot(*core::toBytes(draft(), {rootKey()}));
    return root;
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {*core::toBytes(intact().document), *core::toBytes(draft(), {})};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto root = core::parseTrustRoot(bytes);
    if (!root)
        return 0;
    FUZZ_PROMISE(*core::toBytes(root->document) == bytes);
    FUZZ_PROMISE(core::unsignedDocument(*root).has_value());
    // Nobody but the holder of the key makes a root that the intact one leads to.
    FUZZ_PROMISE(!core::checkSuccessor(intact(), *root).has_value());
    return 0;
}
