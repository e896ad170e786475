// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file.h"

#include "app/cli/commands/signing.h"
#include "app/cli/session.h"
#include "app/cli/trust_words.h"
#include "core/base/file_access.h"
#include "core/trust/key_file.h"
#include "core/trust/trust_draft.h"
#include "core/trust/trust_file_change.h"

#include <QFile>
#include <QJsonArray>

namespace cli {

namespace {

struct TrustOptions {
    std::vector<std::string> files; // of roots, or the one that is written
    std::string output; // -o
    std::string key; // a PEM file, or a key id
    std::vector<std::string> signingKeys; // --key, of a change
    SigningOptions signing; // of trust sign
    std::vector<std::string> rootKeys; // --root-key
    std::vector<std::string> removed; // --remove
    std::vector<std::string> channels;
    std::vector<std::string> products;
    std::string role = "release";
    std::string reason;
    std::string expires, notBefore, notAfter; // "2027-01-31" or "2027-01-31T12:00:00Z"
    int threshold = 0; // 0: as it is
    bool isBootKey = false; // --boot
    bool isDevelopment = false;
};

using Change = std::function<core::Result<core::Done>(core::TrustDraft &)>;

QStringList orAll(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words)
        list.append(QString::fromStdString(word));
    return list.isEmpty() ? QStringList{QStringLiteral("*")} : list;
}

core::Result<QList<core::PublicKey>> readPublicKeys(const std::vector<std::string> &paths)
{
    QList<core::PublicKey> keys;
    for (const std::string &path : paths) {
        core::Result<core::PublicKey> key = core::readPublicKeyFile(QString::fromStdString(path));
        if (!key)
            return core::passOn(key.error(), QStringLiteral("reading key ") + QString::fromStdString(path));
        keys.append(*std::move(key));
    }
    return keys;
}

/// Nothing for empty text; a day is its first moment, in UTC.
core::Result<std::optional<QDateTime>> readTime(const std::string &text)
{
    if (text.empty())
        return std::optional<QDateTime>();
    const QString written = QString::fromStdString(text);
    const QString full =
        written.contains(QLatin1Char('T')) ? written : written + QStringLiteral("T00:00:00Z");
    const QDateTime time = QDateTime::fromString(full, Qt::ISODate);
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
        return core::fail(
            core::ErrorKind::InvalidFile,
            QStringLiteral("\"%1\" is no time like 2027-01-31 or 2027-01-31T12:00:00Z").arg(written));
    return std::optional(time.toUTC());
}

core::Error existsAlready(const QString &path)
{
    return {core::ErrorKind::FileFailed, QStringLiteral("%1 exists already").arg(path)};
}

/// Where a trust file is changed: the local file or the unsigned root that --trust names, or -o for a signed
/// root, which gets a successor. A file that does not exist yet holds no key.
struct Place {
    QString from;
    QString to;
};

core::Result<Place> placeOf(const TrustOptions &options, const Session &session)
{
    const QString from = session.options.trustFile;
    if (from.isEmpty())
        return core::fail(core::ErrorKind::FileFailed, QStringLiteral("say which file: --trust FILE"));
    return Place{from, options.output.empty() ? from : QString::fromStdString(options.output)};
}

core::Result<core::TrustDraft> draftOf(const Place &place, const std::optional<QByteArray> &bytes)
{
    if (!bytes)
        return core::TrustDraft{};
    auto draft = core::draftOf(*bytes);
    if (!draft)
        return core::passOn(draft.error(), QStringLiteral("reading the trust file %1").arg(place.from));
    const auto signedRoot =
        draft->root ? core::parseTrustRoot(*bytes) : core::fail(core::ErrorKind::InvalidFile, {});
    if (signedRoot && !signedRoot->document.signatures.isEmpty() && place.from == place.to)
        return core::fail(
            core::ErrorKind::InvalidFile,
            QStringLiteral("%1 is signed; write its next version to another file with -o").arg(place.from));
    return draft;
}

/// What the draft begins with: `now` is in the file that is written. Another one gets what it had not before,
/// as two who write the next version into one file would lose what one of them did.
core::Result<core::TrustDraft> draftAt(const Place &place, const std::optional<QByteArray> &now)
{
    if (place.from == place.to)
        return draftOf(place, now);
    if (now)
        return core::passOn(existsAlready(place.to));
    if (!QFile::exists(place.from))
        return core::TrustDraft{};
    const auto bytes = core::readWholeFile(place.from, core::kLargestSignedDocument);
    return bytes ? draftOf(place, *bytes) : core::passOn(bytes.error());
}

core::Result<core::TrustFile> trustFileOf(const QByteArray &bytes)
{
    if (!core::isTrustRoot(bytes))
        return core::parseTrustFile(bytes);
    const auto root = core::parseTrustRoot(bytes); // Not enough of its keys need have signed yet.
    return root ? core::Result<core::TrustFile>(core::TrustFile{root->grants, *root})
                : core::passOn(root.error());
}

using Draft = std::function<core::Result<core::TrustDraft>(const std::optional<QByteArray> &now)>;

/// Writes the draft that is made of what is in the file then, signed.
core::Result<core::TrustFile> write(const Draft &draft, const TrustOptions &options, const QString &path,
                                    Session &session)
{
    const auto keys = session.privateKeys(options.signingKeys); // Others do not wait for a passphrase.
    if (!keys)
        return core::passOn(keys.error());
    const auto written =
        core::changeTrustFile(path, [&](const std::optional<QByteArray> &now) -> core::Result<QByteArray> {
            const auto made = draft(now);
            return made ? core::toBytes(*made, *keys) : core::passOn(made.error());
        });
    return written ? trustFileOf(*written) : core::passOn(written.error());
}

int tell(const QString &command, const core::Result<core::TrustFile> &file, Session &session,
         const QJsonObject &more = {})
{
    if (!file)
        return session.output().result(command, file.error());
    if (file->root)
        session.output().say(rootLine(*file->root));
    QJsonObject members = trustJson(*file);
    for (auto member = more.begin(); member != more.end(); ++member)
        members.insert(member.key(), member.value());
    return session.output().done(command, members);
}

core::Result<core::TrustFile> change(const TrustOptions &options, Session &session, const Change &change)
{
    const auto place = placeOf(options, session);
    if (!place)
        return core::passOn(place.error());
    const auto changed = [&](const std::optional<QByteArray> &now) -> core::Result<core::TrustDraft> {
        auto draft = draftAt(*place, now);
        if (!draft)
            return draft;
        if (const auto done = change(*draft); !done)
            return core::passOn(done.error());
        return draft;
    };
    return write(changed, options, place->to, session);
}

core::Result<core::Done> grant(core::TrustDraft &draft, const core::PublicKey &key,
                               const TrustOptions &options)
{
    const auto notBefore = readTime(options.notBefore);
    const auto notAfter = readTime(options.notAfter);
    if (!notBefore || !notAfter)
        return core::passOn((notBefore ? notAfter : notBefore).error());
    const QStringList products = orAll(options.products);
    const std::string role = options.isBootKey ? "boot" : options.role;
    if (role == "boot")
        draft.store.bootKeys.append({key, products});
    else if (role == "recovery")
        draft.store.recoveryKeys.append({key, products});
    else if (role == "provisioning")
        draft.store.provisioningKeys.append({key, products});
    else if (options.isDevelopment)
        draft.store.releaseKeys.append({key, {QStringLiteral("dev")}, products, *notBefore, *notAfter, true});
    else
        draft.store.releaseKeys.append({key, orAll(options.channels), products, *notBefore, *notAfter});
    return core::Done{};
}

int trustAdd(const TrustOptions &options, Session &session)
{
    const QString command = QStringLiteral("trust add");
    const auto key = core::readPublicKeyFile(QString::fromStdString(options.key));
    if (!key)
        return session.output().result(command, key.error());
    const auto changed =
        change(options, session, [&](core::TrustDraft &draft) { return grant(draft, *key, options); });
    if (changed)
        session.output().say(QStringLiteral("trusts %1").arg(key->keyId()));
    return tell(command, changed, session, {{QStringLiteral("key_id"), key->keyId()}});
}

int trustRequire(const TrustOptions &options, Session &session)
{
    const auto changed = change(options, session, [&options](core::TrustDraft &draft) {
        draft.store.releaseThresholds.append(
            {orAll(options.channels), orAll(options.products), options.threshold});
        return core::Result<core::Done>(core::Done{});
    });
    return tell(QStringLiteral("trust require"), changed, session);
}

int trustRevoke(const TrustOptions &options, Session &session)
{
    const core::Revocation revocation{QString::fromStdString(options.key),
                                      QString::fromStdString(options.reason),
                                      QDateTime::currentDateTimeUtc()};
    const auto changed =
        change(options, session, [&](core::TrustDraft &draft) { return core::revokeKey(draft, revocation); });
    return tell(QStringLiteral("trust revoke"), changed, session);
}

core::Result<core::Done> rotate(core::TrustDraft &draft, const TrustOptions &options)
{
    if (!draft.root)
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("only a trust root has versions; make one with 'trust init'"));
    const auto added = readPublicKeys(options.rootKeys);
    const auto expires = readTime(options.expires);
    if (!added || !expires)
        return core::passOn(added ? expires.error() : added.error());
    for (const std::string &keyId : options.removed) {
        if (auto removed = core::removeKey(draft, QString::fromStdString(keyId)); !removed)
            return removed;
    }
    draft.root->keys += *added;
    draft.root->expires = expires->value_or(draft.root->expires);
    if (options.threshold > 0)
        draft.root->threshold = options.threshold;
    return core::Done{};
}

