// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/plan_words.h"

#include "app/gui/models/job_progress.h"
#include "app/gui/pages/units/rule_words.h"
#include "app/gui/pages/units/unit_words.h"
#include "app/texts/user_texts.h"
#include "core/update/preflight.h"

#include <QCoreApplication>

#include <algorithm>

namespace gui {

using core::PreflightCheck;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("PlanWords", text);
}

bool isRecovery(const core::UpdatePlan &plan)
{
    return plan.order.purpose == core::InstallOrder::Purpose::Recovery;
}

QString fromTo(const core::UpdatePlan &plan)
{
    const core::Slot *running = core::runningSlot(plan.order.before);
    const QString from = running ? core::toText(running->version) : say("nothing that boots");
    return say("from %1 to %2").arg(from, core::toText(plan.order.image.version));
}

QString writtenWhere(const core::UpdatePlan &plan)
{
    const QString size = bytesText(plan.order.image.file.size());
    if (core::slotWithImage(plan.order.before, plan.order.image.hash))
        return say("nothing: the unit has this image already");
    return plan.targetSlot ? say("%1 to slot %2").arg(size, core::slotName(*plan.targetSlot))
                           : say("%1, to no slot yet").arg(size);
}

QString signersOf(const core::UpdatePlan &plan)
{
    QStringList keys;
    for (const QString &key : plan.signedBy)
        keys.append(shortKeyId(key));
    if (keys.isEmpty())
        return say("nobody");
    return (keys.size() == 1 ? say("key %1, trusted on this computer")
                             : say("keys %1, trusted on this computer"))
        .arg(keys.join(QStringLiteral(", ")));
}

QString powerLossOf(const core::UpdatePlan &plan)
{
    const core::Slot *running = core::runningSlot(plan.order.before);
    if (isRecovery(plan) || !running)
        return say("If the power goes, the unit waits in recovery mode, and recovering again goes on.");
    return say("If the power goes, %1 %2 runs again, and installing again goes on where it stopped.")
        .arg(core::slotName(running->index), core::toText(running->version));
}

ErrorView refusalOf(const core::UpdatePlan &plan, const PreflightCheck &failed)
{
    const core::Reason reason = failed.reason.value_or(core::Reason::DeviceRefused);
    return errorViewOf({core::ErrorKind::NotAllowedNow, failed.detail, reason, {}, {}},
                       say("Nothing was sent. The unit is as it was."), plan.order.before);
}

/// What '--force' passes over, on the unit that rolled back.
bool isOnlyRollbacks(const core::ReleaseRules &rules)
{
    return rules.minimums.isEmpty()
        && std::all_of(rules.blocks.cbegin(), rules.blocks.cend(), [](const core::ReleaseBlock &block) {
               return block.origin == core::RuleOrigin::RolledBackHere;
           });
}

/// The general words for a block fit each of its origins; here it is known which it is.
void sayWhoBlocked(ErrorView &refusal, const PreflightCheck &failed, const Objections &objections)
{
    QStringList why{objectionSentences(objections)};
    refusal.remedy = objectionRemedy(objections);
    refusal.lifting = liftingView(objections.lifting);
    const bool isTried = failed.subject == PreflightCheck::Subject::TriedBefore;
    if (isTried)
        why.prepend(say("This unit has tried it before and rolled it back."));
    if (isTried && isOnlyRollbacks(objections.rules)) {
        refusal.remedy = say("Choose another release, and report this one with the evidence of the unit. On "
                             "this unit, only “bootmend update --force” tries it once more.");
        refusal.lifting.note = say("If it is to be allowed on other units:");
    }
    why.removeAll(QString());
    refusal.explanation = why.join(u'\n');
}

bool isAboutBlocks(const PreflightCheck &check)
{
    return check.subject == PreflightCheck::Subject::TriedBefore
        || check.subject == PreflightCheck::Subject::Catalog;
}

/// A block is told in full above the list.
QString answerOf(const PreflightCheck &check)
{
    if (check.answer != PreflightCheck::Answer::Failed || !check.reason || !isAboutBlocks(check))
        return texts::checkAnswer(check);
    return check.subject == PreflightCheck::Subject::TriedBefore ? say("yes, and rolled back")
                                                                 : texts::forReason(*check.reason).title;
}

