// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

namespace core::openssl {

/// Frees an OpenSSL object by the function that its type asks for.
template<auto Free>
struct Freer {
    template<class Object>
    void operator()(Object *object) const
    {
        Free(object);
    }
};

using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;

/// Reads from `bytes`, which must outlive the result.
inline Bio readingBio(const QByteArray &bytes)
{
    return Bio(BIO_new_mem_buf(bytes.constData(), int(bytes.size())));
}

inline Bio writingBio()
{
    return Bio(BIO_new(BIO_s_mem()));
}

inline QByteArray contentOf(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? QByteArray(data, size) : QByteArray();
}

/// What OpenSSL wrote into memory of its own, which is freed.
inline QByteArray taken(unsigned char *der, int size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(der), std::max(size, 0));
    OPENSSL_free(der);
    return bytes;
}

/// The DER SubjectPublicKeyInfo of a key; empty when it has none.
inline QByteArray spkiOf(EVP_PKEY *key)
{
    unsigned char *der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    return taken(der, size);
}

/// What OpenSSL could not do, and why; takes the reason out of its queue.
inline tl::unexpected<Error> failed(const char *what)
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    return fail(ErrorKind::Internal,
                QStringLiteral("OpenSSL could not %1 (%2)")
                    .arg(QString::fromLatin1(what), QString::fromLatin1(ERR_reason_error_string(code))));
}

} // namespace core::openssl