int trustRotate(const TrustOptions &options, Session &session)
{
    const auto changed =
        change(options, session, [&options](core::TrustDraft &draft) { return rotate(draft, options); });
    return tell(QStringLiteral("trust rotate"), changed, session);
}

int trustInit(const TrustOptions &options, Session &session)
{
    const QString path = QString::fromStdString(options.output);
    const auto made = [&]() -> core::Result<core::TrustFile> {
        const auto keys = readPublicKeys(options.rootKeys);
        const auto expires = readTime(options.expires);
        if (!keys || !expires)
            return core::passOn(keys ? expires.error() : keys.error());
        const int threshold = options.threshold > 0 ? options.threshold : int(keys->size());
        const auto draft = core::firstRoot(*keys, threshold, expires->value_or(QDateTime()));
        if (!draft)
            return core::passOn(draft.error());
        const auto made = [&](const std::optional<QByteArray> &now) {
            return now ? core::passOn(existsAlready(path)) : draft;
        };
        return write(made, options, path, session);
    }();
    return tell(QStringLiteral("trust init"), made, session);
}

core::Result<core::TrustRoot> readRoot(const QString &path)
{
    const auto bytes = core::readWholeFile(path, core::kLargestSignedDocument);
    return bytes ? core::parseTrustRoot(*bytes) : core::passOn(bytes.error());
}

