// SPDX-License-Identifier: Apache-2.0
#include "core/recovery/recovery_recipe.h"
#include "core/update/preflight.h"
#include "core/update/update_recipe.h"

namespace core {

namespace {

using Subject = PreflightCheck::Subject;
using Answer = PreflightCheck::Answer;

ImageToInstall imageOf(const VerifiedPayload &payload, const Manifest &manifest)
{
    ImageToInstall image{payload.file, payload.image->digest, payload.image->version, {}};
    for (const ManifestHealthCheck &check : manifest.health)
        image.health.append({check.check, std::chrono::seconds(check.withinSeconds)});
    return image;
}

Result<UpdatePlan> planFor(const VerifiedRelease &release, const DeviceSnapshot &unit,
                           const QDateTime &nowUtc)
{
    const QList<VerifiedPayload> &payloads = release.payloads();
    if (payloads.size() != 1 || !payloads.constFirst().image)
        return fail(
            ErrorKind::Unsupported,
            QStringLiteral("the release holds %1 payloads; releases of one image can be installed yet")
                .arg(payloads.size()));
    const Manifest &manifest = release.manifest();
    UpdatePlan plan;
    plan.order.before = unit;
    plan.order.image = imageOf(payloads.constFirst(), manifest);
    plan.product = manifest.product;
    plan.build = manifest.build;
    plan.channel = manifest.channel;
    plan.signedBy = release.signedBy();
    if (const Slot *slot = writableSlot(unit))
        plan.targetSlot = slot->index;
    plan.checks = checkFit(release, unit, nowUtc);
    return plan;
}

bool runs(const DeviceSnapshot &unit, const QByteArray &hash)
{
    const Slot *running = runningSlot(unit);
    return running && running->hash == hash;
}

PreflightCheck checkThatItRuns(const DeviceSnapshot &unit)
{
    if (unit.stage == BootStage::InRecovery)
        return {Subject::UnitState, Answer::Failed, Reason::NeedsRecovery,
                QStringLiteral("in recovery mode")};
    return {Subject::UnitState, Answer::Passed, {}, QStringLiteral("runs an application")};
}

/// Another release's trial is not swept aside: its outcome would be lost.
PreflightCheck checkThatNothingWaits(const DeviceSnapshot &unit, const QByteArray &hash)
{
    const Slot *pending = pendingSlot(unit);
    if (pending && pending->hash != hash)
        return {Subject::SlotFree, Answer::Failed, Reason::SlotBusy,
                QStringLiteral("%1 waits for its trial").arg(toText(pending->version))};
    if (unit.stage == BootStage::OnTrial && !runs(unit, hash))
        return {Subject::SlotFree, Answer::Failed, Reason::SlotBusy,
                QStringLiteral("another version is on trial")};
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
    const QByteArray hash = plan->order.image.hash;
    plan->order.ending = ending;
    plan->isAlreadyCurrent = unit.stage == BootStage::Running && runs(unit, hash) && !pendingSlot(unit);
    plan->checks.append(checkThatItRuns(unit));
    plan->checks.append(checkThatNothingWaits(unit, hash));
    return plan;
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
