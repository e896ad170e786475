// SPDX-License-Identifier: Apache-2.0
#include "core/recovery/recovery_recipe.h"
#include "core/update/preflight.h"
#include "core/update/proof.h"
#include "core/update/update_recipe.h"

namespace core {

namespace {

using Subject = PreflightCheck::Subject;
using Answer = PreflightCheck::Answer;

bool isApplication(const VerifiedPayload &payload)
{
    const ManifestPayload &description = payload.description;
    const bool isForSpareSlot =
        description.slot == QStringLiteral("inactive") || description.slot == QStringLiteral("auto");
    return payload.image && description.image == QStringLiteral("application") && isForSpareSlot;
}

std::optional<DeviceProfile> profileOf(const DeviceSnapshot &unit)
{
    return unit.attachment ? unit.attachment->profile : std::nullopt;
}

/// The release's checks, or all that the unit offers where it names none; and those that the profile of the
/// unit's family asks of every release.
ImageToInstall imageOf(const VerifiedPayload &payload, const Manifest &manifest, const DeviceSnapshot &unit)
{
    ImageToInstall image{payload.file, payload.image->digest, payload.image->version, {}};
    for (const ManifestHealthCheck &check : manifest.health)
        image.health.named.append({check.check, std::chrono::seconds(check.withinSeconds)});
    if (!manifest.health.isEmpty())
        image.health.others = HealthDemand::Others::Ignored;
    if (const auto profile = profileOf(unit))
        image.health.named.append(profile->health);
    return image;
}

/// What was rolled back would be rolled back again. A trial that was forced, and waits or runs, is judged.
PreflightCheck checkThatItIsNotBlocked(const DeviceSnapshot &unit, const QByteArray &hash)
{
    if (!unit.bootState)
        return {Subject::TriedBefore, Answer::NotReported, {}, {}};
    const Slot *pending = pendingSlot(unit);
    const bool isUnderWay = runsImage(unit, hash) || (pending && pending->hash == hash);
    if (unit.bootState->rolledBackHash == hash && !isUnderWay)
        return {Subject::TriedBefore, Answer::Failed, Reason::BuildBlocked,
                QStringLiteral("the unit rolled this image back")};
    return {Subject::TriedBefore, Answer::Passed, {}, QStringLiteral("not rolled back")};
}

Result<UpdatePlan> planFor(const VerifiedRelease &release, const DeviceSnapshot &unit,
                           const QDateTime &nowUtc)
{
    const QList<VerifiedPayload> &payloads = release.payloads();
    if (payloads.size() != 1 || !isApplication(payloads.constFirst()))
        return fail(ErrorKind::NotAllowedNow, Reason::ReleaseNotSupported,
                    QStringLiteral(
                        "only releases of one application image for the inactive slot can be installed yet"));
    const Manifest &manifest = release.manifest();
    UpdatePlan plan;
    plan.order.before = unit;
    plan.order.image = imageOf(payloads.constFirst(), manifest, unit);
    plan.release = factsOf(release);
    plan.hardware = manifest.hardware;
    plan.build = manifest.build;
    plan.configSchema = manifest.configSchema;
    plan.signedBy = release.signedBy();
    plan.payloadSignedBy = payloads.constFirst().signedBy;
    plan.trust = release.trust();
    plan.demoKeys = release.demoKeys();
    if (const Slot *slot = writableSlot(unit))
        plan.targetSlot = slot->index;
    plan.checks = checkFit(release, unit, nowUtc);
    plan.checks.append(checkThatItIsNotBlocked(unit, plan.order.image.hash));
    if (const auto profile = profileOf(unit))
        vouchForIdentity(plan, {profile->product, profile->hardwareRevision, QStringLiteral("its profile")});
    return plan;
}

PreflightCheck checkThatItRuns(const DeviceSnapshot &unit)
{
    if (unit.stage == BootStage::InRecovery)
        return {Subject::UnitState, Answer::Failed, Reason::NeedsRecovery,
                QStringLiteral("in recovery mode")};
    return {Subject::UnitState, Answer::Passed, {}, QStringLiteral("runs an application")};
}

/// Another release's trial is not swept aside: its outcome would be lost. One of this release is judged, not
/// staged.
PreflightCheck checkThatNothingWaits(const DeviceSnapshot &unit, const InstallOrder &order)
{
    const auto busy = [](QString detail) -> PreflightCheck {
        return {Subject::SlotFree, Answer::Failed, Reason::SlotBusy, std::move(detail)};
    };
    const Slot *pending = pendingSlot(unit);
    const bool runsIt = runsImage(unit, order.image.hash);
    if (pending && pending->hash != order.image.hash)
        return busy(QStringLiteral("%1 waits for its trial").arg(toText(pending->version)));
    if (unit.stage == BootStage::OnTrial && !runsIt)
        return busy(QStringLiteral("another version is on trial"));
    if (unit.stage == BootStage::OnTrial && order.ending == InstallOrder::Ending::Staged)
        return busy(QStringLiteral("this version is on trial already"));
    return {Subject::SlotFree, Answer::Passed, {}, QStringLiteral("free")};
}

PreflightCheck checkThatItNeedsRecovery(const DeviceSnapshot &unit)
{
    if (unit.stage == BootStage::InRecovery)
        return {Subject::UnitState, Answer::Passed, {}, QStringLiteral("in recovery mode")};
    return {Subject::UnitState, Answer::Failed, Reason::NothingToRecover,
            QStringLiteral("runs an application")};
}

} // namespace

Result<UpdatePlan> planUpdate(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc,
                              InstallOrder::Ending ending)
{
    Result<UpdatePlan> plan = planFor(release, unit, nowUtc);
    if (!plan)
        return plan;
    plan->order.ending = ending;
    plan->isAlreadyCurrent = !doubtAbout(unit, {plan->order.image.hash, plan->order.image.version});
    plan->checks.append(checkThatItRuns(unit));
    plan->checks.append(checkThatNothingWaits(unit, plan->order));
    return plan;
}

void allowRolledBack(UpdatePlan &plan)
{
    plan.order.rolledBackBefore = RolledBackBefore::TryAgain;
    for (PreflightCheck &check : plan.checks)
        if (check.subject == Subject::TriedBefore && check.answer == Answer::Failed)
            check = {Subject::TriedBefore, Answer::Passed, {}, check.detail + QStringLiteral("; forced")};
}

Result<UpdatePlan> planRecovery(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc)
{
    Result<UpdatePlan> plan = planFor(release, unit, nowUtc);
    if (!plan)
        return plan;
    plan->order.purpose = InstallOrder::Purpose::Recovery;
    plan->checks.append(checkThatItNeedsRecovery(unit));
    return plan;
}

} // namespace core
