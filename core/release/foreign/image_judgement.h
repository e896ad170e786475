// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/mcuboot_image.h"
#include "core/trust/trust_store.h"

namespace core {

/// What is known of who made an image.
enum class ImageTrust {
    Trusted, // intact, and signed with a boot key of the trust store
    KeyUnknown, // intact, and signed with a key that is not in the trust store, so its signature says nothing
    KeyRevoked,
    Damaged, // the content or the signature is not what it should be
    Unsigned,
    PublicDemoKey, // names a key whose private half is public: unsafe, also when the store trusts it
    OnlyByDevice, // encrypted, or with a digest that is not supported yet: the bootloader has to judge
};

/// "trusted", "key_unknown", …: for scripts.
QString imageTrustName(ImageTrust trust);

struct ImageJudgement {
    ImageTrust trust = ImageTrust::Unsigned;
    QByteArray keyHash; // of the key that the image names; empty when it names none
    QString demoKey; // its name, when it is one of MCUboot's
    QString detail; // English, for engineers: why it is damaged, or not to be judged here
};

/// Judges an image by its own digest and the store's boot keys. For which products a key counts is not asked:
/// that is verifyBundle()'s question.
ImageJudgement judgeImage(const McubootImage &image, const TrustStore &store);

} // namespace core
