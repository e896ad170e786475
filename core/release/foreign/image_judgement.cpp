// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/image_judgement.h"

#include "core/release/foreign/demo_keys.h"

namespace core {

QString imageTrustName(ImageTrust trust)
{
    switch (trust) {
    case ImageTrust::Trusted:
        return QStringLiteral("trusted");
    case ImageTrust::KeyUnknown:
        return QStringLiteral("key_unknown");
    case ImageTrust::KeyRevoked:
        return QStringLiteral("key_revoked");
    case ImageTrust::Damaged:
        return QStringLiteral("damaged");
    case ImageTrust::Unsigned:
        return QStringLiteral("unsigned");
    case ImageTrust::PublicDemoKey:
        return QStringLiteral("public_demo_key");
    case ImageTrust::OnlyByDevice:
        return QStringLiteral("only_by_device");
    }
    Q_UNREACHABLE();
}

namespace {

/// Of an image with a sound digest and a signature by a key that is no demo key.
ImageJudgement judgeSignature(const McubootImage &image, const TrustStore &store, ImageJudgement judgement)
{
    const ProductKey *record = store.bootKey(image.keyHash);
    if (const Revocation *revocation = store.bootRevocation(image.keyHash)) {
        judgement.trust = ImageTrust::KeyRevoked;
        judgement.detail = revocation->reason;
    } else if (!record) {
        judgement.trust = ImageTrust::KeyUnknown;
    } else if (const auto verified = verifyImage(image, record->key); !verified) {
        judgement.trust = ImageTrust::Damaged;
        judgement.detail = verified.error().detail;
    } else {
        judgement.trust = ImageTrust::Trusted;
    }
    return judgement;
}

} // namespace

ImageJudgement judgeImage(const McubootImage &image, const TrustStore &store)
{
    ImageJudgement judgement{.keyHash = image.keyHash, .demoKey = publicDemoKeyOf(image)};
    const bool canBeChecked = !image.isEncrypted() && !image.digest.isEmpty();
    const auto digest = checkDigest(image);
    if (!digest)
        judgement.detail = digest.error().detail;
    if (canBeChecked && !digest)
        judgement.trust = ImageTrust::Damaged;
    else if (!judgement.demoKey.isEmpty())
        judgement.trust = ImageTrust::PublicDemoKey;
    else if (image.signatures.isEmpty())
        judgement.trust = ImageTrust::Unsigned;
    else if (!canBeChecked)
        judgement.trust = ImageTrust::OnlyByDevice;
    else
        judgement = judgeSignature(image, store, judgement);
    return judgement;
}

} // namespace core
