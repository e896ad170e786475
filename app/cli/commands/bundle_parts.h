// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "core/release/bundle.h"

namespace cli {

/// What the commands around bundles share.
QJsonObject bundleJson(const core::Bundle &bundle);
void tellBundle(const core::Bundle &bundle, Session &session);

/// Adds `import` to the command `bundle`.
void addBundleImport(CLI::App &bundle, Session &session);

/// Adds `sign`.
void addBundleSign(CLI::App &bundle, Session &session);

/// Adds `fetch` to it.
void addBundleFetch(CLI::App &bundle, Session &session);

} // namespace cli