/// Adds to the signatures that the root has by then: others may sign it at the same time.
core::Result<core::TrustFile> sign(const QString &path, const core::TrustRoot &asRead,
                                   const SigningOptions &options, Session &session)
{
    const auto signature = readSignature(options, session); // Others do not wait for a passphrase.
    if (!signature)
        return core::passOn(signature.error());
    const auto change = [&](const std::optional<QByteArray> &now) -> core::Result<QByteArray> {
        auto root = core::parseTrustRoot(now.value_or(QByteArray()));
        if (!root)
            return core::passOn(root.error());
        if (root->document.signedBytes != asRead.document.signedBytes)
            return core::fail(
                core::ErrorKind::InvalidFile,
                QStringLiteral("%1 was changed meanwhile; look at it, and sign it again").arg(path));
        if (const auto added = addSignatures(root->document, *signature); !added)
            return core::passOn(added.error());
        return core::toBytes(root->document);
    };
    const auto written = core::changeTrustFile(path, change);
    return written ? trustFileOf(*written) : core::passOn(written.error());
}

int trustSign(const TrustOptions &options, Session &session)
{
    const QString command = QStringLiteral("trust sign");
    const QString path = QString::fromStdString(options.files.front());
    const auto root = readRoot(path);
    if (!root)
        return session.output().result(command, root.error());
    if (options.signing.isOnlyToBeWritten())
        return tellBytesToSign(command, root->document, options.signing, session.output());
    return tell(command, sign(path, *root, options.signing, session), session);
}

/// The versions in a file: one, or those that a bundle brought along.
core::Result<QList<core::TrustRoot>> readRoots(const QString &path)
{
    if (path.endsWith(QStringLiteral(".bmb"))) {
        const auto bundle = core::openBundle(path);
        return bundle ? core::Result<QList<core::TrustRoot>>(bundle->roots) : core::passOn(bundle.error());
    }
    const auto root = readRoot(path);
    return root ? core::Result<QList<core::TrustRoot>>({*root}) : core::passOn(root.error());
}

core::Result<QList<core::TrustRoot>> readChain(const std::vector<std::string> &paths)
{
    QList<core::TrustRoot> chain;
    for (const std::string &path : paths) {
        const auto roots = readRoots(QString::fromStdString(path));
        if (!roots)
            return core::passOn(roots.error(),
                                QStringLiteral("reading %1").arg(QString::fromStdString(path)));
        chain += *roots;
    }
    return chain;
}

int trustImport(const TrustOptions &options, Session &session)
{
    const auto imported = [&]() -> core::Result<core::TrustFile> {
        const auto trust = session.trustInUse();
        const auto chain = readChain(options.files);
        if (!trust || !chain)
            return core::passOn(trust ? chain.error() : trust.error());
        const auto root = core::importRoots(trust->file, *chain, state::releaseTimeNow());
        if (!root)
            return core::passOn(root.error());
        return core::TrustFile{root->grants, *root};
    }();
    return tell(QStringLiteral("trust import"), imported, session);
}

