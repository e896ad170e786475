// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/rule_words.h"

#include "app/state/catalog_rules.h"
#include "app/texts/user_texts.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace gui {

using core::RuleOrigin;

namespace {

constexpr qsizetype kMostSentences = 3; // A release may have been rolled back by a whole fleet.

QString say(const char *text)
{
    return QCoreApplication::translate("RuleWords", text);
}

QString dayOf(const core::ReleaseBlock &block)
{
    return QLocale().toString(block.since.toLocalTime().date(), QLocale::ShortFormat);
}

/// Their own words, marked as such.
QString reasonOf(const core::ReleaseBlock &block)
{
    return block.reason.isEmpty() ? say("without a reason") : say("“%1”").arg(block.reason);
}

QString rollbackSentence(const core::ReleaseBlock &block)
{
    const std::optional<core::Reason> reason = state::rollbackReason(block);
    const QString why = reason ? texts::forReason(*reason).title : block.reason;
    return block.unit.isEmpty()
        ? say("Rolled back at this computer on %1: %2.").arg(dayOf(block), why)
        : say("Rolled back at this computer by unit %1 on %2: %3.").arg(block.unit, dayOf(block), why);
}

QString sentenceOf(const core::ReleaseBlock &block)
{
    switch (block.origin) {
    case RuleOrigin::Local:
        return say("Blocked on this computer on %1: %2.").arg(dayOf(block), reasonOf(block));
    case RuleOrigin::SignedList:
        return say("Blocked by the publisher’s signed list of %1: %2.").arg(dayOf(block), reasonOf(block));
    case RuleOrigin::RolledBackHere:
        return rollbackSentence(block);
    }
    Q_UNREACHABLE();
}

QString sentenceOf(const core::MinimumVersion &minimum)
{
    const bool isOfList = minimum.origin == RuleOrigin::SignedList;
    const QString version = core::toText(minimum.version);
    if (minimum.channel == QStringLiteral("*"))
        return (isOfList ? say("The publisher’s signed list asks for version %1 or newer.")
                         : say("This computer installs version %1 or newer only."))
            .arg(version);
    return (isOfList ? say("The publisher’s signed list asks for version %1 or newer in the channel %2.")
                     : say("This computer installs version %1 or newer only in the channel %2."))
        .arg(version, minimum.channel);
}

QStringList allSentences(const core::ReleaseRules &rules)
{
    QStringList sentences;
    for (const core::ReleaseBlock &block : rules.blocks)
        sentences.append(sentenceOf(block));
    for (const core::MinimumVersion &minimum : rules.minimums)
        sentences.append(sentenceOf(minimum));
    sentences.removeDuplicates();
    return sentences;
}

bool hasBlockOf(const core::ReleaseRules &rules, RuleOrigin origin)
{
    return std::any_of(rules.blocks.cbegin(), rules.blocks.cend(),
                       [origin](const core::ReleaseBlock &block) { return block.origin == origin; });
}

} // namespace

QString objectionTitle(const Objections &objections)
{
    return texts::forReason(objections.rules.blocks.isEmpty() ? core::Reason::BelowMinimumVersion
                                                              : core::Reason::BuildBlocked)
        .title;
}

QString objectionSentences(const Objections &objections)
{
    QStringList sentences = allSentences(objections.rules);
    const qsizetype more = sentences.size() - kMostSentences;
    if (more > 0) {
        sentences = sentences.first(kMostSentences);
        sentences.append(say("Further rules against it: %1.").arg(more));
    }
    return sentences.join(u'\n');
}

QString objectionRemedy(const Objections &objections)
{
    if (objections.isEmpty())
        return {};
    if (objections.lifting.isEmpty())
        return say("Choose another release, or ask your release engineer for a newer list: nobody at this "
                   "computer can lift what a signed list says.");
    if (hasBlockOf(objections.rules, RuleOrigin::RolledBackHere))
        return say("Choose another release, and report this one with the evidence of the unit.");
    if (hasBlockOf(objections.rules, RuleOrigin::Local))
        return say("Choose another release, or ask whoever blocked this one.");
    return say("Choose a newer release.");
}

LiftingView liftingView(const QStringList &commands)
{
    return {say("If it is to be allowed all the same:"), commands};
}

} // namespace gui
