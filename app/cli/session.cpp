// SPDX-License-Identifier: Apache-2.0
#include "app/cli/session.h"

#include "app/cli/job_runner.h"
#include "app/keys/key_reference.h"
#include "app/state/catalog_rules.h"
#include "app/state/own_trust.h"
#include "app/state/policy_files.h"
#include "app/state/state_folders.h"
#include "core/async/on_worker.h"
#include "core/catalog/catalog.h"
#include "core/download/payload_fetcher.h"
#include "core/trust/trust_file.h"
#include "device_protocols/smp/smp_client.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>
#include <string_view>

namespace cli {

Output &Session::output()
{
    if (!m_output)
        m_output = std::make_unique<Output>(options.isJson ? Output::Form::JsonLines : Output::Form::Text,
                                            m_out, m_err);
    return *m_output;
}

core::Connector &Session::connector()
{
    if (!m_connector)
        m_connector = m_surroundings.makeConnector(options);
    return *m_connector;
}

core::JobContext Session::jobContext()
{
    const auto report = [this](const core::JobEvent &event) {
        if (options.isLogShown || !std::holds_alternative<core::LinePrinted>(event))
            output().jobEvent(event);
    };
    return {clock(), report, &m_surroundings.stop};
}

namespace {

/// Nothing protects SMP over UDP: whoever reaches the port is obeyed.
void warnOf(const core::DeviceAddress &address, Output &output)
{
    if (address.link != core::DeviceAddress::Link::Udp)
        return;
    const auto sentence =
        QStringLiteral("SMP over UDP is neither encrypted nor authenticated: anybody on the "
                       "network can do to this unit what you can.");
    output.warn(QStringLiteral("not_authenticated"), sentence);
}

} // namespace

core::Result<core::FoundUnit> Session::resolve(const QString &device)
{
    core::Result<core::FoundUnit> unit = connector().resolve(device);
    if (unit)
        warnOf(unit->address, output());
    return unit;
}

core::Result<std::unique_ptr<core::Driver>> Session::open(const QString &device)
{
    core::Result<core::FoundUnit> unit = resolve(device);
    if (!unit)
        return core::passOn(unit.error());
    return runToEnd(connector().open(*std::move(unit)));
}

core::Result<std::unique_ptr<core::Driver>> Session::openForService(const QString &device)
{
    auto driver = open(device);
    if (driver && !(*driver)->serviceAccess())
        return core::fail(core::ErrorKind::Unsupported,
                          QStringLiteral("units of this family offer no service access"));
    return driver;
}

core::Result<std::unique_ptr<smp::Client>> Session::openSmp(const QString &device, ConsoleText text)
{
    core::Result<core::FoundUnit> unit = resolve(device);
    if (!unit)
        return core::passOn(unit.error());
    Surroundings::TextSink sink;
    if (text == ConsoleText::Shown)
        sink = [this](const QByteArray &piece) { output().consoleText(piece); };
    return runToEnd(m_surroundings.openSmp(*std::move(unit), std::move(sink)));
}

core::Result<state::TrustInUse> Session::trustInUse()
{
    return state::trustInUse({options.trustFile, options.benchDirectory, options.stateDirectory});
}

core::Result<core::TrustStore> Session::trustStore()
{
    const core::Result<state::TrustInUse> trust = trustInUse();
    if (!trust)
        return core::passOn(trust.error());
    return core::loadTrustStore(trust->file);
}

keys::Passphrases &Session::passphrases()
{
    if (!m_passphrases)
        m_passphrases.emplace(options.passphraseFile);
    return *m_passphrases;
}

core::Result<core::PrivateKey> Session::privateKey(const std::string &reference)
{
    const QString name = QString::fromStdString(reference);
    auto key = keys::openKey(name, passphrases());
    return key ? std::move(key) : core::passOn(key.error(), QStringLiteral("opening the key %1").arg(name));
}

core::Result<QList<core::PrivateKey>> Session::privateKeys(const std::vector<std::string> &references)
{
    QList<core::PrivateKey> opened;
    for (const std::string &reference : references) {
        auto key = privateKey(reference);
        if (!key)
            return core::passOn(key.error());
        opened.append(*std::move(key));
    }
    return opened;
}

core::Result<core::PublicKey> Session::publicKey(const std::string &reference)
{
    const QString name = QString::fromStdString(reference);
    auto key = keys::openPublicKey(name, passphrases());
    return key ? std::move(key) : core::passOn(key.error(), QStringLiteral("opening the key %1").arg(name));
}

core::Result<core::OrganisationPolicy> Session::policy()
{
    return core::loadPolicy(state::policyFiles(options.stateDirectory));
}

QString Session::catalogFolder() const
{
    return options.catalogDirectory;
}

QString Session::keptFolder() const
{
    return options.keptDirectory;
}

namespace {

/// Of a bundle that is named by its path, or as "catalog:" and a name in the catalog.
core::Result<QString> pathOf(const QString &bundle, const QString &catalogFolder)
{
    const auto prefix = QStringLiteral("catalog:");
    if (!bundle.startsWith(prefix))
        return bundle;
    const std::function<core::Result<QString>()> look = [=]() -> core::Result<QString> {
        const auto catalog = core::Catalog::open(catalogFolder);
        const auto release =
            catalog ? catalog->find(bundle.mid(prefix.size())) : core::passOn(catalog.error());
        return release ? catalog->bundlePath(*release) : core::passOn(release.error());
    };
    return runToEnd(core::onWorker<QString>(look));
}

} // namespace

core::Result<state::OpenedBundle> Session::openBundle(const QString &bundlePath)
{
    const core::Result<state::TrustInUse> trust = trustInUse();
    if (!trust)
        return core::passOn(trust.error(), QStringLiteral("looking for the trust file"));
    const core::Result<QString> path = pathOf(bundlePath, catalogFolder());
    return path ? state::openBundle(*trust, *path) : core::passOn(path.error());
}

core::Result<state::OpenedBundle> Session::fetchMissing(state::OpenedBundle opened)
{
    if (core::payloadsToFetch(opened.bundle).isEmpty())
        return opened;
    const auto wanted = core::wantedFiles(opened.bundle, opened.store, opened.time);
    if (!wanted)
        return core::passOn(wanted.error());
    const auto allowed = policy();
    const auto source = allowed ? m_surroundings.makeHttpsSource(options) : core::passOn(allowed.error());
    if (!source)
        return core::passOn(source.error());
    core::PayloadFetcher fetcher(**source, {options.downloadDirectory, allowed->downloadHosts}, jobContext());
    const auto fetched = runToEnd(fetcher.fetch(wanted->files));
    if (!fetched)
        return core::passOn(fetched.error());
    opened.bundle.fetched = *fetched;
    return opened;
}

core::Result<core::VerifiedRelease> Session::installableRelease(const QString &bundlePath)
{
    const core::Result<core::OrganisationPolicy> allowed = policy();
    const auto opened = allowed ? openBundle(bundlePath) : core::passOn(allowed.error());
    return opened ? opened->verify(*allowed) : core::passOn(opened.error());
}

core::Result<core::VerifiedRelease> Session::fetchedRelease(const QString &bundlePath)
{
    const core::Result<core::OrganisationPolicy> allowed = policy();
    auto opened = allowed ? openBundle(bundlePath) : core::passOn(allowed.error());
    if (opened)
        opened = fetchMissing(*std::move(opened));
    return opened ? opened->verify(*allowed) : core::passOn(opened.error());
}

namespace {

constexpr int kWrongUsage = 2;

/// "bench up": as far as the words on the command line were understood.
QString commandName(const CLI::App &app)
{
    QStringList words;
    for (auto chosen = app.get_subcommands(); !chosen.empty(); chosen = chosen.front()->get_subcommands())
        words.append(QString::fromStdString(chosen.front()->get_name()));
    return words.join(u' ');
}

/// --help and --version end the parsing in this way, too.
int endParsing(const CLI::App &app, const CLI::ParseError &problem, Session &session)
{
    if (app.exit(problem) == 0)
        return 0;
    session.output().wrongUsage(commandName(app), QString::fromStdString(problem.what()));
    return kWrongUsage;
}

} // namespace

int run(int argc, const char *const *argv, Session &session)
{
    CLI::App app{"Bootmend: verified updates, proven outcomes, recovery", "bootmend"};
    app.set_version_flag("--version", "bootmend " BOOTMEND_VERSION " (JSON schema 1)");
    app.require_subcommand(1);
    app.fallthrough(); // Global options may stand behind the command.

    std::string benchDirectory, trustFile, stateDirectory, passphraseFile, caFile, recordFile;
    app.add_flag("--json", session.options.isJson, "JSON lines on standard output, for scripts");
    app.add_option("--bench", benchDirectory, "also find the virtual devices of this bench");
    app.add_option("--trust", trustFile, "the keys that are trusted; a bench has its own");
    app.add_option("--state", stateDirectory,
                   "what this computer keeps, instead of the platform's folder for application data");
    app.add_option("--passphrase-file", passphraseFile,
                   "answers for passphrases and PINs, a line each; /dev/stdin and /dev/fd/3 are files, too");
    app.add_option("--ca", caFile,
                   "certificate authorities (PEM) that vouch for servers to fetch from, beside the system's");
    app.add_flag("--show-log", session.options.isLogShown,
                 "show what the unit prints beside its answers, on standard error or as notes");
    app.add_option("--record", recordFile,
                   "write down what goes over the link, for a report; FILE.2 for a second link");
    for (const auto add :
         {addDevices, addInspect, addDiagnose, addUpdate, addConfirm, addRevert, addRecover, addUnlock,
          addRegion, addImage, addBundle, addCatalog, addKey, addTrust, addSmp, addBench})
        add(app, session);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &problem) {
        // Where the parser stopped it need not have seen the options behind; a script wants its line still.
        const auto isJson = [](std::string_view word) { return word == "--json"; };
        session.options.isJson = std::any_of(argv, argv + argc, isJson);
        return endParsing(app, problem, session);
    }
    session.options.benchDirectory = QString::fromStdString(benchDirectory);
    session.options.trustFile = QString::fromStdString(trustFile);
    session.options.passphraseFile = QString::fromStdString(passphraseFile);
    const QString toldState = QString::fromStdString(stateDirectory);
    session.options.stateDirectory = state::stateFolder(toldState);
    session.options.keptDirectory = state::keptFolder(toldState, session.options.benchDirectory);
    session.options.catalogDirectory = state::catalogFolder(toldState, session.options.benchDirectory);
    session.options.downloadDirectory = state::downloadFolder(toldState, session.options.benchDirectory);
    session.options.recordFile = QString::fromStdString(recordFile);
    session.options.caFile = QString::fromStdString(caFile);
    return session.command();
}

} // namespace cli
