// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/manifest.h"
#include "core/release/mcuboot_image.h"

namespace core {

constexpr qsizetype kImageMagicSize = 4; // bytes

/// Whether the first bytes are those of an MCUboot image.
bool beginsAsImage(QByteArrayView file);

/// Whether the payload cannot be anything else: "application" is what bootloaders start.
bool hasToBeImage(const ManifestPayload &payload);

/// The image that a payload is; nothing for a payload of another kind, which only a name other than
/// "application" may have. InvalidFile with ImageMalformed, Untrusted with HashMismatch.
Result<std::optional<McubootImage>> imageOf(const ManifestPayload &payload, const QByteArray &file);

/// That the image is what the manifest says: version, rollback index, oldest bootloader, product and hardware
/// revisions. What an image does not state (those of other tools do not name a product) is not compared.
///
/// Untrusted with ManifestMalformed (version, rollback index, oldest bootloader), IncompatibleProduct or
/// IncompatibleHardware.
Result<Done> checkAgreement(const Manifest &manifest, const McubootImage &image);

} // namespace core
