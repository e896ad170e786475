// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/bench_file.h"

namespace bench {

/// Where the programs and files of this installation are, found from the running program's own folder:
/// programs beside it (or in ../libexec/bootmend), data in ../share/bootmend.
///
/// FileFailed names what is missing and what it is for.
core::Result<QString> programPath(const QString &name);
core::Result<QString> dataPath(const QString &relativePath);

} // namespace bench
