// SPDX-License-Identifier: Apache-2.0
#include "core/base/build_time.h"

namespace core {

QDateTime buildTime()
{
    return QDate::fromString(QStringLiteral(BOOTMEND_BUILD_DAY), Qt::ISODate).startOfDay(Qt::UTC);
}

} // namespace core
