// SPDX-License-Identifier: Apache-2.0
#include "core/trust/raw_signature.h"

#include "core/trust/openssl_handles.h"

#include <openssl/rsa.h>

namespace core::openssl {

namespace {

constexpr qsizetype kEd25519Size = 64;

const unsigned char *bytes(const QByteArray &array)
{
    return reinterpret_cast<const unsigned char *>(array.constData());
}

bool setScheme(EVP_PKEY_CTX *context, DigestScheme scheme)
{
    if (EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1)
        return false;
    switch (scheme) {
    case DigestScheme::Ecdsa:
        return true;
    case DigestScheme::RsaPkcs1:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case DigestScheme::RsaPss:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    Q_UNREACHABLE();
}

} // namespace

bool verifiesDigest(EVP_PKEY *key, DigestScheme scheme, const QByteArray &digest, const QByteArray &signature)
{
    const PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    const bool isRight = context && EVP_PKEY_verify_init(context.get()) == 1
        && setScheme(context.get(), scheme)
        && EVP_PKEY_verify(context.get(), bytes(signature), std::size_t(signature.size()), bytes(digest),
                           std::size_t(digest.size()))
            == 1;
    ERR_clear_error();
    return isRight;
}

Result<QByteArray> signDigest(EVP_PKEY *key, DigestScheme scheme, const QByteArray &digest)
{
    const PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    std::size_t size = 0;
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 || !setScheme(context.get(), scheme)
        || EVP_PKEY_sign(context.get(), nullptr, &size, bytes(digest), std::size_t(digest.size())) != 1)
        return failed("begin to sign");
    QByteArray signature(qsizetype(size), '\0');
    if (EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                      bytes(digest), std::size_t(digest.size()))
        != 1)
        return failed("sign");
    signature.truncate(qsizetype(size)); // what it announced is the most that it can be
    return signature;
}

bool verifiesMessage(EVP_PKEY *key, const QByteArray &message, const QByteArray &signature)
{
    if (signature.size() != kEd25519Size)
        return false;
    const DigestContext context(EVP_MD_CTX_new());
    const bool isRight = context
        && EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) == 1
        && EVP_DigestVerify(context.get(), bytes(signature), std::size_t(signature.size()), bytes(message),
                            std::size_t(message.size()))
            == 1;
    ERR_clear_error();
    return isRight;
}

Result<QByteArray> signMessage(EVP_PKEY *key, const QByteArray &message)
{
    const DigestContext context(EVP_MD_CTX_new());
    if (!context
        || EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) != 1)
        return failed("begin to sign");
    QByteArray signature(kEd25519Size, '\0');
    std::size_t size = std::size_t(signature.size());
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                       bytes(message), std::size_t(message.size()))
            != 1
        || qsizetype(size) != kEd25519Size)
        return failed("sign");
    return signature;
}

} // namespace core::openssl
