// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include <openssl/crypto.h>

namespace core {

/// Overwrites the bytes of a secret that nobody needs any more. They may not be shared with another
/// QByteArray: Qt would make a copy, and the copy would be what is overwritten.
inline void wipe(QByteArray &secret)
{
    Q_ASSERT_X(secret.isEmpty() || secret.isDetached(), "core::wipe", "somebody else has the secret as well");
    OPENSSL_cleanse(secret.data(), std::size_t(secret.size()));
}

} // namespace core
