// SPDX-License-Identifier: Apache-2.0
#include "app/state/catalog_rules.h"

#include "app/state/state_folders.h"
#include "core/async/on_worker.h"
#include "core/base/shell_quote.h"
#include "core/catalog/catalog.h"

#include <algorithm>

namespace state {

namespace {

const QLatin1String kRolledBack("rolled back: "); // and the reason's code

QString hex(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

core::Result<core::ReleaseBlock> enter(const QString &folder, const core::ReleaseBlock &block)
{
    auto catalog = core::Catalog::open(folder);
    const auto known = catalog ? catalog->rules() : core::passOn(catalog.error());
    if (!known)
        return core::passOn(known.error());
    const auto isSame = [&block](const core::ReleaseBlock &one) {
        return one.origin == block.origin && one.manifestDigest == block.manifestDigest
            && one.unit == block.unit;
    };
    const auto same = std::find_if(known->blocks.cbegin(), known->blocks.cend(), isSame);
    if (same != known->blocks.cend())
        return *same;
    const auto blocked = catalog->block(block);
    return blocked ? core::Result<core::ReleaseBlock>(block) : core::passOn(blocked.error());
}

/// "bootmend", and where its catalog is when that is not the usual place.
QString program(const QString &catalogFolder)
{
    if (catalogFolder == state::catalogFolder({}, {}))
        return QStringLiteral("bootmend");
    return QStringLiteral("bootmend --state %1").arg(core::shellQuoted(QFileInfo(catalogFolder).path()));
}

/// The name under which 'catalog unblock' finds it, whether the catalog holds the release or not.
QString nameOf(const core::ReleaseBlock &block, const core::ReleaseFacts &release)
{
    return block.manifestDigest.isEmpty()
        ? core::shellQuoted(QStringLiteral("%1@%2").arg(release.product, core::toText(release.version)))
        : hex(block.manifestDigest);
}

QString loweringOf(const core::MinimumVersion &minimum, const core::ReleaseFacts &release)
{
    const QString words =
        QStringLiteral("%1 %2").arg(core::shellQuoted(minimum.product), core::toText(release.version));
    return minimum.channel == QStringLiteral("*")
        ? words
        : QStringLiteral("%1 --channel %2").arg(words, core::shellQuoted(minimum.channel));
}

template<class Rules>
bool hasSignedOne(const Rules &rules)
{
    return std::any_of(rules.cbegin(), rules.cend(),
                       [](const auto &rule) { return rule.origin == core::RuleOrigin::SignedList; });
}

} // namespace

QString unitName(const core::DeviceSnapshot &unit)
{
    const core::DeviceIdentity &identity = unit.identity;
    return identity.serialNumber.isEmpty() ? hex(identity.hardwareId) : identity.serialNumber;
}

core::Task<core::ReleaseRules> rulesIn(QString catalogFolder)
{
    const std::function<core::Result<core::ReleaseRules>()> read = [catalogFolder] {
        return core::Catalog::rulesIn(catalogFolder);
    };
    co_return co_await core::onWorker<core::ReleaseRules>(read);
}

core::Task<core::ReleaseBlock> blockRolledBack(QString catalogFolder, core::ReleaseFacts release,
                                               core::Verdict verdict)
{
    const core::Reason reason = verdict.reason.value_or(core::Reason::RolledBack);
    core::ReleaseBlock block;
    block.product = release.product;
    block.version = release.version;
    block.manifestDigest = release.manifestDigest;
    block.reason = kRolledBack + core::reasonCode(reason);
    block.origin = core::RuleOrigin::RolledBackHere;
    block.unit = unitName(verdict.unit);
    block.since = QDateTime::currentDateTimeUtc();
    const std::function<core::Result<core::ReleaseBlock>()> write = [catalogFolder, block] {
        return enter(catalogFolder, block);
    };
    co_return co_await core::onWorker<core::ReleaseBlock>(write);
}

std::optional<core::Reason> rollbackReason(const core::ReleaseBlock &block)
{
    if (block.origin != core::RuleOrigin::RolledBackHere)
        return std::nullopt;
    for (const core::Reason reason : core::allReasons())
        if (block.reason == kRolledBack + core::reasonCode(reason))
            return reason;
    return std::nullopt;
}

QStringList liftingCommands(const QString &catalogFolder, const core::ReleaseFacts &release,
                            const core::ReleaseRules &against)
{
    if (hasSignedOne(against.blocks) || hasSignedOne(against.minimums))
        return {};
    QStringList commands;
    for (const core::ReleaseBlock &block : against.blocks)
        commands.append(
            QStringLiteral("%1 catalog unblock %2").arg(program(catalogFolder), nameOf(block, release)));
    for (const core::MinimumVersion &minimum : against.minimums)
        commands.append(QStringLiteral("%1 catalog minimum %2")
                            .arg(program(catalogFolder), loweringOf(minimum, release)));
    commands.removeDuplicates();
    return commands;
}

} // namespace state
