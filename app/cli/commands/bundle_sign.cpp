// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/bundle_parts.h"
#include "app/cli/commands/signing.h"

namespace cli {

namespace {

struct SignOptions {
    std::string file; // the bundle
    std::string output; // -o
    SigningOptions signing;
};

int signBundle(const SignOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle sign");
    auto bundle = core::openBundle(QString::fromStdString(options.file));
    if (!bundle)
        return session.output().result(command, bundle.error());
    if (options.signing.isOnlyToBeWritten())
        return tellBytesToSign(command, bundle->document, options.signing, session.output());
    const auto added = addSignatures(bundle->document, options.signing, session);
    const auto written = added ? core::writeSigned(*bundle, QString::fromStdString(options.output))
                               : core::passOn(added.error());
    if (!written)
        return session.output().result(command, written.error());
    tellBundle(*written, session);
    return session.output().done(command, {{QStringLiteral("bundle"), bundleJson(*written)}});
}

} // namespace

void addBundleSign(CLI::App &bundle, Session &session)
{
    const auto options = std::make_shared<SignOptions>();
    CLI::App *command = bundle.add_subcommand("sign", "adds signatures, by more keys or made elsewhere");
    command->add_option("FILE", options->file, "the bundle")->required();
    command->add_option("-o,--output", options->output, "the bundle with the signatures");
    addSigningOptions(*command, options->signing);
    command->callback([=, &session] {
        if (options->output.empty() && !options->signing.isOnlyToBeWritten())
            throw CLI::RequiredError("--output (a bundle is never changed, so the signed one needs a name)");
        session.command = [=, &session] { return signBundle(*options, session); };
    });
}

} // namespace cli
