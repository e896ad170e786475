// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/import_bundle.h"

#include "app/cli/commands/bundle_parts.h"
#include "app/cli/commands/signing.h"
#include "app/events/image_json.h"
#include "app/texts/user_texts.h"

namespace cli {

namespace {

struct ImportOptions {
    std::string file;
    std::string output; // empty: only show
    std::string product;
    std::vector<std::string> hardwareRevisions;
    std::string channel;
    std::string version; // empty: as the image says
    std::optional<quint32> rollbackIndex;
    std::vector<std::string> keys;
    std::vector<std::string> contentSignatures; // files
    std::vector<std::string> contentSigners; // the public key of each
};

/// Without a trust file no key is known, and the file is shown all the same.
core::Result<core::TrustStore> knownKeys(Session &session)
{
    auto trust = session.trustStore();
    if (!trust && trust.error().reason == core::Reason::KeyUnknown)
        return core::TrustStore{};
    return trust;
}

QString placeOf(const core::ForeignPart &part)
{
    QStringList words;
    if (!part.name.isEmpty())
        words.append(part.name);
    if (part.address)
        words.append(QStringLiteral("at 0x%1").arg(*part.address, 8, 16, QLatin1Char('0')));
    if (part.imageIndex)
        words.append(QStringLiteral("image %1").arg(*part.imageIndex));
    return words.isEmpty() ? QStringLiteral("the file") : words.join(QStringLiteral(", "));
}

void tellPart(const core::ForeignPart &part, const core::TrustStore &trust, Output &output)
{
    output.say(QStringLiteral("%1: %2 bytes").arg(placeOf(part)).arg(part.bytes.size()));
    if (part.damage)
        output.say(QStringLiteral("  begins as an MCUboot image and is none: %1").arg(part.damage->detail));
    if (!part.image)
        return;
    const core::McubootImage &image = *part.image;
    output.say(QStringLiteral("  MCUboot image %1, %2, hash %3")
                   .arg(core::toText(image.version),
                        image.rollbackIndex ? QStringLiteral("rollback index %1").arg(*image.rollbackIndex)
                                            : QStringLiteral("no rollback index"),
                        QString::fromLatin1(image.digest.toHex())));
    if (image.trailer && image.trailer->isConfirmed)
        output.say(QStringLiteral("  marked as confirmed: it would boot for good, without a trial"));
    output.say(QStringLiteral("  ") + texts::judgementSentence(core::judgeImage(image, trust)));
}

void tellFirmware(const core::ForeignFirmware &firmware, const core::TrustStore &trust, Output &output)
{
    output.say(QStringLiteral("%1, %2 bytes, SHA-256 %3")
                   .arg(core::formatName(firmware.format))
                   .arg(firmware.file.size())
                   .arg(QString::fromLatin1(firmware.sha256().toHex())));
    for (const QString &note : firmware.notes)
        output.say(QStringLiteral("  ") + note);
    for (const core::ForeignPart &part : firmware.parts)
        tellPart(part, trust, output);
}

core::Result<QList<core::DetachedSignature>> contentSignatures(const ImportOptions &options, Session &session)
{
    QList<core::DetachedSignature> signatures;
    for (std::size_t index = 0; index < options.contentSignatures.size(); ++index) {
        const auto signer = session.publicKey(options.contentSigners.at(index));
        const auto value = readSignatureFile(QString::fromStdString(options.contentSignatures.at(index)));
        if (!signer || !value)
            return core::passOn(signer ? value.error() : signer.error());
        signatures.append({*signer, *value});
    }
    return signatures;
}

core::Result<core::ImportRequest> requestFrom(const ImportOptions &options, Session &session)
{
    core::ImportRequest request{.product = QString::fromStdString(options.product),
                                .channel = QString::fromStdString(options.channel),
                                .rollbackIndex = options.rollbackIndex,
                                .outputPath = QString::fromStdString(options.output)};
    for (const std::string &revision : options.hardwareRevisions)
        request.hardware.append(QString::fromStdString(revision));
    if (!options.version.empty()) {
        const auto version = core::parseVersion(QString::fromStdString(options.version));
        if (!version)
            return core::passOn(version.error());
        request.version = *version;
    }
    const auto keys = session.privateKeys(options.keys);
    if (!keys)
        return core::passOn(keys.error());
    request.keys = *keys;
    const auto signatures = contentSignatures(options, session);
    if (!signatures)
        return core::passOn(signatures.error());
    request.contentSignatures = *signatures;
    return request;
}

core::Result<core::Bundle> makeBundle(const core::ForeignFirmware &firmware, const ImportOptions &options,
                                      Session &session)
{
    const auto request = requestFrom(options, session);
    if (!request)
        return core::passOn(request.error());
    return core::importBundle(firmware, *request);
}

int importFile(const ImportOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle import");
    const auto trust = knownKeys(session);
    if (!trust)
        return session.output().result(command, trust.error());
    const auto firmware = core::readForeignFile(QString::fromStdString(options.file));
    if (!firmware)
        return session.output().result(command, firmware.error());
    tellFirmware(*firmware, *trust, session.output());
    QJsonObject members{{QStringLiteral("import"), events::foreignJson(*firmware, *trust)}};
    if (options.output.empty())
        return session.output().done(command, members);

    const auto bundle = makeBundle(*firmware, options, session);
    if (!bundle)
        return session.output().result(command, bundle.error());
    tellBundle(*bundle, session);
    if (bundle->document.signatures.isEmpty())
        session.output().say(QStringLiteral("Nobody signed it: it is installed only where the organisation's "
                                            "policy allows that."));
    members.insert(QStringLiteral("bundle"), bundleJson(*bundle));
    return session.output().done(command, members);
}

} // namespace

void addBundleImport(CLI::App &bundle, Session &session)
{
    const auto options = std::make_shared<ImportOptions>();
    CLI::App *command = bundle.add_subcommand(
        "import",
        "shows firmware of another tool, and makes a bundle of it: MCUboot images, Intel HEX, UF2, "
        "DfuSe, ELF, dfu_application.zip");
    command->add_option("FILE", options->file, "the firmware; its content says what it is")->required();
    CLI::Option *product = command->add_option("--product", options->product, "what it is for");
    CLI::Option *hardware = command->add_option("--hw", options->hardwareRevisions,
                                                "a hardware revision that it is for; any number of times");
    CLI::Option *channel = command->add_option("--channel", options->channel, "for example dev");
    command->add_option("--version", options->version, "when the firmware does not say it");
    command->add_option("--rollback-index", options->rollbackIndex, "when the firmware does not say it");
    command->add_option("--key", options->keys, "a private release key; any number of times");
    CLI::Option *signature = command->add_option(
        "--payload-signature", options->contentSignatures,
        "a signature of a payload's content, made by openssl dgst -sign; any number of times");
    CLI::Option *output = command->add_option("-o,--output", options->output,
                                              "the bundle to write; without it nothing is written");
    signature->needs(output)->needs(command->add_option("--payload-key", options->contentSigners,
                                                        "the public key of each of them, in this order"));
    output->needs(product)->needs(hardware)->needs(channel);
    command->callback([=, &session] {
        if (options->contentSignatures.size() != options->contentSigners.size())
            throw CLI::ValidationError("--payload-key", "has to be there once for each --payload-signature");
        session.command = [=, &session] { return importFile(*options, session); };
    });
}

} // namespace cli
