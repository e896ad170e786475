// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/bench_file.h"

namespace bench {

/// Writes DIR/releases/*.bmb, signed with a key that is made for this bench, and DIR/trust.json, which trusts
/// it.
///
/// One good release, and one for each way in which a release can be bad: crashes, hangs, unhealthy, for
/// another product, for another hardware revision, too old, signed by an unknown key.
core::Result<core::Done> writeReleases(const QDir &directory, Machine machine);

/// The names of the files that writeReleases() puts into DIR/releases.
QStringList releaseFileNames();

} // namespace bench
