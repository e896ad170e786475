// SPDX-License-Identifier: Apache-2.0
#include "core/update/preflight.h"

namespace core {

namespace {

using Subject = PreflightCheck::Subject;
using Answer = PreflightCheck::Answer;

PreflightCheck judged(Subject subject, bool holds, Reason otherwise, QString detail)
{
    return {subject, holds ? Answer::Passed : Answer::Failed, holds ? std::nullopt : std::optional(otherwise),
            std::move(detail)};
}

QString orNothing(const QString &text)
{
    return text.isEmpty() ? QStringLiteral("nothing") : text;
}

/// A unit that does not say what it is gets nothing, unless somebody else does: the wrong image could be its
/// last.
PreflightCheck checkProduct(const QString &wanted, const QString &product, const QString &source)
{
    return judged(Subject::Product, wanted == product, Reason::IncompatibleProduct,
                  QStringLiteral("release for %1, %2 says %3").arg(wanted, source, orNothing(product)));
}

PreflightCheck checkHardware(const QStringList &wanted, const QString &revision, const QString &source)
{
    return judged(Subject::Hardware, wanted.contains(revision), Reason::IncompatibleHardware,
                  QStringLiteral("release for %1, %2 says %3")
                      .arg(wanted.join(QStringLiteral(", ")), source, orNothing(revision)));
}

/// What the manifest does not say, the image may: its bootloader holds it to that.
std::optional<Version> oldestBootloader(const VerifiedRelease &release)
{
    const std::optional<McubootImage> &image = release.payloads().constFirst().image;
    if (release.manifest().minBootloader || !image)
        return release.manifest().minBootloader;
    return image->minBootloader;
}

PreflightCheck checkBootloader(const VerifiedRelease &release, const DeviceSnapshot &unit)
{
    const std::optional<Version> oldest = oldestBootloader(release);
    if (!oldest)
        return {Subject::Bootloader, Answer::Passed, {}, QStringLiteral("any will do")};
    if (!unit.bootloaderVersion)
        return {Subject::Bootloader, Answer::NotReported, {}, {}};
    return judged(
        Subject::Bootloader, *unit.bootloaderVersion >= *oldest, Reason::BootloaderTooOld,
        QStringLiteral("needs %1, unit has %2").arg(toText(*oldest), toText(*unit.bootloaderVersion)));
}

PreflightCheck checkRollbackIndex(const Manifest &manifest, const DeviceSnapshot &unit)
{
    if (!unit.bootState)
        return {Subject::RollbackIndex, Answer::NotReported, {}, {}};
    return judged(Subject::RollbackIndex, manifest.rollbackIndex >= unit.bootState->minimumRollbackIndex,
                  Reason::RollbackIndexTooLow,
                  QStringLiteral("release has %1, unit asks for %2 at least")
                      .arg(manifest.rollbackIndex)
                      .arg(unit.bootState->minimumRollbackIndex));
}

PreflightCheck checkSize(const VerifiedRelease &release, const DeviceSnapshot &unit)
{
    const Slot *slot = writableSlot(unit);
    if (!slot || slot->size == 0)
        return {Subject::SlotSize, Answer::NotReported, {}, {}};
    const qsizetype size = release.payloads().constFirst().file.size();
    return judged(Subject::SlotSize, size <= slot->size, Reason::ImageTooLarge,
                  QStringLiteral("%1 of %2 bytes").arg(size).arg(slot->size));
}

QString clockTime(int minute)
{
    return QStringLiteral("%1:%2")
        .arg(minute / 60, 2, 10, QLatin1Char('0'))
        .arg(minute % 60, 2, 10, QLatin1Char('0'));
}

PreflightCheck checkWindow(const Manifest &manifest, const QDateTime &nowUtc)
{
    if (!manifest.policy.installWindow)
        return {Subject::InstallWindow, Answer::Passed, {}, QStringLiteral("any time")};
    const InstallWindow &window = *manifest.policy.installWindow;
    const QTime time = nowUtc.toUTC().time();
    const int minute = time.hour() * 60 + time.minute();
    return judged(Subject::InstallWindow, window.contains(minute), Reason::OutsideWindow,
                  QStringLiteral("%1 to %2, now %3")
                      .arg(clockTime(window.fromMinute), clockTime(window.untilMinute), clockTime(minute)));
}

} // namespace

QList<PreflightCheck> checkFit(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc)
{
    const Manifest &manifest = release.manifest();
    const auto itself = QStringLiteral("unit");
    QList<PreflightCheck> checks{checkProduct(manifest.product, unit.identity.product, itself),
                                 checkHardware(manifest.hardware, unit.identity.hardwareRevision, itself),
                                 checkBootloader(release, unit),
                                 checkRollbackIndex(manifest, unit),
                                 checkSize(release, unit),
                                 checkWindow(manifest, nowUtc)};
    if (manifest.policy.batteryMinPercent.value_or(0) > 0)
        checks.append({Subject::Battery, Answer::NotReported, {}, {}});
    // Units report neither yet. Whether a cable is plugged in, a person can see: vouchForMainsPower().
    if (manifest.policy.requiresMainsPower)
        checks.append(
            {Subject::MainsPower, Answer::Failed, Reason::MainsRequired,
             QStringLiteral("the unit does not say whether it has mains power, and nobody else did")});
    return checks;
}

void vouchForMainsPower(UpdatePlan &plan)
{
    for (PreflightCheck &check : plan.checks)
        if (check.subject == Subject::MainsPower)
            check = {Subject::MainsPower, Answer::Passed, {}, QStringLiteral("says the operator")};
}

void vouchForIdentity(UpdatePlan &plan, const ClaimedIdentity &claim)
{
    const DeviceIdentity &told = plan.order.before.identity;
    const bool isProductClaimed = told.product.isEmpty() && !claim.product.isEmpty();
    const bool isHardwareClaimed = told.hardwareRevision.isEmpty() && !claim.hardwareRevision.isEmpty();
    for (PreflightCheck &check : plan.checks) {
        if (check.subject == Subject::Product && isProductClaimed)
            check = checkProduct(plan.release.product, claim.product, claim.source);
        if (check.subject == Subject::Hardware && isHardwareClaimed)
            check = checkHardware(plan.hardware, claim.hardwareRevision, claim.source);
    }
}

} // namespace core
