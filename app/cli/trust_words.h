// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/trust_file.h"

#include <QJsonObject>

namespace cli {

/// What a trust file says, for people and for scripts (docs/formats/json_events.md).
QString rootLine(const core::TrustRoot &root);
QStringList trustLines(const core::TrustFile &file);
QJsonObject trustJson(const core::TrustFile &file);

} // namespace cli
