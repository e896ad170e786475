// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/port.h"

namespace core {

QString toText(const UsbIds &ids)
{
    return QStringLiteral("%1:%2").arg(ids.vendor, 4, 16, QChar(u'0')).arg(ids.product, 4, 16, QChar(u'0'));
}

} // namespace core
