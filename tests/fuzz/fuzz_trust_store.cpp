// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_store.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"

QList<QByteArray> fuzzSeeds()
{
    core::TrustStore store;
    store.releaseKeys.append({test_support::rfc8032Key(1).publicKey(),
                              {QStringLiteral("dev"), QStringLiteral("stable")},
                              {QStringLiteral("*")}});
    store.bootKeys.append({test_support::rfc8032Key(2).publicKey(), {QStringLiteral("bench-sensor")}});
    return {*core::toBytes(store), "{ \"schema\": 1, \"release_keys\": [] }"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto store = core::parseTrustStore(bytes);
    if (!store)
        return 0;
    for (const core::ReleaseKey &record : store->releaseKeys)
        FUZZ_PROMISE(store->releaseKey(record.key.keyId()) == &record);
    const auto again = core::toBytes(*store);
    FUZZ_PROMISE(again.has_value());
    const auto reread = core::parseTrustStore(*again);
    FUZZ_PROMISE(reread.has_value() && *core::toBytes(*reread) == *again);
    return 0;
}
