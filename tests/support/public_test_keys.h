// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/key.h"

namespace test_support {

/// The secret keys of RFC 8032, section 7.1, TEST 1 and TEST 2, where a test has to be the same each time.
inline core::PrivateKey rfc8032Key(int test)
{
    const char *seed = test == 1 ? "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
                                 : "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7";
    return *core::PrivateKey::fromPem(QByteArray("-----BEGIN PRIVATE KEY-----\n") + seed
                                      + "\n-----END PRIVATE KEY-----\n");
}

} // namespace test_support
