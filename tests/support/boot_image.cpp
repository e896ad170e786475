// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"

#include "core/trust/key.h"

#include <QCryptographicHash>
#include <QFile>
#include <QtEndian>

#include <array>

namespace testing {

namespace {

template<typename Number>
QByteArray littleEndian(Number value)
{
    QByteArray bytes(sizeof value, 0);
    qToLittleEndian(value, bytes.data());
    return bytes;
}

QByteArray tlvArea(quint16 magic, const QList<BootImage::Tlv> &tlvs)
{
    QByteArray content;
    for (const auto &[type, value] : tlvs) {
        content += littleEndian(type) + littleEndian(quint16(value.size())) + value;
    }
    return littleEndian(magic) + littleEndian(quint16(content.size() + 4)) + content;
}

core::PrivateKey readKey(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("cannot read %s", qPrintable(path));
    }
    return core::PrivateKey::fromPem(file.readAll()).value();
}

const core::PrivateKey &keyOf(TestKey key)
{
    static const std::array keys = {
        readKey(QStringLiteral(BOOTMEND_TEST_BOOT_KEY)),
        readKey(QStringLiteral(BOOTMEND_TEST_SECOND_BOOT_KEY)),
        readKey(QStringLiteral(BOOTMEND_TEST_RECOVERY_KEY)),
        readKey(QStringLiteral(BOOTMEND_TEST_REVOKED_KEY)),
    };
    return keys.at(std::size_t(key));
}

const core::PrivateKey &strangersKey()
{
    static const core::PrivateKey key = core::PrivateKey::generate().value();
    return key;
}

} // namespace

QByteArray signatureBy(TestKey key, const QByteArray &message)
{
    return keyOf(key).sign(message).value();
}

QByteArray BootImage::signedRegion() const
{
    QList<Tlv> tlvs = {
        {0x50, littleEndian(rollbackIndex)}, {0x74, vendor}, {0x75, productClass}, {0xa1, hardware}};
    tlvs.removeIf([this](const Tlv &tlv) { return omitted.contains(tlv.first); });
    const QByteArray area = tlvArea(0x6908, tlvs + moreProtected);
    QByteArray header = littleEndian(quint32(0x96f3b83d)) + littleEndian(loadAddress)
        + littleEndian(headerSize) + littleEndian(quint16(area.size()))
        + littleEndian(quint32(payload.size())) + littleEndian(flags) + char(major) + char(minor)
        + littleEndian(revision) + littleEndian(build) + littleEndian(quint32(0));
    header.append(headerSize - header.size(), '\0');
    return header + payload + area;
}

QByteArray BootImage::hash() const
{
    return QCryptographicHash::hash(signedRegion(), QCryptographicHash::Sha256);
}

QByteArray BootImage::bytes() const
{
    const core::PrivateKey &key = isSignedByStranger ? strangersKey() : keyOf(signer);
    const core::PublicKey named = (claimsBootKey ? keyOf(TestKey::Boot) : key).publicKey();
    const QByteArray digest = hash();
    const QList<Tlv> tlvs = {{0x10, digest}, {0x01, named.keyHash()}, {0x24, key.sign(digest).value()}};
    return signedRegion() + tlvArea(0x6907, tlvs + moreUnprotected);
}

} // namespace testing
