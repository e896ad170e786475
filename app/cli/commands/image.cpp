// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"

#include "app/cli/session.h"
#include "app/events/image_json.h"
#include "core/base/file_access.h"
#include "core/trust/key_file.h"

namespace cli {

namespace {

constexpr qint64 kLargestPayload = 256LL * 1024 * 1024; // What is a little less, createImage() judges.

struct ImageOptions {
    std::string file; // the image
    std::string payload;
    std::string version;
    std::string vendor;
    std::string product;
    std::vector<std::string> hardwareRevisions;
    std::string key;
    std::string minBootloader; // empty: any
    quint32 rollbackIndex = 0;
    std::optional<quint32> loadAddress; // --ram-load
    std::optional<quint32> slotAddress; // --rom-fixed
};

core::Result<core::ImageSpec> specFrom(const ImageOptions &options)
{
    const auto payload = core::readWholeFile(QString::fromStdString(options.payload), kLargestPayload);
    if (!payload)
        return core::passOn(payload.error());
    const auto version = core::parseVersion(QString::fromStdString(options.version));
    if (!version)
        return core::passOn(version.error());
    core::ImageSpec spec{.payload = *payload,
                         .version = *version,
                         .rollbackIndex = options.rollbackIndex,
                         .vendorDomain = QString::fromStdString(options.vendor),
                         .product = QString::fromStdString(options.product),
                         .loadAddress = options.loadAddress,
                         .slotAddress = options.slotAddress};
    if (!options.minBootloader.empty()) {
        const auto oldest = core::parseVersion(QString::fromStdString(options.minBootloader));
        if (!oldest)
            return core::passOn(oldest.error());
        spec.minBootloader = *oldest;
    }
    for (const std::string &revision : options.hardwareRevisions)
        spec.hardwareRevisions.append(QString::fromStdString(revision));
    return spec;
}

core::Result<core::Done> writeImage(const ImageOptions &options, Session &session)
{
    const auto spec = specFrom(options);
    if (!spec)
        return core::passOn(spec.error());
    const auto key = session.privateKey(options.key);
    if (!key)
        return core::passOn(key.error(), QStringLiteral("reading the signing key"));
    const auto image = core::createImage(*spec, *key);
    if (!image)
        return core::passOn(image.error());
    return core::replaceFile(QString::fromStdString(options.file), *image);
}

int createImage(const ImageOptions &options, Session &session)
{
    const QString command = QStringLiteral("image create");
    const auto written = writeImage(options, session);
    return written ? session.output().done(command) : session.output().result(command, written.error());
}

int showImage(const ImageOptions &options, Session &session)
{
    const QString command = QStringLiteral("image show");
    const auto image = core::readImageFile(QString::fromStdString(options.file));
    if (!image)
        return session.output().result(command, image.error());
    const QJsonObject json = events::imageJson(*image);
    for (auto member = json.begin(); member != json.end(); ++member) {
        const QStringList list = member->toVariant().toStringList();
        session.output().say(QStringLiteral("%1  %2").arg(
            member.key().leftJustified(15),
            member->isArray() ? list.join(QStringLiteral(", ")) : member->toVariant().toString()));
    }
    return session.output().done(command, {{QStringLiteral("image"), json}});
}

int verifyImage(const ImageOptions &options, Session &session)
{
    const QString command = QStringLiteral("image verify");
    const auto image = core::readImageFile(QString::fromStdString(options.file));
    if (!image)
        return session.output().result(command, image.error());
    const auto key = core::readPublicKeyFile(QString::fromStdString(options.key));
    if (!key)
        return session.output().result(command, key.error());
    const auto verified = core::verifyImage(*image, *key);
    if (!verified)
        return session.output().result(command, verified.error());
    session.output().say(
        QStringLiteral("%1 is intact, and this key signed it.").arg(core::toText(image->version)));
    return session.output().done(command,
                                 {{QStringLiteral("hash"), QString::fromLatin1(image->digest.toHex())}});
}

void addCreate(CLI::App *parent, std::shared_ptr<ImageOptions> options, Session &session)
{
    CLI::App *create = parent->add_subcommand("create", "signs a payload as an image");
    create->add_option("--payload", options->payload, "the program, as it runs")->required();
    create->add_option("--version", options->version, "for example 1.1.0")->required();
    create->add_option("--rollback-index", options->rollbackIndex, "never lower than the last release's")
        ->required();
    create->add_option("--vendor", options->vendor, "the vendor's domain")->required();
    create->add_option("--product", options->product, "the product's name, as the manifest has it")
        ->required();
    create->add_option("--hw", options->hardwareRevisions, "a hardware revision; any number of times")
        ->required();
    create->add_option("--key", options->key, "the private boot key: a PEM file, keychain:NAME or pkcs11:…")
        ->required();
    create->add_option("--min-bootloader", options->minBootloader,
                       "the oldest bootloader that may start it, for example 1.2.0");
    CLI::Option *ramLoad = create->add_option("--ram-load", options->loadAddress,
                                              "address that the bootloader copies the payload to");
    create
        ->add_option("--rom-fixed", options->slotAddress,
                     "address of the slot that the payload was linked for, and runs in")
        ->excludes(ramLoad);
    create->add_option("-o,--output", options->file, "the image to write")->required();
    create->callback(
        [=, &session] { session.command = [=, &session] { return createImage(*options, session); }; });
}

} // namespace

void addImage(CLI::App &app, Session &session)
{
    CLI::App *parent = app.add_subcommand("image", "images in the MCUboot format");
    parent->require_subcommand(1);
    const auto options = std::make_shared<ImageOptions>();
    addCreate(parent, options, session);

    CLI::App *show = parent->add_subcommand("show", "what an image says of itself");
    show->add_option("FILE", options->file, "the image")->required();
    show->callback(
        [=, &session] { session.command = [=, &session] { return showImage(*options, session); }; });

    CLI::App *verify = parent->add_subcommand("verify", "whether a key signed it, and nothing was changed");
    verify->add_option("FILE", options->file, "the image")->required();
    verify->add_option("--key", options->key, "the public key, a PEM file")->required();
    verify->callback(
        [=, &session] { session.command = [=, &session] { return verifyImage(*options, session); }; });
}

} // namespace cli
