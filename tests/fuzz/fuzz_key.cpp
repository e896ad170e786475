// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"

namespace {

/// What belongs to one key; the seeds are its forms.
const core::PrivateKey &key()
{
    static const core::PrivateKey kKey = test_support::rfc8032Key(1);
    return kKey;
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {key().publicKey().spki(), key().publicKey().toPem(), *key().toPem()};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    if (const auto fromDer = core::PublicKey::fromSpki(bytes))
        FUZZ_PROMISE(fromDer->spki() == bytes);
    // OpenSSL's readers of PEM take a millisecond: each input only meets the one that it may be for.
    if (bytes.contains("PUBLIC")) {
        if (const auto fromPem = core::PublicKey::fromPem(bytes))
            FUZZ_PROMISE(core::PublicKey::fromPem(fromPem->toPem()).value() == *fromPem);
    } else if (bytes.contains("PRIVATE")) {
        if (const auto secret = core::PrivateKey::fromPem(bytes))
            FUZZ_PROMISE(secret->publicKey().verifies("m", *secret->sign("m")));
    }

    // Read as a signature, it is none: the only one of this message is never among the inputs.
    FUZZ_PROMISE(!key().publicKey().verifies("a message that nobody signed", bytes));
    return 0;
}
