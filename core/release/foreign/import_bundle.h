// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/bundle.h"
#include "core/release/foreign/foreign_firmware.h"

namespace core {

/// A signature that another tool made of a file's content, and whose it is said to be.
struct DetachedSignature {
    PublicKey signer;
    QByteArray value;
};

/// What `bundle import` is told of a release, beside the file itself.
struct ImportRequest {
    QString product;
    QStringList hardware; // at least one
    QString channel;
    std::optional<Version> version; // that of the images unless told; they have to be of it
    std::optional<quint32> rollbackIndex; // the security counter of the images unless told; likewise
    QList<PrivateKey> keys; // each signs; without any, only a policy lets the release be installed
    QList<DetachedSignature> contentSignatures = {}; // of the content of one payload each
    QString outputPath;
};

/// Makes a bundle whose manifest says that it was imported, and of what. When every part is an image of its
/// own (by image index), the payloads are these images: "application" for index 0, "image-1" and so on. Else
/// the one payload is the whole file, "rom-image", as only the file says what belongs where.
///
/// Errors as createBundle(). InvalidFile also for a file that leaves open what is to be installed: damaged
/// images, several for the same index (variants for slots, families of boards), and a version or a rollback
/// index that nobody says. For a signature of content as identifyPayloadSignature(), when it is of none of
/// the payloads.
Result<Bundle> importBundle(const ForeignFirmware &firmware, const ImportRequest &request);

} // namespace core
