// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_file.h"

#include "app/cli/session.h"

#include <QDir>
#include <QJsonArray>

namespace cli {

namespace {

struct KeyOptions {
    std::string file;
    std::string output;
};

int generateKey(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key generate");
    const auto key = core::PrivateKey::generate();
    if (!key)
        return session.output().result(command, key.error());
    const auto written = core::writeNewPrivateKeyFile(QString::fromStdString(options.file), *key);
    if (!written)
        return session.output().result(command, written.error());
    session.output().say(QStringLiteral("key %1").arg(key->publicKey().keyId()));
    return session.output().done(command, {{QStringLiteral("key_id"), key->publicKey().keyId()}});
}

/// A private key file has a public half; a public key file is one.
core::Result<core::PublicKey> publicHalf(const QString &path)
{
    const auto privateKey = core::readPrivateKeyFile(path);
    if (privateKey)
        return privateKey->publicKey();
    return core::readPublicKeyFile(path);
}

int publicKey(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key public");
    const auto key = publicHalf(QString::fromStdString(options.file));
    if (!key)
        return session.output().result(command, key.error());
    if (options.output.empty()) {
        session.output().say(QString::fromLatin1(key->toPem()).trimmed());
    } else if (const auto written = core::writePublicKeyFile(QString::fromStdString(options.output), *key);
               !written) {
        return session.output().result(command, written.error());
    }
    return session.output().done(command,
                                 {{QStringLiteral("key_id"), key->keyId()},
                                  {QStringLiteral("pem"), QString::fromLatin1(key->toPem())}});
}

int listKeys(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key list");
    const QDir folder(QString::fromStdString(options.file));
    if (!folder.exists())
        return session.output().result(
            command,
            core::Error{core::ErrorKind::FileFailed, QStringLiteral("no folder %1").arg(folder.path())});
    QJsonArray keys;
    for (const QString &name : folder.entryList({QStringLiteral("*.pem")}, QDir::Files, QDir::Name)) {
        const auto key = publicHalf(folder.filePath(name));
        const QString what = key ? key->keyId() : key.error().detail;
        session.output().say(QStringLiteral("%1  %2").arg(name, what));
        keys.append(
            QJsonObject{{QStringLiteral("file"), name},
                        {QStringLiteral("key_id"), key ? QJsonValue(key->keyId()) : QJsonValue::Null}});
    }
    return session.output().done(command, {{QStringLiteral("keys"), keys}});
}

} // namespace

void addKey(CLI::App &app, Session &session)
{
    CLI::App *parent = app.add_subcommand("key", "Ed25519 signing keys in PEM files");
    parent->require_subcommand(1);
    const auto options = std::make_shared<KeyOptions>();

    CLI::App *generate = parent->add_subcommand("generate", "makes a new private key; never overwrites one");
    generate->add_option("FILE", options->file, "the private key to write")->required();
    generate->callback(
        [=, &session] { session.command = [=, &session] { return generateKey(*options, session); }; });

    CLI::App *half = parent->add_subcommand("public", "the public half of a key, and its id");
    half->add_option("FILE", options->file, "a private or public key")->required();
    half->add_option("-o,--output", options->output, "the public key to write; standard output unless told");
    half->callback(
        [=, &session] { session.command = [=, &session] { return publicKey(*options, session); }; });

    CLI::App *list = parent->add_subcommand("list", "the keys in a folder");
    list->add_option("FOLDER", options->file, "a folder with .pem files")->required();
    list->callback(
        [=, &session] { session.command = [=, &session] { return listKeys(*options, session); }; });
}

} // namespace cli
