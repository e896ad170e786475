// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/bundle_archive.h"
#include "core/release/manifest.h"
#include "core/trust/trust_root.h"

#include <QMap>

namespace core {

/// A release in one file (".bmb", docs/formats/bundle.md), taken apart but not trusted: verifyBundle() makes
/// a VerifiedRelease of it, and nothing else can be installed. A value; its files stay where they are.
struct Bundle {
    SignedManifest document;
    QByteArray manifestBytes; // manifest.json, with the signatures
    QStringList files; // the names of those that belong to the release, in the order of the archive
    QList<TrustRoot> roots; // those that came along, oldest first; nobody has judged them
    ArchiveSource source;
    QMap<QString, QString> fetched =
        {}; // entries that the archive does not hold, and the files that they are
};

/// Reads what a bundle of at most 4 GiB says of itself; its files are only listed. InvalidFile when it is not
/// one (ManifestMalformed when the archive is fine and its manifest is not), FileFailed when it cannot be
/// read. Judges neither signature nor hash. Needs some 2 MiB of memory, whatever the bundle claims.
Result<Bundle> openBundle(const QString &path);
Result<Bundle> parseBundle(const QByteArray &bytes);

/// The files of a release that were checked, as far as somebody will use them: MCUboot images, and the
/// release notes. Others are checked in passing.
using CheckedFiles = QMap<QString, QByteArray>;

/// Whether a bundle has to be whole.
enum class Extent {
    Whole,
    WithoutFilesToFetch, // payloads that have an address may be missing
};

/// That the bundle holds what its manifest says and nothing else, in one pass. Untrusted with PayloadMissing
/// or HashMismatch, InvalidFile for a file that the manifest does not name, and for an image of more than 64
/// MiB. Needs the memory of the images. Says nothing about who wrote the manifest.
Result<CheckedFiles> checkFiles(const Bundle &bundle, Extent extent = Extent::Whole);

/// The payloads that the bundle does not hold, and that its manifest says where to get. Nobody has judged
/// that: what may be fetched, wantedFiles() says.
QList<ManifestPayload> payloadsToFetch(const Bundle &bundle);

/// What `bundle create` is told.
struct BundleRequest {
    QString manifestPath; // YAML or JSON; its files lie beside it
    QList<PrivateKey> keys; // each signs; none leaves the bundle unsigned, and no device tool will take it
    QString outputPath;
    QStringList rootPaths = {}; // versions of the trust root that come along, oldest first
};

/// Fills in size and hash of every file (and checks those that are written), checks that each image agrees
/// with the manifest, signs, and writes the bundle in one step. The same files and keys always give the same
/// bytes. A payload by address is not put in, and nobody looks at it now: its size and its hash have to be
/// written.
///
/// InvalidFile or FileFailed for what cannot be read; Untrusted with HashMismatch, IncompatibleProduct,
/// IncompatibleHardware or ManifestMalformed for what does not agree.
Result<Bundle> createBundle(const BundleRequest &request);

/// How large each file of the release is, as its manifest says.
FileRoom roomIn(const Bundle &bundle);

/// Writes the bundle once more, with signatures that were added to its document meanwhile: nothing else is
/// different. It is checked before as by checkFiles(): who signed may have seen another file. Payloads that
/// are to be fetched may be missing.
Result<Bundle> writeSigned(const Bundle &bundle, const QString &outputPath);

/// Writes a bundle with all its files, those that were fetched among them, and reads it back. Errors as
/// openBundle() and checkFiles().
Result<Bundle> writeWholeBundle(const Bundle &bundle, const QString &path);

/// Payloads and release notes of a manifest, in the order of the archive.
QList<ReleaseFile> filesOf(const Manifest &manifest);

} // namespace core
