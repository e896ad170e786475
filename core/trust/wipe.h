// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include <openssl/crypto.h>

namespace core {

/// Overwrites the bytes of a secret that nobody needs any more.
inline void wipe(QByteArray &secret)
{
    OPENSSL_cleanse(secret.data(), std::size_t(secret.size()));
}

} // namespace core
