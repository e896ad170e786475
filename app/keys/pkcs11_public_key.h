// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/keys/pkcs11_session.h"
#include "core/trust/key.h"

namespace keys {

/// The public half of a private key on a token: of the public key, or else the certificate, with the same
/// CKA_ID. FileFailed with KeyUnavailable when there is neither; otherwise as core::PublicKey::fromSpki().
core::Result<core::PublicKey> publicHalfOf(Pkcs11Session &session, CK_OBJECT_HANDLE privateKey);

} // namespace keys
