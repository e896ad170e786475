// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json/canonical_json.h"

namespace core {

/// The JSON value that a YAML document says: plain true, false, null and whole numbers are that, everything
/// else that stands alone is text ("1.10" stays what was written).
///
/// InvalidFile for broken YAML, a name that is there twice, an alias, a document that is too deep, and one of
/// more than some thousand values.
Result<Json> jsonFromYaml(const QByteArray &text);

} // namespace core
