// SPDX-License-Identifier: Apache-2.0
#include "tests/support/hostile_image.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace testing {

namespace {

constexpr qsizetype kUnprotectedAreaSize = 4 + 36 + 36 + 68;
constexpr qsizetype kSlotSize = 4096; // of the simulated unit

/// SHA-256 as the bootloader measures it, whatever it thinks of the image.
QByteArray measuredHash(quint8 slot)
{
    const bm_identity *identity = nullptr;
    identity_store_find(&identity);
    const image_target target = {.identity = identity, .minimum_rollback_index = 0};
    image_info info;
    image_check(slot, &target, &info);
    return {reinterpret_cast<const char *>(info.hash), BM_HASH_SIZE};
}

/// The bytes that the header says are signed; may be more than a slot holds.
qint64 claimedSize(const QByteArray &image)
{
    const char *header = image.constData();
    return qint64(qFromLittleEndian<quint16>(header + 8)) + qFromLittleEndian<quint16>(header + 10)
        + qFromLittleEndian<quint32>(header + 12);
}

} // namespace

ImageAnatomy::ImageAnatomy(const BootImage &image) :
    m_bytes(image.bytes()), m_protectedArea(image.headerSize + image.payload.size()),
    m_signedSize(m_bytes.size() - kUnprotectedAreaSize)
{
}

QByteArray ImageAnatomy::with(qsizetype offset, const QByteArray &value) const
{
    return QByteArray(m_bytes).replace(offset, value.size(), value);
}

QByteArray ImageAnatomy::seal(const QByteArray &changed, const QByteArray &signature,
                              QByteArray *digest) const
{
    const qint64 claimed = claimedSize(changed);
    const qint64 sealed = claimed + kUnprotectedAreaSize <= kSlotSize ? claimed : m_signedSize;
    QByteArray area = m_bytes.mid(m_signedSize);
    const QByteArray content = changed.leftJustified(kSlotSize, '\xff').left(sealed);
    *digest = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
    area.replace(8, digest->size(), *digest);
    return content + area.replace(80, signature.size(), signature);
}

QByteArray ImageAnatomy::rehashed(const QByteArray &changed) const
{
    QByteArray digest;
    return seal(changed, m_bytes.mid(signature(), BM_SIGNATURE_SIZE), &digest);
}

QByteArray ImageAnatomy::resigned(const QByteArray &changed, TestKey key) const
{
    QByteArray digest;
    seal(changed, {}, &digest);
    return seal(changed, signatureBy(key, digest), &digest);
}

quint8 slotThatRuns(const QByteArray &image, Claim claim)
{
    SimulatedUnit unit;
    unit.provision();
    const quint8 slot = claim == Claim::OnTrial ? BM_SLOT_B : BM_SLOT_A;
    unit.writeImage(slot, image);
    const QByteArray hash = measuredHash(slot);
    if (claim == Claim::Confirmed) {
        unit.confirmSlot(slot, hash);
    }
    if (claim == Claim::OnTrial) {
        static const QByteArray good = BootImage().bytes();
        static const QByteArray goodHash = BootImage().hash();
        unit.writeImage(BM_SLOT_A, good);
        unit.confirmSlot(BM_SLOT_A, goodHash);
        unit.setPending(BM_SLOT_B, hash);
    }
    // A sanitizer sees who reads behind the flash.
    unit.flash.squeeze();
    return SimulatedBoot(unit).slot;
}

bool isRefused(const QByteArray &image)
{
    return slotThatRuns(image, Claim::Confirmed) == BM_SLOT_NONE
        && slotThatRuns(image, Claim::OnTrial) == BM_SLOT_A
        && slotThatRuns(image, Claim::Lost) == BM_SLOT_NONE;
}

bool isAccepted(const QByteArray &image)
{
    return slotThatRuns(image, Claim::Confirmed) == BM_SLOT_A
        && slotThatRuns(image, Claim::OnTrial) == BM_SLOT_B && slotThatRuns(image, Claim::Lost) == BM_SLOT_A;
}

} // namespace testing
