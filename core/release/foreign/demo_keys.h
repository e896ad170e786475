// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/mcuboot_image.h"

namespace core {

/// The name of one of MCUboot's own sample keys ("root-rsa-2048"), whose private halves everyone can
/// download: an image that is signed with one of them can be from anybody. `hash` is that of an image's
/// KEYHASH, or a key id (SHA-256 of the SubjectPublicKeyInfo). Empty for every other key.
QString publicDemoKey(const QByteArray &hash);

/// The same for the key that an image names, by its hash (TLV 0x01) or as a whole (TLV 0x02).
QString publicDemoKeyOf(const McubootImage &image);

} // namespace core