QList<Labelled> factsOf(const core::UpdatePlan &plan)
{
    QList<Labelled> facts{
        {say("Version"), fromTo(plan)},
        {say("Release"),
         say("%1, build %2, channel %3").arg(plan.release.product, plan.build, plan.release.channel)},
        {say("Signed by"), signersOf(plan)}};
    if (core::hindrance(plan))
        return facts; // Nothing will be done.
    facts.insert(1, {say("Will be written"), writtenWhere(plan)});
    if (!plan.isAlreadyCurrent)
        facts.append({say("Will take"), say("about %1").arg(durationText(estimatedDuration(plan)))});
    return facts;
}

/// What hinders comes first: it is not to be looked for.
QList<CheckView> checksOf(const core::UpdatePlan &plan)
{
    QList<CheckView> checks;
    for (const PreflightCheck &check : plan.checks)
        checks.append({texts::checkTitle(check.subject), answerOf(check), check.answer});
    std::stable_partition(checks.begin(), checks.end(), [](const CheckView &check) {
        return check.result == PreflightCheck::Answer::Failed;
    });
    return checks;
}

bool fails(const core::UpdatePlan &plan, PreflightCheck::Subject subject)
{
    return std::any_of(plan.checks.cbegin(), plan.checks.cend(), [subject](const PreflightCheck &check) {
        return check.subject == subject && check.answer == PreflightCheck::Answer::Failed;
    });
}

/// What the operator has to say for a plan that only lacks that; empty when it lacks nothing, or more.
QString promiseOf(const core::UpdatePlan &plan)
{
    if (!core::hindrance(plan) || core::hindrance(promised(plan)))
        return {};
    QStringList promises;
    if (fails(plan, PreflightCheck::Subject::Product) || fails(plan, PreflightCheck::Subject::Hardware))
        promises.append(
            say("The &unit is a %1, hardware %2").arg(plan.release.product, plan.hardware.join(say(" or "))));
    if (fails(plan, PreflightCheck::Subject::MainsPower))
        promises.append(promises.isEmpty() ? say("The unit is connected to &mains power, and stays so")
                                           : say("it is connected to mains power, and stays so"));
    return promises.join(say("; "));
}

/// As the sheet shows it: what is left to the operator is no fault.
core::UpdatePlan withOpenQuestions(core::UpdatePlan plan)
{
    const core::UpdatePlan answered = promised(plan);
    for (qsizetype index = 0; index < plan.checks.size(); ++index) {
        PreflightCheck &check = plan.checks[index];
        if (check.answer != answered.checks[index].answer)
            check = {check.subject, PreflightCheck::Answer::NotReported, {}, {}};
    }
    return plan;
}

QString noticeOf(const core::UpdatePlan &plan)
{
    QStringList notices = texts::trustWarnings(plan);
    if (plan.isAlreadyCurrent)
        notices.append(core::hindrance(plan)
                           ? say("The unit runs exactly this image, confirmed.")
                           : say("The unit runs exactly this image, confirmed. There is nothing to do."));
    return notices.join(u'\n');
}

} // namespace

QString shortKeyId(const QString &keyId)
{
    constexpr qsizetype kGroup = 4;
    if (keyId.size() <= 4 * kGroup)
        return keyId;
    return QStringLiteral("%1 %2 … %3")
        .arg(keyId.left(kGroup), keyId.mid(kGroup, kGroup), keyId.right(kGroup));
}

core::UpdatePlan promised(core::UpdatePlan plan)
{
    core::vouchForMainsPower(plan);
    const core::ClaimedIdentity claim{plan.release.product, plan.hardware.value(0),
                                      QStringLiteral("the operator")};
    core::vouchForIdentity(plan, claim);
    return plan;
}

PlanView planViewOf(const core::UpdatePlan &asked, const QStringList &lifting)
{
    const QString promise = promiseOf(asked);
    const core::UpdatePlan plan = promise.isEmpty() ? asked : withOpenQuestions(asked);
    const QString version = core::toText(plan.order.image.version);
    const QString unit = plan.order.before.name;
    const PreflightCheck *failed = core::hindrance(plan);
    PlanView view{
        .title = isRecovery(plan) ? say("Recover %1 with %2").arg(unit, version)
                                  : say("Install %1 on %2").arg(version, unit),
        .facts = factsOf(plan),
        .checks = checksOf(plan),
        .canStart = !failed && !plan.isAlreadyCurrent,
        .promise = promise,
        .startText = isRecovery(plan) ? say("Recover") : say("Install on trial"),
        .notice = noticeOf(plan),
    };
    if (failed)
        view.refusal = refusalOf(plan, *failed);
    if (failed && isAboutBlocks(*failed))
        sayWhoBlocked(*view.refusal, *failed, {plan.against, lifting});
    if (view.canStart)
        view.powerLoss = powerLossOf(plan);
    return view;
}

} // namespace gui
