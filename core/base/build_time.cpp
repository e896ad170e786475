// SPDX-License-Identifier: Apache-2.0
#include "core/base/build_time.h"

namespace core {

QDateTime buildTime()
{
    return QDateTime::fromSecsSinceEpoch(BOOTMEND_BUILD_TIME, Qt::UTC);
}

} // namespace core
