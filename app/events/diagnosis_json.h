// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/diagnosis/diagnosis.h"

#include <QJsonObject>

/// The diagnosis as members of JSON lines; the same rules as for event_json.h.
namespace events {

QString questionName(core::Question question); // "write_target"
QString markName(core::Mark mark); // "attention"
QString nextStepName(core::NextStep step); // "choose_other_release"

QJsonObject answerJson(const core::DiagnosisAnswer &answer);

} // namespace events
