// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/manifest.h"
#include "core/trust/key.h"

#include <QMap>

namespace core {

/// A release in one file (".bmb", docs/formats/bundle.md), taken apart but not trusted: verifyBundle() makes
/// a VerifiedRelease of it, and nothing else can be installed. A value.
struct Bundle {
    SignedManifest document;
    QByteArray manifestBytes; // manifest.json, with the signatures
    QMap<QString, QByteArray> files; // every other entry, by name
};

/// Reads a bundle of at most 260 MiB. InvalidFile when it is not one (ManifestMalformed when the archive is
/// fine and its manifest is not), FileFailed when it cannot be read. Judges neither signature nor hash.
Result<Bundle> openBundle(const QString &path);
Result<Bundle> parseBundle(const QByteArray &bytes);

/// That the bundle holds what its manifest says and nothing else. Untrusted with PayloadMissing or
/// HashMismatch, InvalidFile for a file that the manifest does not name. Says nothing about who wrote the
/// manifest.
Result<Done> checkFiles(const Bundle &bundle);

/// What `bundle create` is told.
struct BundleRequest {
    QString manifestPath; // YAML or JSON; its files lie beside it
    QList<PrivateKey> keys; // each signs; none leaves the bundle unsigned, and no device tool will take it
    QString outputPath;
};

/// Fills in size and hash of every file (and checks those that are written), checks that each image agrees
/// with the manifest, signs, and writes the bundle in one step. The same files and keys always give the same
/// bytes.
///
/// InvalidFile or FileFailed for what cannot be read; Untrusted with HashMismatch, IncompatibleProduct,
/// IncompatibleHardware or ManifestMalformed for what does not agree; Unsupported for a payload by address.
Result<Bundle> createBundle(const BundleRequest &request);

} // namespace core
