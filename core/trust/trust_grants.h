// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json/json_fields.h"
#include "core/trust/signed_document.h"
#include "core/trust/trust_store.h"

namespace core {

/// The members that a trust root and a local trust file have in common (docs/formats/trust_store.md): who may
/// do what, and who no longer. What is wrong, the document refuses.
TrustStore readGrants(JsonFields &document);
Json::Object grantsToObject(const TrustStore &store);

/// All that it grants something to, by key id; revoked ones are none of them.
QStringList keyIdsOf(const TrustStore &store);

/// The list of public keys under `name`, each once.
QList<PublicKey> readKeys(JsonFields &document, const char *name);
Json::Object toObject(const PublicKey &key); // "alg", "key_id" and "spki_b64"

} // namespace core
