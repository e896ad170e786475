// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

#include <openssl/evp.h>

namespace core {

namespace {

constexpr qsizetype kSize = 32;

/// OpenSSL fails here only without memory or without its own default algorithms; then nothing can be judged.
void need(bool isDone)
{
    if (!isDone)
        qFatal("OpenSSL offers no SHA-256");
}

} // namespace

Sha256::Sha256() : m_context(EVP_MD_CTX_new(), EVP_MD_CTX_free)
{
    need(m_context && EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::add(QByteArrayView bytes)
{
    need(EVP_DigestUpdate(m_context.get(), bytes.data(), std::size_t(bytes.size())) == 1);
}

QByteArray Sha256::result()
{
    QByteArray digest(kSize, '\0');
    need(EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char *>(digest.data()), nullptr) == 1);
    return digest;
}

QByteArray Sha256::of(QByteArrayView bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.result();
}

} // namespace core
