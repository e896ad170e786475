// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_rules.h"

#include "core/trust/openssl_handles.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

using BigNumber = std::unique_ptr<BIGNUM, openssl::Freer<BN_free>>;

constexpr qsizetype kRawKeySize = 32; // of Ed25519
constexpr int kSmallestModulus = 2048; // bits
constexpr int kLargestModulus = 8192;
constexpr unsigned long kSmallestExponent = 65537; // FIPS 186-4, B.3.1: above 2^16

tl::unexpected<Error> refused(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

/// The encodings of the points whose order divides 8, without the sign bit (libsodium and RFC 7748, section
/// 7, discuss them): for such a "key" a signature is found without any secret.
bool isOfSmallOrder(QByteArray raw)
{
    static const std::array kWeak{
        QByteArray::fromHex("0000000000000000000000000000000000000000000000000000000000000000"),
        QByteArray::fromHex("0100000000000000000000000000000000000000000000000000000000000000"),
        QByteArray::fromHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        QByteArray::fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    };
    raw.back() = char(raw.back() & 0x7f);
    return std::find(kWeak.begin(), kWeak.end(), raw) != kWeak.end();
}

Result<Done> checkEd25519(EVP_PKEY *key)
{
    QByteArray raw(kRawKeySize, '\0');
    std::size_t size = std::size_t(raw.size());
    if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char *>(raw.data()), &size) != 1
        || qsizetype(size) != kRawKeySize)
        return openssl::failed("read the public key");
    if (isOfSmallOrder(raw))
        return refused(QStringLiteral("the public key is a point of small order"));
    return Done{};
}

/// An EC key is P-256 exactly when its SubjectPublicKeyInfo begins so (RFC 5480): the curve by its name, and
/// a point as two coordinates. That the point is on the curve, OpenSSL has seen to.
Result<Done> checkP256(const QByteArray &spki)
{
    static const QByteArray kPrefix =
        QByteArray::fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    static const QByteArray kCurve = QByteArray::fromHex("06082a8648ce3d030107");
    if (spki.startsWith(kPrefix))
        return Done{};
    if (spki.contains(kCurve))
        return refused(QStringLiteral("the public key's point is not in its uncompressed form"));
    return fail(ErrorKind::InvalidFile,
                QStringLiteral("the key is of another curve than P-256 (prime256v1), or does not name it"));
}

Result<Done> checkRsa(EVP_PKEY *key)
{
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kSmallestModulus || bits > kLargestModulus)
        return refused(QStringLiteral("an RSA key of %1 bits; it has to have %2 to %3")
                           .arg(bits)
                           .arg(kSmallestModulus)
                           .arg(kLargestModulus));
    BIGNUM *number = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1)
        return openssl::failed("read the public key");
    const BigNumber exponent(number);
    const BigNumber smallest(BN_new());
    if (!smallest || BN_set_word(smallest.get(), kSmallestExponent) != 1)
        return openssl::failed("read the public key");
    if (!BN_is_odd(exponent.get()) || BN_cmp(exponent.get(), smallest.get()) < 0)
        return refused(QStringLiteral("the RSA key's public exponent is even or below 65537"));
    return Done{};
}

template<class Check>
Result<KeyAlgorithm> judged(KeyAlgorithm algorithm, const Check &check)
{
    const Result<Done> checked = check();
    return checked ? Result<KeyAlgorithm>(algorithm) : passOn(checked.error());
}

} // namespace

Result<KeyAlgorithm> checkKey(evp_pkey_st *key, const QByteArray &spki)
{
    switch (EVP_PKEY_get_id(key)) {
    case EVP_PKEY_ED25519:
        return judged(KeyAlgorithm::Ed25519, [key] { return checkEd25519(key); });
    case EVP_PKEY_EC:
        return judged(KeyAlgorithm::EcdsaP256, [&spki] { return checkP256(spki); });
    case EVP_PKEY_RSA:
        return judged(KeyAlgorithm::RsaPss, [key] { return checkRsa(key); });
    default: {
        const char *name = EVP_PKEY_get0_type_name(key);
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("the key is of type %1; it has to be Ed25519, ECDSA P-256 or RSA")
                        .arg(QString::fromLatin1(name ? name : "unknown")));
    }
    }
}

} // namespace core
