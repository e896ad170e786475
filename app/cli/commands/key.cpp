// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_file.h"

#include "app/cli/session.h"
#include "app/keys/key_reference.h"
#include "app/keys/pkcs11_key.h"

#include <QDir>
#include <QJsonArray>

#include <algorithm>
#include <array>

namespace cli {

namespace {

struct KeyOptions {
    std::string reference; // a file, "keychain:NAME" or a PKCS#11 URI
    std::string output;
    std::string algorithm = "ed25519"; // a member of kKinds
    bool isEncrypted = false;
};

/// What `key generate` can make.
struct KeyKind {
    const char *name;
    core::KeyAlgorithm algorithm;
    int rsaBits;
};
constexpr std::array kKinds{KeyKind{"ed25519", core::KeyAlgorithm::Ed25519, 0},
                            KeyKind{"ecdsa-p256", core::KeyAlgorithm::EcdsaP256, 0},
                            KeyKind{"rsa-3072", core::KeyAlgorithm::RsaPss, 3072},
                            KeyKind{"rsa-4096", core::KeyAlgorithm::RsaPss, 4096}};

std::vector<std::string> kindNames()
{
    std::vector<std::string> names;
    for (const KeyKind &kind : kKinds)
        names.emplace_back(kind.name);
    return names;
}

QJsonObject keyJson(const core::PublicKey &key)
{
    return {{QStringLiteral("key_id"), key.keyId()},
            {QStringLiteral("alg"), core::algorithmName(key.algorithm())}};
}

int generateKey(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key generate");
    const auto *const kind = std::find_if(kKinds.begin(), kKinds.end(), [&options](const KeyKind &one) {
        return options.algorithm == one.name;
    });
    const auto key = core::PrivateKey::generate(kind->algorithm, kind->rsaBits);
    if (!key)
        return session.output().result(command, key.error());
    const auto kept = keys::keepNewKey(
        QString::fromStdString(options.reference), *key,
        options.isEncrypted ? keys::Encryption::Passphrase : keys::Encryption::None, session.passphrases());
    if (!kept)
        return session.output().result(command, kept.error());
    session.output().say(QStringLiteral("key %1").arg(key->publicKey().keyId()));
    return session.output().done(command, keyJson(key->publicKey()));
}

int publicKey(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key public");
    const auto key = session.publicKey(options.reference);
    if (!key)
        return session.output().result(command, key.error());
    if (options.output.empty()) {
        session.output().say(QString::fromLatin1(key->toPem()).trimmed());
    } else if (const auto written = core::writePublicKeyFile(QString::fromStdString(options.output), *key);
               !written) {
        return session.output().result(command, written.error());
    }
    QJsonObject members = keyJson(*key);
    members.insert(QStringLiteral("pem"), QString::fromLatin1(key->toPem()));
    return session.output().done(command, members);
}

/// One line of a list: a key, or why it is none.
QJsonObject tellListed(const QString &name, const core::Result<core::PublicKey> &key, Output &output)
{
    output.say(QStringLiteral("%1  %2").arg(name,
                                            key ? key->keyId() + QStringLiteral("  ")
                                                    + core::algorithmName(key->algorithm())
                                                : key.error().detail));
    return key ? keyJson(*key) : QJsonObject{{QStringLiteral("key_id"), QJsonValue::Null}};
}

core::Result<QJsonArray> listFolder(const QDir &folder, Output &output)
{
    if (!folder.exists())
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("no folder %1").arg(folder.path()));
    QJsonArray listed;
    for (const QString &name : folder.entryList({QStringLiteral("*.pem")}, QDir::Files, QDir::Name)) {
        auto key = core::readPublicKeyFile(folder.filePath(name));
        if (!key) {
            const auto pair = core::readPrivateKeyFile(folder.filePath(name));
            key = pair ? core::Result<core::PublicKey>(pair->publicKey()) : core::passOn(pair.error());
        }
        QJsonObject entry = tellListed(name, key, output);
        entry.insert(QStringLiteral("file"), name);
        listed.append(entry);
    }
    return listed;
}

core::Result<QJsonArray> listToken(const QString &uri, Session &session)
{
    const auto found = keys::listTokenKeys(uri, session.passphrases());
    if (!found)
        return core::passOn(found.error());
    QJsonArray listed;
    for (const keys::TokenKey &key : *found) {
        const QString id = QString::fromLatin1(key.id.toHex());
        QJsonObject entry =
            tellListed(QStringLiteral("%1 (id %2)").arg(key.label, id), key.publicKey, session.output());
        entry.insert(QStringLiteral("label"), key.label);
        entry.insert(QStringLiteral("id"), id);
        listed.append(entry);
    }
    return listed;
}

int listKeys(const KeyOptions &options, Session &session)
{
    const QString command = QStringLiteral("key list");
    const QString place = QString::fromStdString(options.reference);
    const auto listed =
        keys::isTokenReference(place) ? listToken(place, session) : listFolder(QDir(place), session.output());
    if (!listed)
        return session.output().result(command, listed.error());
    return session.output().done(command, {{QStringLiteral("keys"), *listed}});
}

} // namespace

void addKey(CLI::App &app, Session &session)
{
    CLI::App *parent =
        app.add_subcommand("key", "signing keys: in PEM files, the keychain, or on PKCS#11 tokens");
    parent->require_subcommand(1);
    const auto options = std::make_shared<KeyOptions>();

    CLI::App *generate = parent->add_subcommand("generate", "makes a new private key; never overwrites one");
    generate->add_option("KEY", options->reference, "the file to write, or keychain:NAME")->required();
    generate->add_option("--algorithm", options->algorithm, "what kind of key; ed25519 unless told")
        ->check(CLI::IsMember(kindNames()));
    generate->add_flag("--encrypt", options->isEncrypted, "asks for a passphrase that the file then needs");
    generate->callback(
        [=, &session] { session.command = [=, &session] { return generateKey(*options, session); }; });

    CLI::App *half = parent->add_subcommand("public", "the public half of a key, and its id");
    half->add_option("KEY", options->reference,
                     "a file with a private or public key, keychain:NAME or pkcs11:…")
        ->required();
    half->add_option("-o,--output", options->output, "the public key to write; standard output unless told");
    half->callback(
        [=, &session] { session.command = [=, &session] { return publicKey(*options, session); }; });

    CLI::App *list = parent->add_subcommand("list", "the keys in a folder, or on a token");
    list->add_option("PLACE", options->reference, "a folder with .pem files, or pkcs11:token=…")->required();
    list->callback(
        [=, &session] { session.command = [=, &session] { return listKeys(*options, session); }; });
}

} // namespace cli
