// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/diagnosis/diagnosis.h"

namespace texts {

QString questionTitle(core::Question question); // "Package"
QString markWord(core::Mark mark); // "good", "cannot tell"

/// What was found, in one sentence.
QString findingSentence(const core::DiagnosisAnswer &answer);

/// What to do now.
QString nextStepSentence(core::NextStep step);

} // namespace texts
