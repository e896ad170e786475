// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>

namespace core {

/// When this program's build was configured, or the time of SOURCE_DATE_EPOCH, in UTC: a time that has
/// certainly passed wherever it runs.
QDateTime buildTime();

} // namespace core
