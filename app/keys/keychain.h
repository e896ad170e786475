// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/key.h"

namespace keys {

/// The platform's keychain (the Secret Service on Linux), by QtKeychain, in the service "bootmend". Each call
/// waits for the answer, for as long as the platform asks its user.
///
/// FileFailed with KeyUnavailable when there is no keychain, no such entry, or the user refuses; otherwise as
/// PrivateKey::fromPem().
core::Result<core::PrivateKey> readFromKeychain(const QString &name);

/// FileFailed also when the name is taken: a key that is overwritten is lost for ever.
core::Result<core::Done> writeNewToKeychain(const QString &name, const core::PrivateKey &key);

} // namespace keys