int trustShow(const TrustOptions &options, Session &session)
{
    const QString command = QStringLiteral("trust show");
    const auto trust = options.files.empty()
        ? session.trustInUse()
        : core::Result<state::TrustInUse>(state::TrustInUse{QString::fromStdString(options.files.front())});
    const auto bytes =
        trust ? core::readWholeFile(trust->file, core::kLargestSignedDocument) : core::passOn(trust.error());
    if (!bytes)
        return session.output().result(command, bytes.error());
    const auto draft = core::draftOf(*bytes); // A root that is not signed yet is shown as well.
    if (!draft)
        return session.output().result(command, draft.error());
    core::TrustFile file{draft->store, {}};
    if (draft->root)
        file.root = *core::parseTrustRoot(*bytes);
    for (const QString &line : trustLines(file))
        session.output().say(line);
    return session.output().done(command, trustJson(file));
}

using Run = int (*)(const TrustOptions &, Session &);

CLI::App *addCommand(CLI::App &parent, const char *name, const char *what,
                     const std::shared_ptr<TrustOptions> &options, Session &session, Run run)
{
    CLI::App *command = parent.add_subcommand(name, what);
    command->callback([=, &session] { session.command = [=, &session] { return run(*options, session); }; });
    return command;
}

void addWriting(CLI::App *command, TrustOptions &options)
{
    command->add_option("-o,--output", options.output, "the next version, when the file is a signed root");
    command->add_option("--key", options.signingKeys, "a private root key that signs; any number of times");
}

void addScope(CLI::App *command, TrustOptions &options)
{
    command->add_option("--channel", options.channels, "a channel that this is about; all unless told");
    command->add_option("--product", options.products, "a product that this is about; all unless told");
}

} // namespace

void addTrust(CLI::App &app, Session &session)
{
    CLI::App *parent =
        app.add_subcommand("trust", "the keys that are trusted: a signed root, or a local file");
    parent->require_subcommand(1);
    const auto options = std::make_shared<TrustOptions>();
    const auto add = [&](const char *name, const char *what, Run run) {
        return addCommand(*parent, name, what, options, session, run);
    };

    CLI::App *show = add("show", "lists the keys, and says whether the root is complete", trustShow);
    show->add_option("FILE", options->files, "a trust file; the one in use unless told")->expected(0, 1);

    CLI::App *init = add("init", "makes the first version of a trust root", trustInit);
    init->add_option("--root-key", options->rootKeys, "a public root key; any number of times")->required();
    init->add_option("--threshold", options->threshold, "how many of them have to sign; all unless told");
    init->add_option("--expires", options->expires, "2027-01-31, or with a time in UTC")->required();
    addWriting(init, *options);
    init->get_option("--output")->required();

    CLI::App *grants = add("add", "trusts a public key", trustAdd);
    grants->add_option("KEY", options->key, "the public key, a PEM file")->required();
    grants->add_option("--role", options->role, "what it signs")
        ->check(CLI::IsMember({"release", "boot", "recovery", "provisioning"}));
    grants->add_flag("--boot", options->isBootKey, "the same as --role boot");
    grants->add_flag("--development", options->isDevelopment,
                     "a release key for the channel dev, and no other");
    grants->add_option("--not-before", options->notBefore, "when a release key begins to count");
    grants->add_option("--not-after", options->notAfter, "when it stops");
    addScope(grants, *options);
    addWriting(grants, *options);

    CLI::App *require = add("require", "asks for more than one signature of a release", trustRequire);
    require->add_option("THRESHOLD", options->threshold, "how many release keys have to sign")->required();
    addScope(require, *options);
    addWriting(require, *options);

    CLI::App *revoke = add("revoke", "takes a key out of use, for ever", trustRevoke);
    revoke->add_option("KEY_ID", options->key, "64 hexadecimal digits, as 'trust show' lists them")
        ->required();
    revoke->add_option("--reason", options->reason, "one line, for whoever meets a release that it signed")
        ->required();
    addWriting(revoke, *options);

    CLI::App *rotate =
        add("rotate", "the next version of a trust root, with other root keys or a later end", trustRotate);
    rotate->add_option("--root-key", options->rootKeys, "a public root key to add; any number of times");
    rotate->add_option("--remove", options->removed, "the id of a key to leave out; any number of times");
    rotate->add_option("--threshold", options->threshold, "how many root keys have to sign from now on");
    rotate->add_option("--expires", options->expires, "2027-01-31, or with a time in UTC");
    addWriting(rotate, *options);

    CLI::App *sign = add("sign", "adds signatures to a trust root", trustSign);
    sign->add_option("FILE", options->files, "the root")->required()->expected(1);
    addSigningOptions(*sign, options->signing);

    CLI::App *import = add("import", "follows newer versions of the trust root that is in use", trustImport);
    import->add_option("FILE", options->files, "the versions, oldest first")->required();
}

} // namespace cli
