// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/rules.h"

#include "core/release/verified_release.h"

namespace core {

namespace {

bool isOf(const QString &channel, const ReleaseFacts &release)
{
    return channel == QStringLiteral("*") || channel == release.channel;
}

QString deciderOf(RuleOrigin origin)
{
    return origin == RuleOrigin::SignedList ? QStringLiteral("a signed list")
                                            : QStringLiteral("this computer");
}

ReleaseObjection objectionOf(const ReleaseBlock &block)
{
    const QString unit =
        block.unit.isEmpty() ? QString() : QStringLiteral(", because of unit %1").arg(block.unit);
    return {Reason::BuildBlocked,
            QStringLiteral("%1 (blocked by %2%3)").arg(block.reason, deciderOf(block.origin), unit),
            block.origin};
}

} // namespace

ReleaseFacts factsOf(const VerifiedRelease &release)
{
    const Manifest &manifest = release.manifest();
    return {manifest.product, manifest.channel, manifest.version, release.manifestDigest()};
}

bool ReleaseBlock::covers(const ReleaseFacts &release) const
{
    return (product.isEmpty() || product == release.product) && isOf(channel, release)
        && (!version || *version == release.version)
        && (manifestDigest.isEmpty() || manifestDigest == release.manifestDigest);
}

std::optional<ReleaseObjection> ReleaseRules::objectionTo(const ReleaseFacts &release,
                                                          const QString &forgivenUnit) const
{
    std::optional<ReleaseObjection> found;
    const auto weigh = [&found](const ReleaseObjection &objection) {
        if (!found || (objection.origin == RuleOrigin::SignedList && found->origin != RuleOrigin::SignedList))
            found = objection;
    };
    for (const ReleaseBlock &block : blocks) {
        const bool isForgiven = block.origin == RuleOrigin::RolledBackHere && !forgivenUnit.isEmpty()
            && block.unit == forgivenUnit;
        if (!isForgiven && block.covers(release))
            weigh(objectionOf(block));
    }
    for (const MinimumVersion &minimum : minimums) {
        if (minimum.product == release.product && isOf(minimum.channel, release)
            && release.version < minimum.version)
            weigh({Reason::BelowMinimumVersion,
                   QStringLiteral("%1 is older than %2, which is the least by %3")
                       .arg(toText(release.version), toText(minimum.version), deciderOf(minimum.origin)),
                   minimum.origin});
    }
    return found;
}

} // namespace core
