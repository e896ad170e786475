// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/releases/release_words.h"

#include "app/gui/pages/units/plan_words.h"
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

bool comesFirst(const ReleaseOffer &one, const ReleaseOffer &other)
{
    if (one.refusal.has_value() != other.refusal.has_value())
        return !one.refusal;
    return one.version > other.version;
}

} // namespace

QList<ReleaseView> releaseViews(QList<ReleaseOffer> releases)
{
    std::stable_sort(releases.begin(), releases.end(), comesFirst);
    QList<ReleaseView> views;
    for (const ReleaseOffer &release : std::as_const(releases))
        views.append(release.refusal ? refusedView(release) : verifiedView(release));
    return views;
}

} // namespace gui
