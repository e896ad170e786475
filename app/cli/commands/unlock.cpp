// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "core/base/file_access.h"
#include "core/device/service_access.h"
#include "core/trust/key_file.h"

namespace cli {

namespace {

constexpr qint64 kSignatureSize = 64;

struct UnlockOptions {
    std::string device;
    std::string key;
    std::string signature; // a file
    std::string output; // of the bytes that are to be signed
    bool isChallenge = false; // --challenge
};

/// The bytes that a recovery key has to sign, for people whose key is elsewhere.
core::Result<core::Done> tellChallenge(const UnlockOptions &options, const QByteArray &message,
                                       Output &output)
{
    const QString file = QString::fromStdString(options.output);
    if (!file.isEmpty()) {
        const auto written = core::replaceFile(file, message);
        if (!written)
            return written;
    }
    const QString named = file.isEmpty() ? QStringLiteral("challenge.bin") : file;
    const QString commandLine =
        QStringLiteral("openssl pkeyutl -sign -rawin -inkey RECOVERY.pem -in %1 -out %1.sig").arg(named);
    const QString hex = QString::fromLatin1(message.toHex());
    output.note({QStringLiteral("To be signed with a recovery key, 64 bytes in hexadecimal:"), hex,
                 QStringLiteral("With these bytes in the file %1 (-o writes it):").arg(named), commandLine,
                 QStringLiteral("Then, before the unit restarts: bootmend unlock %1 --signature %2.sig")
                     .arg(QString::fromStdString(options.device), named)},
                {{QStringLiteral("note"), QStringLiteral("challenge")},
                 {QStringLiteral("to_be_signed"), hex},
                 {QStringLiteral("command_line"), commandLine}});
    return core::Done{};
}

core::Result<QByteArray> signatureOf(const UnlockOptions &options, core::ServiceAccess &service,
                                     Session &session)
{
    if (!options.signature.empty()) {
        const auto signature = core::readWholeFile(QString::fromStdString(options.signature), kSignatureSize);
        if (signature && signature->size() != kSignatureSize)
            return core::fail(
                core::ErrorKind::InvalidFile,
                QStringLiteral("a signature has 64 bytes, and this file %1").arg(signature->size()));
        return signature;
    }
    const auto key = session.privateKey(options.key);
    if (!key)
        return core::passOn(key.error(), QStringLiteral("reading the recovery key"));
    if (key->publicKey().algorithm() != core::KeyAlgorithm::Ed25519)
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("units are unlocked with an Ed25519 key, and this is another"));
    const auto message = runToEnd(service.askForChallenge());
    if (!message)
        return core::passOn(message.error());
    return key->sign(*message);
}

core::Result<core::Done> unlockWith(const UnlockOptions &options, core::ServiceAccess &service,
                                    Session &session)
{
    if (options.isChallenge) {
        const auto message = runToEnd(service.askForChallenge());
        return message ? tellChallenge(options, *message, session.output()) : core::passOn(message.error());
    }
    const auto signature = signatureOf(options, service, session);
    if (!signature)
        return core::passOn(signature.error());
    auto unlocked = runToEnd(service.unlock(*signature));
    if (unlocked)
        session.output().say(QStringLiteral("Unlocked, until the unit restarts."));
    return unlocked;
}

int unlock(const UnlockOptions &options, Session &session)
{
    const QString command = QStringLiteral("unlock");
    const auto driver = session.openForService(QString::fromStdString(options.device));
    if (!driver)
        return session.output().result(command, driver.error());
    const auto done = unlockWith(options, *(*driver)->serviceAccess(), session);
    return done ? session.output().done(command) : session.output().result(command, done.error());
}

} // namespace

void addUnlock(CLI::App &app, Session &session)
{
    CLI::App *command =
        app.add_subcommand("unlock", "lets a unit's regions be read and erased, until it restarts");
    const auto options = std::make_shared<UnlockOptions>();
    command->add_option("DEVICE", options->device, "a name from 'devices', or an address")->required();
    CLI::Option_group *way = command->add_option_group("way", "how the challenge is answered");
    way->add_option("--key", options->key, "the private recovery key: a PEM file, keychain:NAME or pkcs11:…");
    CLI::Option *challenge = way->add_flag("--challenge", options->isChallenge,
                                           "print what is to be signed, and the openssl command");
    way->add_option("--signature", options->signature, "a file with the signature of the last challenge");
    way->require_option(1);
    command
        ->add_option("-o,--output", options->output, "with --challenge: the file for the bytes to be signed")
        ->needs(challenge);
    command->callback(
        [options, &session] { session.command = [=, &session] { return unlock(*options, session); }; });
}

} // namespace cli
