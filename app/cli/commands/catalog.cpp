// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"

#include "app/cli/commands/signing.h"
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "core/async/on_worker.h"
#include "core/base/file_access.h"

#include <QJsonArray>

namespace cli {

namespace {

struct CatalogOptions {
    std::vector<std::string> files;
    std::string name; // of a release, or of a product
    std::string product, channel, search, version, reason, output;
    int keep = 0; // --keep
    bool isDryRun = false; // --dry-run
    SigningOptions signing;
};

using core::Catalog;

QString text(const std::string &word)
{
    return QString::fromStdString(word);
}

QString hex(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

/// The catalog is opened, used and closed on a worker thread.
template<class T>
core::Result<T> inCatalog(Session &session, std::function<core::Result<T>(Catalog &)> work)
{
    const QString folder = session.catalogFolder();
    const std::function<core::Result<T>()> job = [folder, work = std::move(work)]() -> core::Result<T> {
        auto catalog = Catalog::open(folder);
        return catalog ? work(*catalog) : core::passOn(catalog.error());
    };
    return runToEnd(core::onWorker<T>(job));
}

QJsonObject releaseJson(const core::CatalogRelease &release, const core::ReleaseRules &rules)
{
    const auto objection = rules.objectionTo(release.facts());
    return {{QStringLiteral("product"), release.product},
            {QStringLiteral("version"), core::toText(release.version)},
            {QStringLiteral("build"), release.build},
            {QStringLiteral("channel"), release.channel},
            {QStringLiteral("rollback_index"), qint64(release.rollbackIndex)},
            {QStringLiteral("release"), hex(release.manifestDigest)},
            {QStringLiteral("sha256"), hex(release.object)},
            {QStringLiteral("size"), release.size},
            {QStringLiteral("signed_by"), QJsonArray::fromStringList(release.signedBy)},
            {QStringLiteral("added"), release.added.toString(Qt::ISODate)},
            {QStringLiteral("objection"),
             objection ? QJsonValue(core::reasonCode(objection->reason)) : QJsonValue::Null},
            {QStringLiteral("objection_detail"), objection ? objection->detail : QString()}};
}

QString releaseLine(const core::CatalogRelease &release, const core::ReleaseRules &rules)
{
    const auto objection = rules.objectionTo(release.facts());
    const QString state = objection
        ? QStringLiteral("  [%1] %2").arg(core::reasonCode(objection->reason), objection->detail)
        : QString();
    return QStringLiteral("%1  %2@%3  %4  build %5%6")
        .arg(hex(release.manifestDigest).left(12), release.product, core::toText(release.version),
             release.channel, release.build, state);
}

struct Listing {
    QList<core::CatalogRelease> releases;
    core::ReleaseRules rules;
};

int tell(const QString &command, const core::Result<Listing> &listing, Session &session)
{
    if (!listing)
        return session.output().result(command, listing.error());
    QJsonArray releases;
    for (const core::CatalogRelease &release : listing->releases) {
        session.output().say(releaseLine(release, listing->rules));
        releases.append(releaseJson(release, listing->rules));
    }
    return session.output().done(command, {{QStringLiteral("releases"), releases}});
}

core::Result<Listing> listingOf(const Catalog &catalog, core::Result<QList<core::CatalogRelease>> releases)
{
    auto rules = catalog.rules();
    if (!releases || !rules)
        return core::passOn(releases ? rules.error() : releases.error());
    return Listing{*std::move(releases), *std::move(rules)};
}

QString statusName(core::AddedRelease::Status status)
{
    using Status = core::AddedRelease::Status;
    switch (status) {
    case Status::New:
        return QStringLiteral("new");
    case Status::AlreadyThere:
        return QStringLiteral("already_there");
    case Status::Restored:
        return QStringLiteral("restored");
    case Status::Exchanged:
        return QStringLiteral("exchanged");
    }
    Q_UNREACHABLE();
}

QString statusRemark(core::AddedRelease::Status status)
{
    using Status = core::AddedRelease::Status;
    switch (status) {
    case Status::New:
        return {};
    case Status::AlreadyThere:
        return QStringLiteral("  (was there already)");
    case Status::Restored:
        return QStringLiteral("  (was there already; its file was missing or damaged, and was put back)");
    case Status::Exchanged:
        return QStringLiteral("  (was there already, in a bundle with other signatures or roots)");
    }
    Q_UNREACHABLE();
}

struct Additions {
    QList<core::AddedRelease> releases;
    core::ReleaseRules rules;
};

core::Result<Additions> addAll(Catalog &catalog, const QStringList &files, const state::TrustInUse &trust)
{
    Additions additions;
    for (const QString &file : files) {
        const auto opened = state::openBundle(trust, file);
        auto one = opened ? catalog.add(file, opened->store, opened->time) : core::passOn(opened.error());
        if (!one)
            return core::passOn(one.error());
        additions.releases.append(*std::move(one));
    }
    auto rules = catalog.rules();
    if (!rules)
        return core::passOn(rules.error());
    additions.rules = *std::move(rules);
    return additions;
}

int addReleases(const CatalogOptions &options, Session &session)
{
    const auto command = QStringLiteral("catalog add");
    const auto trust = session.trustInUse();
    if (!trust)
        return session.output().result(command, trust.error());
    QStringList files;
    for (const std::string &file : options.files)
        files.append(text(file));
    const auto added = inCatalog<Additions>(
        session, [files, trust](Catalog &catalog) { return addAll(catalog, files, *trust); });
    if (!added)
        return session.output().result(command, added.error());
    QJsonArray releases;
    for (const core::AddedRelease &one : added->releases) {
        session.output().say(releaseLine(one.release, added->rules) + statusRemark(one.status));
        QJsonObject json = releaseJson(one.release, added->rules);
        json.insert(QStringLiteral("status"), statusName(one.status));
        releases.append(json);
    }
    return session.output().done(command, {{QStringLiteral("releases"), releases}});
}

int listReleases(const CatalogOptions &options, Session &session)
{
    const auto listing = inCatalog<Listing>(session, [options](Catalog &catalog) {
        return listingOf(catalog,
                         catalog.list({text(options.product), text(options.channel), text(options.search)}));
    });
    return tell(QStringLiteral("catalog list"), listing, session);
}

int showRelease(const CatalogOptions &options, Session &session)
{
    QString notes;
    const auto shown =
        inCatalog<Listing>(session, [options, &notes](Catalog &catalog) -> core::Result<Listing> {
            const auto release = catalog.find(text(options.name));
            const auto content = release ? catalog.notes(*release) : core::passOn(release.error());
            if (!content)
                return core::passOn(content.error());
            notes = *content;
            return listingOf(catalog, QList<core::CatalogRelease>{*release});
        });
    if (!shown)
        return session.output().result(QStringLiteral("catalog show"), shown.error());
    const core::CatalogRelease &release = shown->releases.constFirst();
    session.output().say(releaseLine(release, shown->rules));
    session.output().say(notes);
    QJsonObject json = releaseJson(release, shown->rules);
    json.insert(QStringLiteral("notes"), notes);
    return session.output().done(QStringLiteral("catalog show"), {{QStringLiteral("release"), json}});
}

/// What a name says when the catalog does not hold the release: "product@version" or a whole digest.
core::Result<core::ReleaseBlock> targetOf(const Catalog &catalog, const QString &name)
{
    const QStringList parts = name.split(u'@');
    if (parts.size() == 2) {
        const auto version = core::parseVersion(parts[1]);
        if (!version)
            return core::passOn(version.error());
        return core::ReleaseBlock{.product = parts[0], .version = *version};
    }
    const QByteArray digest = QByteArray::fromHex(name.toLatin1());
    if (name.size() == 64 && digest.size() == 32)
        return core::ReleaseBlock{.manifestDigest = digest};
    const auto release = catalog.find(name);
    if (!release)
        return core::passOn(release.error());
    return core::ReleaseBlock{
        .product = release->product, .version = release->version, .manifestDigest = release->manifestDigest};
}

int blockRelease(const CatalogOptions &options, Session &session)
{
    const auto blocked =
        inCatalog<core::Done>(session, [options](Catalog &catalog) -> core::Result<core::Done> {
            auto block = targetOf(catalog, text(options.name));
            if (!block)
                return core::passOn(block.error());
            block->reason = text(options.reason);
            block->since = QDateTime::currentDateTimeUtc();
            return catalog.block(*block);
        });
    const auto command = QStringLiteral("catalog block");
    if (!blocked)
        return session.output().result(command, blocked.error());
    session.output().say(
        QStringLiteral("Blocked. 'bootmend catalog unblock %1' lifts it.").arg(text(options.name)));
    return session.output().done(command);
}

int unblockRelease(const CatalogOptions &options, Session &session)
{
    const auto lifted = inCatalog<int>(session, [options](Catalog &catalog) -> core::Result<int> {
        const auto release = catalog.find(text(options.name));
        if (release)
            return catalog.unblock(release->facts());
        const auto target = targetOf(catalog, text(options.name));
        if (!target)
            return core::passOn(target.error());
        return catalog.unblock(
            {target->product, {}, target->version.value_or(core::Version()), target->manifestDigest});
    });
    const auto command = QStringLiteral("catalog unblock");
    if (!lifted)
        return session.output().result(command, lifted.error());
    session.output().say(QStringLiteral("%1 blocks lifted.").arg(*lifted));
    return session.output().done(command, {{QStringLiteral("lifted"), *lifted}});
}

int setMinimum(const CatalogOptions &options, Session &session)
{
    const auto set = inCatalog<core::Done>(session, [options](Catalog &catalog) -> core::Result<core::Done> {
        const auto version = core::parseVersion(text(options.version));
        if (!version)
            return core::passOn(version.error());
        const QString channel = options.channel.empty() ? QStringLiteral("*") : text(options.channel);
        return catalog.setMinimum({text(options.name), channel, *version});
    });
    const auto command = QStringLiteral("catalog minimum");
    return set ? session.output().done(command) : session.output().result(command, set.error());
}

int prune(const CatalogOptions &options, Session &session)
{
    const auto pruned = inCatalog<Listing>(session, [options](Catalog &catalog) {
        return listingOf(
            catalog,
            catalog.prune(options.keep, options.isDryRun ? Catalog::Pruning::Try : Catalog::Pruning::Do));
    });
    return tell(QStringLiteral("catalog prune"), pruned, session);
}

int importList(const CatalogOptions &options, Session &session)
{
    const auto command = QStringLiteral("catalog import-list");
    const auto trust = session.trustStore();
    const auto bytes = core::readWholeFile(text(options.name), core::kLargestSignedDocument);
    const auto list = bytes ? core::parseBlockList(*bytes) : core::passOn(bytes.error());
    if (!trust || !list)
        return session.output().result(command, list ? trust.error() : list.error());
    const auto imported = inCatalog<core::Done>(session, [list, trust](Catalog &catalog) {
        return catalog.importList(*list, *trust, state::releaseTimeNow());
    });
    if (!imported)
        return session.output().result(command, imported.error());
    return session.output().done(
        command,
        {{QStringLiteral("version"), list->version}, {QStringLiteral("blocks"), list->rules.blocks.size()}});
}

/// One that others signed already, or what a person wrote.
core::Result<core::BlockList> listIn(const QString &path)
{
    const auto bytes = core::readWholeFile(path, core::kLargestSignedDocument);
    if (!bytes)
        return core::passOn(bytes.error());
    const auto list = core::parseBlockList(*bytes);
    return list ? list : core::draftBlockList(*bytes, QDateTime::currentDateTimeUtc());
}

core::Result<core::Done> writeList(const core::BlockList &list, const QString &path)
{
    const auto document = core::toBytes(list.document);
    return document ? core::replaceFile(path, *document) : core::passOn(document.error());
}

int signList(const CatalogOptions &options, Session &session)
{
    const auto command = QStringLiteral("catalog sign-list");
    auto list = listIn(text(options.name));
    if (!list)
        return session.output().result(command, list.error());
    const bool isForElsewhere = options.signing.isOnlyToBeWritten();
    const auto added = isForElsewhere ? core::Result<core::Done>(core::Done{})
                                      : addSignatures(list->document, options.signing, session);
    const auto written = added ? writeList(*list, text(options.output)) : core::passOn(added.error());
    if (!written)
        return session.output().result(command, written.error());
    if (isForElsewhere) {
        session.output().say(
            QStringLiteral("Go on with %1, which is what will be signed.").arg(text(options.output)));
        return tellBytesToSign(command, list->document, options.signing, session.output());
    }
    return session.output().done(command, {{QStringLiteral("version"), list->version}});
}

} // namespace

void addCatalog(CLI::App &app, Session &session)
{
    CLI::App *parent =
        app.add_subcommand("catalog", "the releases that this computer keeps, and what it blocks");
    parent->require_subcommand(1);
    const auto options = std::make_shared<CatalogOptions>();
    const auto add = [&](const char *name, const char *what, int (*run)(const CatalogOptions &, Session &)) {
        CLI::App *command = parent->add_subcommand(name, what);
        command->callback(
            [=, &session] { session.command = [=, &session] { return run(*options, session); }; });
        return command;
    };
    const char *release = "product@version, or the beginning of its digest";

    add("add", "verifies bundles and keeps them", addReleases)
        ->add_option("BUNDLE", options->files, "bundles")
        ->required();
    CLI::App *list = add("list", "the releases, newest first, and what is against them", listReleases);
    list->add_option("--product", options->product, "of this product");
    list->add_option("--channel", options->channel, "of this channel");
    list->add_option("--search", options->search, "with this in version, build or notes");
    add("show", "all about one", showRelease)->add_option("RELEASE", options->name, release)->required();
    CLI::App *block = add("block", "refuses to install a release from now on", blockRelease);
    block->add_option("RELEASE", options->name, release)->required();
    block->add_option("--reason", options->reason, "one line, for whoever meets it")->required();
    add("unblock", "takes back what this computer blocked", unblockRelease)
        ->add_option("RELEASE", options->name, release)
        ->required();
    CLI::App *minimum = add("minimum", "refuses older releases of a product", setMinimum);
    minimum->add_option("PRODUCT", options->name, "the product")->required();
    minimum->add_option("VERSION", options->version, "the oldest that may be installed")->required();
    minimum->add_option("--channel", options->channel, "of this channel only");
    CLI::App *pruning = add("prune", "removes old releases", prune);
    pruning->add_option("--keep", options->keep, "so many of each product and channel stay")
        ->required()
        ->check(CLI::Range(1, 1'000'000));
    pruning->add_flag("--dry-run", options->isDryRun, "only say which");
    add("import-list", "takes over a signed list of blocked releases", importList)
        ->add_option("FILE", options->name, "the list")
        ->required();
    CLI::App *sign = add("sign-list", "signs a list of blocked releases", signList);
    sign->add_option("FILE", options->name, "the list, JSON")->required();
    sign->add_option("-o,--output", options->output, "the list to write")->required();
    addSigningOptions(*sign, options->signing);
}

} // namespace cli
