// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <compare>

namespace core {

/// A semantic version as releases carry it: major.minor.patch, with an optional build number ("1.2.3+7").
/// Images hold it as MCUboot's image_version: 8, 8, 16 and 32 bits (mcuboot image.h).
struct Version {
    quint8 major = 0;
    quint8 minor = 0;
    quint16 patch = 0;
    quint32 build = 0;

    friend auto operator<=>(const Version &, const Version &) = default;
};

/// "1.2.3" or "1.2.3+7"; also MCUmgr's form "1.2.3.7". Numbers out of range or trailing text are InvalidFile.
Result<Version> parseVersion(const QString &text);

/// "1.2.3", or "1.2.3+7" when the build number is not zero.
QString toText(const Version &version);

} // namespace core
