// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace smp {

/// Generic codes stand in no group; 0 is also the OS group, whose own codes are told apart by their shape.
constexpr int kNoGroup = -1;

/// "image", for engineers; "group 70" for one that has no name.
QString groupName(int group);

/// A refusal in the words of whoever defined its code: "image group: no image in that slot (3)", "not
/// supported (8)"; the number alone where nobody is known to have given it a meaning.
QString refusalText(int group, qint64 code);

} // namespace smp
