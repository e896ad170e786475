// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_releases.h"

#include "app/bench/installation.h"
#include "app/bench/unit_process.h"
#include "core/release/bundle.h"
#include "core/release/mcuboot_image.h"
#include "core/trust/key_file.h"
#include "core/trust/trust_store.h"

#include <QFile>
#include <QTemporaryDir>

#include <array>

namespace bench {

namespace {

struct ReleaseRecipe {
    const char *name; // of the bundle
    const char *image; // of the image in share/bootmend/bench/<machine>/
    bool isForUnits; // false: for another product
    const char *hardware; // as the manifest has it
    const char *channel; // "stable" is what the window proposes
    bool hasTrustedKey;
};

constexpr std::array kRecipes{
    ReleaseRecipe{"0.9.0-old", "0.9.0-old", true, "revA, revB", "dev", true},
    ReleaseRecipe{"1.0.0", "1.0.0", true, "revA, revB", "stable", true},
    ReleaseRecipe{"1.1.0", "1.1.0", true, "revA, revB", "stable", true},
    ReleaseRecipe{"1.1.0-unknown-key", "1.1.0", true, "revA, revB", "dev", false},
    ReleaseRecipe{"1.1.0-other-product", "1.1.0-other-product", false, "revA", "dev", true},
    ReleaseRecipe{"1.1.0-other-hardware", "1.1.0-other-hardware", true, "revZ", "dev", true},
    ReleaseRecipe{"1.2.0-crashes", "1.2.0-crashes", true, "revA, revB", "dev", true},
    ReleaseRecipe{"1.2.0-hangs", "1.2.0-hangs", true, "revA, revB", "dev", true},
    ReleaseRecipe{"1.2.0-unhealthy", "1.2.0-unhealthy", true, "revA, revB", "dev", true},
};

QString fileNameOf(const ReleaseRecipe &recipe)
{
    return QLatin1String(recipe.name) + QStringLiteral(".bmb");
}

/// The key of the bench is made anew for each: what it signs is good for nothing else.
struct BenchKeys {
    core::PrivateKey trusted;
    core::PrivateKey unknown;
};

core::Result<BenchKeys> makeKeys()
{
    core::Result<core::PrivateKey> trusted = core::PrivateKey::generate();
    if (!trusted)
        return core::passOn(trusted.error());
    core::Result<core::PrivateKey> unknown = core::PrivateKey::generate();
    if (!unknown)
        return core::passOn(unknown.error());
    return BenchKeys{*std::move(trusted), *std::move(unknown)};
}

/// The manifest as a release engineer would write it; everything about the image is read from the image.
core::Result<QByteArray> manifestFor(const ReleaseRecipe &recipe, Machine machine, const QString &imagePath)
{
    const core::Result<core::McubootImage> image = core::readImageFile(imagePath);
    if (!image)
        return core::passOn(image.error(), QStringLiteral("reading ") + imagePath);
    const QString product = recipe.isForUnits ? productOf(machine) : QStringLiteral("other-sensor");
    return QStringLiteral("version: \"%1\"\n"
                          "build: \"bench-%2\"\n"
                          "product: \"%3\"\n"
                          "hw_compat: [%4]\n"
                          "channel: \"%6\"\n"
                          "rollback_index: %5\n"
                          "min_bootloader: 1\n"
                          "payload: {file: \"application.bin\", slot: \"inactive\"}\n"
                          "health:\n"
                          "  - {check: \"sensor\", within_seconds: 2}\n"
                          "  - {check: \"storage\", within_seconds: 2}\n")
        .arg(core::toText(image->version), QLatin1String(recipe.name), product,
             QLatin1String(recipe.hardware))
        .arg(image->rollbackIndex.value_or(0))
        .arg(QLatin1String(recipe.channel))
        .toUtf8();
}

core::Result<core::Done> writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("%1: %2").arg(path, file.errorString()));
    return core::Done{};
}

core::Result<core::Done> writeRelease(const QDir &releases, Machine machine, const ReleaseRecipe &recipe,
                                      const BenchKeys &keys)
{
    const auto image =
        dataPath(QStringLiteral("bench/%1/%2.bin").arg(machineName(machine), QLatin1String(recipe.image)));
    if (!image)
        return core::passOn(image.error());
    const core::Result<QByteArray> manifest = manifestFor(recipe, machine, *image);
    if (!manifest)
        return core::passOn(manifest.error());

    const QTemporaryDir workshop;
    const QString manifestPath = workshop.filePath(QStringLiteral("manifest.yaml"));
    if (const auto written = writeFile(manifestPath, *manifest); !written)
        return written;
    if (!QFile::copy(*image, workshop.filePath(QStringLiteral("application.bin"))))
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("cannot copy %1").arg(*image));
    const auto bundle = core::createBundle({.manifestPath = manifestPath,
                                            .keys = {recipe.hasTrustedKey ? keys.trusted : keys.unknown},
                                            .outputPath = releases.filePath(fileNameOf(recipe))});
    if (!bundle)
        return core::passOn(bundle.error(), QStringLiteral("making release ") + QLatin1String(recipe.name));
    return core::Done{};
}

core::Result<core::Done> writeTrust(const QString &path, const core::PublicKey &key)
{
    const QStringList all{QStringLiteral("*")};
    core::TrustStore store;
    store.releaseKeys.append({key, {QStringLiteral("stable"), QStringLiteral("dev")}, all});
    return core::saveTrustStore(path, store);
}

} // namespace

core::Result<core::Done> writeReleases(const QDir &directory, Machine machine)
{
    const QDir releases(releasesPath(directory));
    if (!releases.mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("cannot create %1").arg(releases.path()));
    const core::Result<BenchKeys> keys = makeKeys();
    if (!keys)
        return core::passOn(keys.error());
    for (const ReleaseRecipe &recipe : kRecipes)
        if (const auto written = writeRelease(releases, machine, recipe, *keys); !written)
            return written;
    return writeTrust(trustFilePath(directory), keys->trusted.publicKey());
}

QStringList releaseFileNames()
{
    QStringList names;
    for (const ReleaseRecipe &recipe : kRecipes)
        names.append(fileNameOf(recipe));
    return names;
}

} // namespace bench
