// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QCborMap>
#include <QJsonObject>

namespace smp {

/// What a device said, for people and scripts. Byte strings become hexadecimal text, which is how the tool
/// writes hashes everywhere; what JSON lacks (undefined, tags) becomes null or its content.
QJsonValue jsonOf(const QCborValue &value);
QJsonObject jsonOf(const QCborMap &map);

/// JSON as CBOR, for commands that no table knows: whole numbers become integers, and an object with the only
/// member "$bytes" the bytes that its text gives in hexadecimal. InvalidFile when the text is not JSON, or
/// nested deeper than 32.
core::Result<QCborValue> cborOfJson(const QByteArray &json);

} // namespace smp
