// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/releases/release_words.h"

#include "app/gui/pages/units/plan_words.h"
#include "app/gui/pages/units/rule_words.h"
#include "app/texts/user_texts.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace gui {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("ReleaseWords", text);
}

ReleaseView refusedView(const ReleaseOffer &release)
{
    const texts::UserText text = texts::forError(*release.refusal);
    return {.title = QFileInfo(release.file).fileName(),
            .judgement = text.title,
            .icon = QStringLiteral("refused"),
            .role = StateRole::Bad,
            .remedy = text.remedy,
            .facts = {}};
}

ReleaseView verifiedView(const ReleaseOffer &release)
{
    QStringList keys;
    for (const QString &key : release.signedBy)
        keys.append(shortKeyId(key));
    return {.title = QStringLiteral("%1 %2").arg(release.product, core::toText(release.version)),
            .judgement = say("Verified"),
            .icon = QStringLiteral("signature"),
            .role = StateRole::Neutral,
            .remedy = {},
            .facts = {{say("Channel"), release.channel},
                      {say("Build"), release.build},
                      {say("Hardware"), release.hardware.join(QStringLiteral(", "))},
                      {say("Signed by key"), keys.join(QStringLiteral(", "))},
                      {say("File"), QFileInfo(release.file).fileName()}}};
}

/// Genuine, and not to be installed here all the same.
ReleaseView blockedView(const ReleaseOffer &release)
{
    ReleaseView view = verifiedView(release);
    view.judgement = objectionTitle(release.objections);
    view.icon = QStringLiteral("refused");
    view.role = StateRole::Bad;
    view.remedy = objectionSentences(release.objections) + u'\n' + objectionRemedy(release.objections);
    view.lifting = liftingView(release.objections.lifting);
    return view;
}

ReleaseView viewOf(const ReleaseOffer &release)
{
    if (release.refusal)
        return refusedView(release);
    return release.objections.isEmpty() ? verifiedView(release) : blockedView(release);
}

bool comesFirst(const ReleaseOffer &one, const ReleaseOffer &other)
{
    const auto rank = [](const ReleaseOffer &release) {
        return release.refusal ? 2 : release.objections.isEmpty() ? 0 : 1;
    };
    if (rank(one) != rank(other))
        return rank(one) < rank(other);
    return one.version > other.version;
}

} // namespace

QList<ReleaseView> releaseViews(QList<ReleaseOffer> releases)
{
    std::stable_sort(releases.begin(), releases.end(), comesFirst);
    QList<ReleaseView> views;
    for (const ReleaseOffer &release : std::as_const(releases))
        views.append(viewOf(release));
    return views;
}

} // namespace gui
