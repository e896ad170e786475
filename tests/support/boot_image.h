// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>

#include <utility>

namespace testing {

/// The keys of the table that the bootloader's core has in the tests.
enum class TestKey {
    Boot,
    SecondBoot,
    Recovery,
    Revoked,
};

/// The Ed25519 signature of `message`: 64 bytes.
QByteArray signatureBy(TestKey key, const QByteArray &message);

/// Builds images byte by byte, right ones and wrong ones; independent of the product's own image writer.
struct BootImage {
    using Tlv = std::pair<quint16, QByteArray>;

    QByteArray payload = QByteArray(300, 'p');
    quint8 major = 1;
    quint8 minor = 0;
    quint16 revision = 0;
    quint32 build = 0;
    quint32 rollbackIndex = 1;
    quint32 flags = 0x20; // RAM_LOAD
    quint32 loadAddress = 0;
    quint16 headerSize = 32;
    QByteArray vendor = QByteArray(16, 'V');
    QByteArray productClass = QByteArray(16, 'C');
    QByteArray hardware = QByteArray("revA\0revB\0", 10);
    QList<quint16> omitted = {}; // types of protected TLVs
    QList<Tlv> moreProtected = {};
    QList<Tlv> moreUnprotected = {};
    TestKey signer = TestKey::Boot;
    bool isSignedByStranger = false; // a key that the bootloader does not know
    bool claimsBootKey = false; // with the stranger's signature, the boot key's hash

    QByteArray bytes() const;
    QByteArray hash() const; // what the SHA-256 TLV holds

private:
    QByteArray signedRegion() const;
};

} // namespace testing
