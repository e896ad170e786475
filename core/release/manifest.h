// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/base/version.h"
#include "core/trust/signed_document.h"

#include <QDateTime>
#include <QList>
#include <QStringList>

#include <optional>

namespace core {

/// A file that belongs to a release: by name, and after it was filled in, by size and hash.
struct ReleaseFile {
    QString name; // a plain name, no path: the file beside the manifest, and the entry of the bundle
    std::optional<qint64> size; // bytes
    QByteArray sha256; // 32 bytes; empty until it was filled in

    bool isFilledIn() const { return size.has_value() && !sha256.isEmpty(); }
};

/// One image of a release.
struct ManifestPayload {
    QString image = QStringLiteral("application"); // what it is for: application, network-core, bootloader, …
    ReleaseFile file;
    QString url; // https, where it can be fetched; empty for a file beside the manifest
    QString slot = QStringLiteral("inactive"); // inactive, primary, secondary, a, b or auto
    bool isIrreversible = false; // once it is installed, no rollback brings back what was there
    QList<DocumentSignature> signatures = {}; // of the file's content, by other tools: payload_signature.h

    /// The file as an entry of a bundle. One by address has no name in what was signed; the entry is then
    /// called by its SHA-256, in hexadecimal.
    ReleaseFile entry() const;
};

/// From one time of the day to another, in minutes after midnight UTC, 0 … 1440. May go over midnight.
struct InstallWindow {
    int fromMinute = 0;
    int untilMinute = 0;

    bool contains(int minute) const
    {
        return fromMinute < untilMinute ? minute >= fromMinute && minute < untilMinute
                                        : minute >= fromMinute || minute < untilMinute;
    }
};

struct ReleasePolicy {
    std::optional<int> canaryPercent; // 0 … 100
    std::optional<InstallWindow> installWindow;
    std::optional<int> batteryMinPercent; // 0 … 100
    bool requiresMainsPower = false;
};

/// A check of the device's own that has to hold in time before a trial is confirmed.
struct ManifestHealthCheck {
    QString check;
    int withinSeconds = 0; // 1 … 3600
};

/// The file of another tool that a release was made of, by `bundle import`.
struct ManifestOrigin {
    QString format; // "mcuboot", "uf2", …: core/release/foreign/foreign_firmware.h
    QByteArray sha256; // of the original file, 32 bytes

    friend bool operator==(const ManifestOrigin &, const ManifestOrigin &) = default;
};

/// What a release is, for whom, and under which conditions it may be installed: docs/formats/manifest.md. A
/// value.
struct Manifest {
    Version version;
    QString build; // traces the release to its sources
    QString product;
    QStringList hardware; // "hw_compat": at least one, each once
    QString channel;
    quint32 rollbackIndex = 0;
    std::optional<Version> minBootloader;
    QList<ManifestPayload> payloads; // at least one, in the order of installing; the irreversible ones last
    ReleasePolicy policy;
    QList<ManifestHealthCheck> health;
    std::optional<qint64> configSchema;
    std::optional<QDateTime> expires; // UTC
    std::optional<ReleaseFile> releaseNotes;
    std::optional<ManifestOrigin> imported; // nothing for a release that was made here
};

/// A manifest as it stands in a bundle: complete, and in the one form that its signatures are about.
struct SignedManifest : SignedBytes {
    Manifest manifest;
};

/// Reads what a person wrote, YAML or JSON, of at most 64 KiB. InvalidFile with ManifestMalformed, which
/// names the field: one that is unknown, missing, out of bounds, or of another type.
Result<Manifest> parseManifest(const QByteArray &text);
Result<Manifest> readManifestFile(const QString &path);

/// The canonical bytes that are to be signed. InvalidFile when the size or the hash of a file is not filled
/// in.
Result<QByteArray> bytesToSign(const Manifest &manifest);

/// Reads a signed document, and refuses one that is not in its canonical form or not complete. Judges no
/// signature. InvalidFile with ManifestMalformed.
Result<SignedManifest> parseSignedManifest(const QByteArray &bytes);

} // namespace core
