// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/keys/passphrases.h"
#include "app/state/open_release.h"
#include "core/device/connector.h"
#include "core/download/https_source.h"
#include "core/trust/key.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>

namespace smp {
class Client;
}

namespace cli {

/// What the machine offers to the commands; made in main(), and replaced by fakes in tests.
struct Surroundings {
    core::Clock &clock;
    std::function<std::unique_ptr<core::Connector>(const GlobalOptions &)> makeConnector;
    std::function<core::Result<std::unique_ptr<core::HttpsSource>>(const GlobalOptions &)> makeHttpsSource;
    core::StopRequest &stop;
    using TextSink = std::function<void(QByteArray)>;
    /// For units that the connector resolved.
    std::function<core::Task<std::unique_ptr<smp::Client>>(core::FoundUnit, TextSink)> openSmp;
};

/// One run of the program: the options that were given, and the tools that the chosen command uses.
class Session
{
public:
    Session(Surroundings surroundings, std::FILE *out, std::FILE *err) :
        m_surroundings(std::move(surroundings)), m_out(out), m_err(err)
    {
    }

    GlobalOptions options;
    std::function<int()> command; // set by the command that was chosen; gives the exit code

    Output &output();
    core::Connector &connector();
    core::Clock &clock() { return m_surroundings.clock; }
    core::JobContext jobContext();
    core::StopRequest &stopRequest() { return m_surroundings.stop; }

    /// The driver of the one unit that `device` names, open.
    core::Result<std::unique_ptr<core::Driver>> open(const QString &device);

    /// The same for one with service access; Unsupported when the unit's family has none.
    core::Result<std::unique_ptr<core::Driver>> openForService(const QString &device);

    /// The same unit as an SMP server, without a driver, for single commands. What it prints beside its
    /// answers is said, or not.
    enum class ConsoleText { Shown, Dropped };
    core::Result<std::unique_ptr<smp::Client>> openSmp(const QString &device, ConsoleText text);

    /// The trust file in use: that of --trust, or the bench's, or this computer's, which begins with the root
    /// that the organisation or the build comes with. KeyUnknown when there is none.
    core::Result<state::TrustInUse> trustInUse();

    /// The keys in that file.
    core::Result<core::TrustStore> trustStore();

    /// The private key that a reference names: a file, "keychain:NAME" or a PKCS#11 URI
    /// (app/keys/key_reference.h).
    core::Result<core::PrivateKey> privateKey(const std::string &reference);
    core::Result<QList<core::PrivateKey>> privateKeys(const std::vector<std::string> &references);

    /// Its public half, or that of a public key's file.
    core::Result<core::PublicKey> publicKey(const std::string &reference);

    /// Who answers for passphrases and PINs in this run.
    keys::Passphrases &passphrases();

    /// Where the releases are that this computer keeps.
    QString catalogFolder() const;

    /// Where that folder is, with whatever else is kept.
    QString keptFolder() const;

    /// What the organisation allows on this computer.
    core::Result<core::OrganisationPolicy> policy();

    /// A bundle file, or one in the catalog ("catalog:product@version"), and the trust that it is judged by.
    core::Result<state::OpenedBundle> openBundle(const QString &bundlePath);

    /// Fetches what the bundle leaves out, if trusted keys signed it, into the state folder; tells how far it
    /// is. Errors as core::wantedFiles() and core::PayloadFetcher.
    core::Result<state::OpenedBundle> fetchMissing(state::OpenedBundle opened);

    /// The release in a bundle, checked against the trust file and the policy: may be installed.
    core::Result<core::VerifiedRelease> installableRelease(const QString &bundlePath);

    /// The same, and what it leaves out is fetched first.
    core::Result<core::VerifiedRelease> fetchedRelease(const QString &bundlePath);

private:
    core::Result<core::FoundUnit> resolve(const QString &device);

    Surroundings m_surroundings;
    std::FILE *m_out;
    std::FILE *m_err;
    std::optional<keys::Passphrases> m_passphrases;
    std::unique_ptr<Output> m_output;
    std::unique_ptr<core::Connector> m_connector;
};

/// Each adds its subcommand to the parser; see docs/formats/command_line.md.
void addDevices(CLI::App &app, Session &session);
void addInspect(CLI::App &app, Session &session);
void addUpdate(CLI::App &app, Session &session);
void addConfirm(CLI::App &app, Session &session);
void addRevert(CLI::App &app, Session &session);
void addRecover(CLI::App &app, Session &session);
void addDiagnose(CLI::App &app, Session &session);
void addUnlock(CLI::App &app, Session &session);
void addRegion(CLI::App &app, Session &session);
void addImage(CLI::App &app, Session &session);
void addBundle(CLI::App &app, Session &session);
void addCatalog(CLI::App &app, Session &session);
void addKey(CLI::App &app, Session &session);
void addTrust(CLI::App &app, Session &session);
void addSmp(CLI::App &app, Session &session);
void addBench(CLI::App &app, Session &session);

/// Parses and runs. The exit codes are those of the contract; 2 is wrong usage.
int run(int argc, const char *const *argv, Session &session);

} // namespace cli
