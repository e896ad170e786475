// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_store.h"

#include "app/cli/session.h"
#include "core/trust/key_file.h"

#include <QFile>
#include <QJsonArray>

namespace cli {

namespace {

struct TrustOptions {
    std::string key;
    std::vector<std::string> channels;
    std::vector<std::string> products;
    bool isBootKey = false; // --boot
};

QStringList orAll(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words)
        list.append(QString::fromStdString(word));
    return list.isEmpty() ? QStringList{QStringLiteral("*")} : list;
}

/// A trust file that does not exist yet holds no key.
core::Result<core::TrustStore> storeToExtend(const QString &path)
{
    if (path.isEmpty())
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("say which file: --trust FILE"));
    if (!QFile::exists(path))
        return core::TrustStore{};
    return core::loadTrustStore(path);
}

core::Result<core::PublicKey> addKeyTo(const QString &path, const TrustOptions &options)
{
    core::Result<core::TrustStore> store = storeToExtend(path);
    if (!store)
        return core::passOn(store.error());
    core::Result<core::PublicKey> key = core::readPublicKeyFile(QString::fromStdString(options.key));
    if (!key)
        return key;
    if (options.isBootKey)
        store->bootKeys.append({*key, orAll(options.products)});
    else
        store->releaseKeys.append({*key, orAll(options.channels), orAll(options.products)});
    if (const auto saved = core::saveTrustStore(path, *store); !saved)
        return core::passOn(saved.error());
    return key;
}

int trustAdd(const TrustOptions &options, Session &session)
{
    const QString command = QStringLiteral("trust add");
    const auto key = addKeyTo(session.options.trustFile, options);
    if (!key)
        return session.output().result(command, key.error());
    session.output().say(QStringLiteral("trusts %1").arg(key->keyId()));
    return session.output().done(command, {{QStringLiteral("key_id"), key->keyId()}});
}

int trustShow(Session &session)
{
    const QString command = QStringLiteral("trust show");
    const auto store = core::loadTrustStore(session.options.trustFile);
    if (!store)
        return session.output().result(command, store.error());
    QJsonArray keys;
    for (const core::ReleaseKey &key : store->releaseKeys) {
        session.output().say(QStringLiteral("release  %1  channels %2  products %3")
                                 .arg(key.key.keyId(), key.channels.join(u' '), key.products.join(u' ')));
        keys.append(QJsonObject{{QStringLiteral("key_id"), key.key.keyId()},
                                {QStringLiteral("channels"), QJsonArray::fromStringList(key.channels)},
                                {QStringLiteral("products"), QJsonArray::fromStringList(key.products)}});
    }
    QJsonArray bootKeys;
    for (const core::BootKey &key : store->bootKeys) {
        session.output().say(
            QStringLiteral("boot     %1  products %2").arg(key.key.keyId(), key.products.join(u' ')));
        bootKeys.append(QJsonObject{{QStringLiteral("key_id"), key.key.keyId()},
                                    {QStringLiteral("products"), QJsonArray::fromStringList(key.products)}});
    }
    return session.output().done(
        command, {{QStringLiteral("release_keys"), keys}, {QStringLiteral("boot_keys"), bootKeys}});
}

} // namespace

void addTrust(CLI::App &app, Session &session)
{
    CLI::App *parent =
        app.add_subcommand("trust", "the keys that this computer trusts, in the file of --trust");
    parent->require_subcommand(1);
    const auto options = std::make_shared<TrustOptions>();

    CLI::App *add = parent->add_subcommand("add", "trusts a public key");
    add->add_option("KEY", options->key, "the public key, a PEM file")->required();
    add->add_option("--channel", options->channels, "a channel that it may sign for; all unless told");
    add->add_option("--product", options->products, "a product that it may sign for; all unless told");
    add->add_flag("--boot", options->isBootKey, "a key that images are signed with, not releases");
    add->callback([=, &session] { session.command = [=, &session] { return trustAdd(*options, session); }; });

    CLI::App *show = parent->add_subcommand("show", "lists the keys");
    show->callback([&session] { session.command = [&session] { return trustShow(session); }; });
}

} // namespace cli
