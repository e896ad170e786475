// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/unit_actions.h"

#include "app/texts/user_texts.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace gui {

namespace {

using Kind = ActionOffer::Kind;

QString say(const char *text)
{
    return QCoreApplication::translate("UnitActions", text);
}

bool isStable(const ReleaseOffer &release)
{
    return release.channel == QStringLiteral("stable");
}

/// Sorted: what is proposed first comes first.
QList<ReleaseOffer> fittingReleases(const core::DeviceSnapshot &unit, const QList<ReleaseOffer> &releases)
{
    QList<ReleaseOffer> fitting;
    for (const ReleaseOffer &release : releases)
        if (!release.refusal && (unit.identity.product.isEmpty() || release.product == unit.identity.product))
            fitting.append(release);
    std::stable_sort(fitting.begin(), fitting.end(), [](const ReleaseOffer &one, const ReleaseOffer &other) {
        if (isStable(one) != isStable(other))
            return isStable(one);
        return one.version > other.version;
    });
    return fitting;
}

QString hintOf(const ReleaseOffer &release)
{
    QString hint = QFileInfo(release.file).fileName();
    if (!release.channel.isEmpty())
        hint = say("%1, channel %2").arg(hint, release.channel);
    return release.objections.isEmpty() ? hint : say("%1, blocked").arg(hint);
}

/// The unit's own record says that this very image failed its trial.
bool failedItsTrial(const core::DeviceSnapshot &unit, const ReleaseOffer &release)
{
    return unit.bootState && unit.bootState->lastRollback != core::RollbackCause::None
        && release.imageHashes.contains(unit.bootState->rolledBackHash);
}

bool mayBeProposed(const core::DeviceSnapshot &unit, const ReleaseOffer &release)
{
    return release.objections.isEmpty() && !failedItsTrial(unit, release);
}

ActionOffer withRelease(Kind kind, const ReleaseOffer &release)
{
    const QString text = kind == Kind::Recover ? say("Recover with %1") : say("Install %1 on trial");
    return {kind, text.arg(core::toText(release.version)), release.file, hintOf(release)};
}

QList<ActionOffer> withEachRelease(Kind kind, const QList<ReleaseOffer> &releases)
{
    QList<ActionOffer> offers;
    for (const ReleaseOffer &release : releases)
        offers.append(withRelease(kind, release));
    return offers;
}

ActionOffer chooseRelease(Kind kind)
{
    return {kind, kind == Kind::Recover ? say("Recover with other release…") : say("Install other release…")};
}

ActionOffer lookAgain()
{
    return {Kind::LookAgain, say("Look again")};
}

UnitActions forRunning(const core::DeviceSnapshot &unit, const QList<ReleaseOffer> &releases)
{
    UnitActions actions;
    const core::Slot *running = core::runningSlot(unit);
    actions.others = withEachRelease(Kind::Install, releases);
    // What is blocked or failed here is not proposed; it stays in the menu for whoever knows better.
    const bool wantsStable = !releases.isEmpty() && isStable(releases.constFirst());
    const auto isNewer = [&](const ReleaseOffer &release) {
        return (!running || release.version > running->version) && isStable(release) == wantsStable;
    };
    const auto proposed = std::find_if(releases.cbegin(), releases.cend(), [&](const ReleaseOffer &release) {
        return isNewer(release) && mayBeProposed(unit, release);
    });
    if (proposed != releases.cend())
        actions.primary = actions.others.takeAt(proposed - releases.cbegin());
    else if (releases.isEmpty())
        actions.idleNote = say("No verified release for this product is at hand.");
    else if (std::any_of(releases.cbegin(), releases.cend(), isNewer))
        actions.idleNote =
            say("No newer release may be installed: what is at hand is blocked, or failed here.");
    else
        actions.idleNote = say("Up to date: no newer release is at hand.");
    actions.others.append(chooseRelease(Kind::Install));
    if (!actions.primary && releases.isEmpty())
        actions.primary = actions.others.takeLast();
    actions.others.append(lookAgain());
    return actions;
}

UnitActions forTrial(const core::DeviceSnapshot &unit, const QList<ReleaseOffer> &releases)
{
    UnitActions actions;
    const core::Slot *running = core::runningSlot(unit);
    const QString version = running ? core::toText(running->version) : QString();
    actions.primary = ActionOffer{Kind::Confirm, say("Confirm %1").arg(version)};
    actions.others.append({Kind::Revert, say("Go back to the previous version")});
    for (const ReleaseOffer &release : releases)
        if (running && release.version == running->version)
            actions.others.append({Kind::Install, say("Check %1 and finish its trial").arg(version),
                                   release.file, hintOf(release)});
    actions.others.append(lookAgain());
    return actions;
}

UnitActions forRecovery(const core::DeviceSnapshot &unit, const QList<ReleaseOffer> &releases)
{
    UnitActions actions;
    actions.others = withEachRelease(Kind::Recover, releases);
    actions.others.append(chooseRelease(Kind::Recover));
    const auto proposed =
        std::find_if(releases.cbegin(), releases.cend(),
                     [&unit](const ReleaseOffer &release) { return mayBeProposed(unit, release); });
    actions.primary = actions.others.takeAt(proposed - releases.cbegin()); // or to choose another
    if (releases.isEmpty())
        actions.idleNote = say("No verified release for this product is at hand.");
    else if (proposed == releases.cend())
        actions.idleNote = say("What is at hand for this product is blocked, or failed here.");
    actions.others.append(lookAgain());
    return actions;
}

UnitActions forSilent(const UnitSeen &seen)
{
    const QString remedy = texts::silenceRemedy(seen.unit);
    if (!seen.isToBeAsked)
        return {ActionOffer{Kind::LookAgain, say("Ask who is there")},
                {},
                remedy.isEmpty() ? say("Opening this port may reset what is connected to it.") : remedy};
    const QString first = say("Check the cable and the power first.");
    const bool isPortsFault = seen.unit.silenceReason.has_value();
    return {lookAgain(), {}, isPortsFault ? remedy : (first + u' ' + remedy).trimmed()};
}

} // namespace

UnitActions actionsFor(const UnitSeen &seen, const QList<ReleaseOffer> &releases)
{
    const QList<ReleaseOffer> fitting = fittingReleases(seen.unit, releases);
    switch (seen.unit.stage) {
    case core::BootStage::Running:
        return forRunning(seen.unit, fitting);
    case core::BootStage::OnTrial:
        return forTrial(seen.unit, fitting);
    case core::BootStage::InRecovery:
        return forRecovery(seen.unit, fitting);
    case core::BootStage::Silent:
        return forSilent(seen);
    case core::BootStage::RomLoader:
        return {lookAgain(), {}, say("This version cannot write through the ROM loader.")};
    }
    Q_UNREACHABLE();
}

} // namespace gui
