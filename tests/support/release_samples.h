// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file_access.h"
#include "core/release/bundle.h"
#include "core/release/mcuboot_image.h"
#include "core/trust/trust_store.h"

#include <QDir>

namespace test_support {

/// What a sample release is about; tests change one thing and see what is refused.
struct SampleRelease {
    core::PrivateKey releaseKey = *core::PrivateKey::generate();
    core::PrivateKey bootKey = *core::PrivateKey::generate();
    core::ImageSpec image = {.payload = QByteArray("the firmware, version 1.1.0").repeated(40),
                             .version = {1, 1, 0, 0},
                             .rollbackIndex = 10100,
                             .vendorDomain = QStringLiteral("bootmend.example"),
                             .product = QStringLiteral("bench-sensor"),
                             .hardwareRevisions = {QStringLiteral("revA"), QStringLiteral("revB")}};
    QByteArray manifest = "version: \"1.1.0\"\n"
                          "build: \"2026-11-21+sha.4f1c2d9\"\n"
                          "product: \"bench-sensor\"\n"
                          "hw_compat: [\"revA\", \"revB\"]\n"
                          "channel: \"stable\"\n"
                          "rollback_index: 10100\n"
                          "min_bootloader: 1\n"
                          "payload:\n"
                          "  file: \"app.bin\"\n"
                          "expires: \"2030-01-01T00:00:00Z\"\n"
                          "release_notes: \"notes.md\"\n";
    QByteArray notes = "# Notes\n";

    /// The store that trusts both keys for everything.
    core::TrustStore store() const
    {
        core::TrustStore store;
        store.releaseKeys.append({releaseKey.publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
        store.bootKeys.append({bootKey.publicKey(), {QStringLiteral("*")}});
        return store;
    }

    /// Writes manifest, image and notes into the folder, and makes "release.bmb" of them, signed by `keys`.
    core::Result<core::Bundle> create(const QDir &folder, const QList<core::PrivateKey> &keys) const
    {
        const auto file = core::createImage(image, bootKey);
        if (!file)
            return core::passOn(file.error());
        for (const auto &[name, content] : {std::pair("app.bin", *file), std::pair("notes.md", notes),
                                            std::pair("manifest.yaml", manifest)}) {
            if (auto written = core::replaceFile(folder.filePath(QLatin1String(name)), content); !written)
                return core::passOn(written.error());
        }
        return core::createBundle({.manifestPath = folder.filePath(QStringLiteral("manifest.yaml")),
                                   .keys = keys,
                                   .outputPath = folder.filePath(QStringLiteral("release.bmb"))});
    }

    core::Result<core::Bundle> create(const QDir &folder) const { return create(folder, {releaseKey}); }
};

} // namespace test_support
