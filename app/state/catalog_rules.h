// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"
#include "core/catalog/rules.h"
#include "core/update/verdict.h"

/// How the programs obey what this computer has against releases: docs/formats/catalog.md.
namespace state {

/// What a unit is called in a block: its serial number, or else its hardware id.
QString unitName(const core::DeviceSnapshot &unit);

/// The rules that count now; none where there is no catalog. Reads on a worker thread. Fails as
/// core::Catalog::rulesIn().
core::Task<core::ReleaseRules> rulesIn(QString catalogFolder);

/// Keeps a release that a unit rolled back from being tried on the next one by accident, and gives the block.
/// What is blocked for this already stays as it is. Writes on a worker thread. Fails as core::Catalog::open()
/// and core::Catalog::block().
core::Task<core::ReleaseBlock> blockRolledBack(QString catalogFolder, core::ReleaseFacts release,
                                               core::Verdict verdict);

/// The reason that the unit gave when it rolled the release back; nothing for a block of another origin.
std::optional<core::Reason> rollbackReason(const core::ReleaseBlock &block);

/// The command lines that take back what this computer decided against the release, each once. None where a
/// signed list decided: only a newer list takes that back.
QStringList liftingCommands(const QString &catalogFolder, const core::ReleaseFacts &release,
                            const core::ReleaseRules &against);

} // namespace state
