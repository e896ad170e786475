// SPDX-License-Identifier: Apache-2.0
#include "app/keys/pkcs11_public_key.h"

#include "core/trust/openssl_handles.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

namespace keys {

namespace {

namespace openssl = core::openssl;

constexpr qsizetype kPointSize = 65; // P-256, uncompressed
constexpr qsizetype kEd25519Size = 32;

tl::unexpected<core::Error> incomplete(const char *what)
{
    return core::fail(
        core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
        QStringLiteral("the token does not give the %1 of its public key").arg(QString::fromLatin1(what)));
}

/// CKA_EC_POINT is a DER OCTET STRING; some tokens leave its two bytes out.
std::optional<QByteArray> pointOf(Pkcs11Session &session, CK_OBJECT_HANDLE object, qsizetype size)
{
    const auto value = session.attribute(object, CKA_EC_POINT);
    const QByteArray head = QByteArray(1, char(0x04)) + char(size);
    if (value && value->size() == size + head.size() && value->startsWith(head))
        return value->sliced(head.size());
    return value && value->size() == size ? value : std::nullopt;
}

core::Result<core::PublicKey> ellipticKey(Pkcs11Session &session, CK_OBJECT_HANDLE object, qsizetype size,
                                          const QByteArray &prefix)
{
    const auto point = pointOf(session, object, size);
    if (!point)
        return incomplete("point");
    return core::PublicKey::fromSpki(prefix + *point);
}

core::Result<core::PublicKey> rsaKey(Pkcs11Session &session, CK_OBJECT_HANDLE object)
{
    using Number = std::unique_ptr<BIGNUM, openssl::Freer<BN_free>>;
    const auto number = [&](CK_ATTRIBUTE_TYPE type) {
        const QByteArray bytes = session.attribute(object, type).value_or(QByteArray());
        return Number(BN_bin2bn(reinterpret_cast<const unsigned char *>(bytes.constData()), int(bytes.size()),
                                nullptr));
    };
    const Number modulus = number(CKA_MODULUS);
    const Number exponent = number(CKA_PUBLIC_EXPONENT);
    const std::unique_ptr<OSSL_PARAM_BLD, openssl::Freer<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    const bool isBuilt = modulus && exponent && builder
        && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1
        && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1;
    const std::unique_ptr<OSSL_PARAM, openssl::Freer<OSSL_PARAM_free>> parameters(
        isBuilt ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY *key = nullptr;
    const bool isMade = parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1
        && EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    const openssl::Pkey owner(key);
    ERR_clear_error();
    if (!isMade)
        return incomplete("modulus");
    return core::PublicKey::fromSpki(openssl::spkiOf(key));
}

core::Result<core::PublicKey> fromCertificate(const QByteArray &der)
{
    const auto *position = reinterpret_cast<const unsigned char *>(der.constData());
    const std::unique_ptr<X509, openssl::Freer<X509_free>> certificate(
        d2i_X509(nullptr, &position, long(der.size())));
    ERR_clear_error();
    EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
    if (!key)
        return incomplete("certificate");
    return core::PublicKey::fromSpki(openssl::spkiOf(key));
}

core::Result<core::PublicKey> fromObject(Pkcs11Session &session, CK_OBJECT_HANDLE object)
{
    static const QByteArray kP256 =
        QByteArray::fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    static const QByteArray kEd25519 = QByteArray::fromHex("302a300506032b6570032100");
    static const QByteArray kP256Name = QByteArray::fromHex("06082a8648ce3d030107");
    const auto type = session.number(object, CKA_KEY_TYPE);
    if (type == CK_ULONG(CKK_RSA))
        return rsaKey(session, object);
    if (type == CK_ULONG(CKK_EC) && session.attribute(object, CKA_EC_PARAMS) == kP256Name)
        return ellipticKey(session, object, kPointSize, kP256);
    if (type == CK_ULONG(CKK_EC_EDWARDS))
        return ellipticKey(session, object, kEd25519Size, kEd25519);
    return core::fail(core::ErrorKind::InvalidFile,
                      QStringLiteral("the token's key has to be Ed25519, ECDSA P-256 or RSA"));
}

} // namespace

core::Result<core::PublicKey> publicHalfOf(Pkcs11Session &session, CK_OBJECT_HANDLE privateKey)
{
    auto id = session.attribute(privateKey, CKA_ID);
    if (!id || id->isEmpty())
        return core::fail(
            core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
            QStringLiteral("the token's private key has no id (CKA_ID) to find its public half by"));
    const QList<CK_ATTRIBUTE> sameId{{CKA_ID, id->data(), CK_ULONG(id->size())}};
    const auto publicKeys = session.find(CKO_PUBLIC_KEY, sameId);
    if (!publicKeys)
        return core::passOn(publicKeys.error());
    if (publicKeys->size() == 1)
        return fromObject(session, publicKeys->first());
    const auto certificates = session.find(CKO_CERTIFICATE, sameId);
    if (!certificates)
        return core::passOn(certificates.error());
    const auto der =
        certificates->size() == 1 ? session.attribute(certificates->first(), CKA_VALUE) : std::nullopt;
    if (der)
        return fromCertificate(*der);
    return core::fail(
        core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
        QStringLiteral("the token has no public key and no certificate with the id of the private key"));
}

} // namespace keys
