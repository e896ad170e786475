// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

namespace testing {

/// An image taken apart by offsets, so that a test can change any byte and seal the result again.
class ImageAnatomy
{
public:
    explicit ImageAnatomy(const BootImage &image);

    const QByteArray &bytes() const { return m_bytes; }
    qsizetype protectedArea() const { return m_protectedArea; }
    qsizetype unprotectedArea() const { return m_signedSize; }
    qsizetype digest() const { return m_signedSize + 8; }
    qsizetype keyHash() const { return m_signedSize + 44; }
    qsizetype signature() const { return m_signedSize + 80; }

    QByteArray with(qsizetype offset, const QByteArray &value) const;

    /// What a stranger can do: the digest is that of what the header claims to be signed, and the TLVs lie
    /// behind it; the signature is the one that he found.
    QByteArray rehashed(const QByteArray &changed) const;
    /// What the owner of a key can do: the signature is right as well.
    QByteArray resigned(const QByteArray &changed, TestKey key = TestKey::Boot) const;

private:
    QByteArray seal(const QByteArray &changed, const QByteArray &signature, QByteArray *digest) const;

    QByteArray m_bytes;
    qsizetype m_protectedArea = 0;
    qsizetype m_signedSize = 0;
};

/// Units on which everything but the image itself says that it may run: the boot state names the very hash
/// that the bootloader measures.
enum class Claim {
    Confirmed, // the only image of its unit
    OnTrial, // in slot B, beside a good image in slot A
    Lost, // the only image of a unit without a boot state
};

/// The slot that the boot policy decides for; BM_SLOT_NONE for recovery mode.
quint8 slotThatRuns(const QByteArray &image, Claim claim);

/// The image runs in none of these ways, and the good image does where there is one.
bool isRefused(const QByteArray &image);
/// It runs in each of them.
bool isAccepted(const QByteArray &image);

} // namespace testing
