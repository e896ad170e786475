// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/bundle_parts.h"
#include "core/update/job.h"

namespace cli {

namespace {

struct FetchOptions {
    std::string file;
    std::string output;
};

core::Result<core::Bundle> makeWhole(const FetchOptions &options, Session &session)
{
    auto opened = session.openBundle(QString::fromStdString(options.file));
    if (opened)
        opened = session.fetchMissing(*std::move(opened));
    if (!opened)
        return core::passOn(opened.error());
    session.output().jobEvent(core::StateReached{core::JobState::Downloaded});
    if (const auto release = opened->verify(); !release)
        return core::passOn(release.error());
    session.output().jobEvent(core::StateReached{core::JobState::Verified});
    return core::writeWholeBundle(opened->bundle, QString::fromStdString(options.output));
}

int fetchBundle(const FetchOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle fetch");
    const auto whole = makeWhole(options, session);
    if (!whole)
        return session.output().result(command, whole.error());
    tellBundle(*whole, session);
    return session.output().done(command, {{QStringLiteral("bundle"), bundleJson(*whole)}});
}

} // namespace

void addBundleFetch(CLI::App &bundle, Session &session)
{
    const auto options = std::make_shared<FetchOptions>();
    CLI::App *fetch = bundle.add_subcommand(
        "fetch", "downloads what a signed bundle leaves out, and makes a whole bundle of it");
    fetch->add_option("FILE", options->file, "the bundle")->required();
    fetch->add_option("-o,--output", options->output, "the whole bundle to write")->required();
    fetch->callback(
        [=, &session] { session.command = [=, &session] { return fetchBundle(*options, session); }; });
}

} // namespace cli
