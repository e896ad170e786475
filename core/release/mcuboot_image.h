// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/base/version.h"
#include "core/trust/key.h"

#include <QByteArray>
#include <QList>
#include <QStringList>
#include <QUuid>

#include <optional>

namespace core {

/// One entry of an image's TLV areas (mcuboot docs/design.md, "Image format").
struct ImageTlv {
    quint16 type = 0;
    QByteArray value;
    bool isProtected = false; // covered by the digest
};

enum class ImageSignatureAlgorithm { Ed25519, EcdsaSha256, RsaPss2048, RsaPss3072 };

struct ImageSignature {
    ImageSignatureAlgorithm algorithm;
    QByteArray value;
};

/// "Ed25519", "ECDSA", …: for messages.
QString toText(ImageSignatureAlgorithm algorithm);

/// How images are signed with this key; nothing for an RSA key of a length that the format does not know.
std::optional<ImageSignatureAlgorithm> imageAlgorithm(const PublicKey &key);

/// The TLV that holds such a signature (mcuboot boot/bootutil/include/bootutil/image.h).
quint16 tlvType(ImageSignatureAlgorithm algorithm);

/// The marks that imgtool's --pad and --confirm leave at the end of the slot, in an image as large as a slot.
struct ImageTrailer {
    bool isConfirmed = false; // boots for good, without a trial: never to be sent as an update
};

/// A signed firmware image in the MCUboot format, taken apart. A value that owns its bytes.
struct McubootImage {
    QByteArray file; // all of it
    Version version;
    quint32 loadAddress = 0;
    quint32 flags = 0; // BM_IMAGE_FLAG_… and mcuboot image.h
    qint64 headerSize = 0; // bytes before the payload
    qint64 payloadSize = 0;
    qint64 signedSize = 0; // bytes that the digest covers: header, payload and protected TLVs
    qint64 endOfTlvs = 0; // where the image ends; what follows is padding and the trailer
    QList<ImageTlv> tlvs; // in the order of the file
    QByteArray digest; // 32 bytes, as the image states it; empty when it has none
    QByteArray keyHash; // 32 bytes; empty when the image is not signed
    QList<ImageSignature> signatures;
    bool signsWholeRegion = false; // "pure" signature, over the region and not its digest
    std::optional<quint32> rollbackIndex; // "security counter"
    std::optional<QUuid> vendor;
    std::optional<QUuid> productClass;
    QStringList hardwareRevisions; // empty when the image does not name them in our form
    std::optional<Version> minBootloader; // the oldest bootloader that may start it
    std::optional<ImageTrailer> trailer;

    QByteArray payload() const { return file.mid(headerSize, payloadSize); }
    bool isEncrypted() const;
};

/// Where the image that bytes begin with ends, behind its last TLV: for containers that pad it. Nothing when
/// its areas do not fit into the bytes.
std::optional<qint64> endOfImage(QByteArrayView bytes);

/// Takes an image apart and bounds every field; does not judge its digest or signature.
///
/// InvalidFile with ImageMalformed, and a hint at what the file may be instead.
Result<McubootImage> parseImage(const QByteArray &file);

/// parseImage() of a file of at most 256 MiB.
Result<McubootImage> readImageFile(const QString &path);

/// SHA-256 of the signed region: what the digest of the image has to be, 32 bytes.
QByteArray computeDigest(const McubootImage &image);

/// Untrusted with HashMismatch when the digest is missing or not that of the content.
Result<Done> checkDigest(const McubootImage &image);

/// That the content is what the digest says and that `key` signed it: Ed25519 over the 32 digest bytes, ECDSA
/// or RSA-PSS over the content (mcuboot docs/imgtool.md).
///
/// Untrusted with HashMismatch, KeyUnknown (signed by another key, or by none) or SignatureInvalid (which is
/// also the answer to a signature of another form).
Result<Done> verifyImage(const McubootImage &image, const PublicKey &key);

/// UUID v5 of a vendor's domain in the DNS namespace (RFC 4122), and of a product's name in the vendor's.
QUuid vendorUuid(const QString &domain);
QUuid classUuid(const QUuid &vendor, const QString &product);

/// "ram_load" or "rom_fixed", as the header's flags say; empty when they say neither.
QString modeName(const McubootImage &image);

/// What `image create` is told.
struct ImageSpec {
    QByteArray payload; // 1 byte … 256 MiB
    Version version;
    quint32 rollbackIndex = 0;
    QString vendorDomain; // "example.com"
    QString product; // the name in the manifest
    QStringList hardwareRevisions; // at least one; ASCII without zero bytes
    std::optional<Version> minBootloader; // without a build number
    // Where it was linked for, at most one of both; with neither it runs wherever it lies or is copied to.
    std::optional<quint32> loadAddress; // RAM_LOAD: the payload is copied there
    std::optional<quint32> slotAddress; // ROM_FIXED: of the slot that it runs in
    quint16 headerSize = 32; // 32 … 65532, a multiple of 4; the bytes after the header are zero
};

/// A complete signed image; of an Ed25519 key the same arguments always give the same bytes. InvalidFile for
/// a specification that no image can hold, and for an RSA key of other than 2048 or 3072 bits.
Result<QByteArray> createImage(const ImageSpec &spec, const PrivateKey &key);

} // namespace core
