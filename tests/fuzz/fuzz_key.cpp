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
    static const core::PrivateKey kP256 = *core::PrivateKey::generate(core::KeyAlgorithm::EcdsaP256);
    static const core::PrivateKey kRsa = *core::PrivateKey::generate(core::KeyAlgorithm::RsaPss);
    QList<QByteArray> seeds;
    for (const core::PrivateKey &one : {key(), kP256, kRsa})
        seeds += {one.publicKey().spki(), one.publicKey().toPem(), *one.toPem(), *one.sign("m")};
    return seeds;
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
        const auto secret = core::PrivateKey::fromPem(bytes);
        const auto signature = secret ? secret->sign("m") : core::passOn(secret.error());
        FUZZ_PROMISE(!signature || secret->publicKey().verifies("m", *signature));
    }

    // Read as a signature, it is none: the only one of this message is never among the inputs.
    FUZZ_PROMISE(!key().publicKey().verifies("a message that nobody signed", bytes));
    return 0;
}
