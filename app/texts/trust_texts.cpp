// SPDX-License-Identifier: Apache-2.0
#include "app/texts/user_texts.h"

#include <QCoreApplication>

namespace texts {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

} // namespace

QString demoKeyWarning(const QString &key)
{
    return say("UNSAFE: the image is signed with %1, a sample key of MCUboot that everyone has. Anybody can "
               "make "
               "such an image, and a unit that boots it boots everything. Use it on the bench only.")
        .arg(key);
}

QStringList trustWarnings(const core::UpdatePlan &plan)
{
    QStringList warnings;
    for (const QString &key : plan.demoKeys)
        warnings.append(demoKeyWarning(key));
    if (plan.trust == core::ReleaseTrust::UnsignedImport)
        warnings.append(
            say("Nobody signed this release. It was imported from another tool's file, and the policy "
                "of your organisation allows that for this product."));
    for (const QString &key : plan.payloadSignedBy)
        warnings.append(
            say("The trusted key %1 signed the content of the image, and nothing else of the release.")
                .arg(key));
    return warnings;
}

QString judgementSentence(const core::ImageJudgement &judgement)
{
    const QString key = QString::fromLatin1(judgement.keyHash.toHex());
    switch (judgement.trust) {
    case core::ImageTrust::Trusted:
        return say("intact, and signed with the boot key %1, which is trusted").arg(key);
    case core::ImageTrust::KeyUnknown:
        return key.isEmpty()
            ? say("intact, but signed with a key that it does not name")
            : say("intact, but signed with the key %1, which is not a trusted boot key").arg(key);
    case core::ImageTrust::KeyRevoked:
        return say("REVOKED: signed with the key %1 (%2)").arg(key, judgement.detail);
    case core::ImageTrust::Damaged:
        return say("DAMAGED: %1").arg(judgement.detail);
    case core::ImageTrust::Unsigned:
        return say("not signed");
    case core::ImageTrust::PublicDemoKey:
        return demoKeyWarning(judgement.demoKey);
    case core::ImageTrust::OnlyByDevice:
        return say("not to be judged here: %1").arg(judgement.detail);
    }
    Q_UNREACHABLE();
}

} // namespace texts
