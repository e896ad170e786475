// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle.h"

#include "app/cli/commands/bundle_parts.h"
#include "core/release/bundle_evidence.h"
#include "core/release/verified_release.h"
#include "core/release/wanted_files.h"

#include <QDateTime>
#include <QJsonArray>

namespace cli {

namespace {

struct BundleOptions {
    std::string manifest;
    std::vector<std::string> keys;
    std::vector<std::string> roots; // --root
    std::string file; // the bundle
    std::string explainFolder; // --explain
};

QJsonValue originJson(const std::optional<core::ManifestOrigin> &origin)
{
    if (!origin)
        return QJsonValue::Null;
    return QJsonObject{{QStringLiteral("format"), origin->format},
                       {QStringLiteral("sha256"), QString::fromLatin1(origin->sha256.toHex())}};
}

QJsonArray signaturesJson(const QList<core::DocumentSignature> &signatures)
{
    QJsonArray json;
    for (const core::DocumentSignature &signature : signatures)
        json.append(QJsonObject{{QStringLiteral("alg"), signature.algorithm},
                                {QStringLiteral("key_id"), signature.keyId}});
    return json;
}

} // namespace

QJsonObject bundleJson(const core::Bundle &bundle)
{
    const core::Manifest &manifest = bundle.document.manifest;
    QJsonArray payloads;
    for (const core::ManifestPayload &payload : manifest.payloads)
        payloads.append(
            QJsonObject{{QStringLiteral("image"), payload.image},
                        {QStringLiteral("file"), payload.entry().name},
                        {QStringLiteral("url"),
                         payload.url.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(payload.url)},
                        {QStringLiteral("in_bundle"), bundle.files.contains(payload.entry().name)},
                        {QStringLiteral("size"), payload.file.size.value_or(0)},
                        {QStringLiteral("sha256"), QString::fromLatin1(payload.file.sha256.toHex())},
                        {QStringLiteral("irreversible"), payload.isIrreversible},
                        {QStringLiteral("signatures"), signaturesJson(payload.signatures)}});
    QJsonArray roots;
    for (const core::TrustRoot &root : bundle.roots)
        roots.append(root.version);
    return {{QStringLiteral("version"), core::toText(manifest.version)},
            {QStringLiteral("build"), manifest.build},
            {QStringLiteral("product"), manifest.product},
            {QStringLiteral("hw_compat"), QJsonArray::fromStringList(manifest.hardware)},
            {QStringLiteral("channel"), manifest.channel},
            {QStringLiteral("rollback_index"), qint64(manifest.rollbackIndex)},
            {QStringLiteral("payloads"), payloads},
            {QStringLiteral("imported"), originJson(manifest.imported)},
            {QStringLiteral("roots"), roots},
            {QStringLiteral("signatures"), signaturesJson(bundle.document.signatures)}};
}

void tellBundle(const core::Bundle &bundle, Session &session)
{
    const core::Manifest &manifest = bundle.document.manifest;
    session.output().say(
        QStringLiteral("%1 %2 (build %3), channel %4, rollback index %5")
            .arg(manifest.product, core::toText(manifest.version), manifest.build, manifest.channel)
            .arg(manifest.rollbackIndex));
    session.output().say(QStringLiteral("for hardware %1").arg(manifest.hardware.join(QStringLiteral(", "))));
    for (const core::ManifestPayload &payload : manifest.payloads) {
        const bool isInside = bundle.files.contains(payload.entry().name);
        session.output().say(
            QStringLiteral("%1: %2, %3 bytes, SHA-256 %4%5%6")
                .arg(payload.image, payload.url.isEmpty() ? payload.file.name : payload.url)
                .arg(payload.file.size.value_or(0))
                .arg(QString::fromLatin1(payload.file.sha256.toHex()),
                     payload.isIrreversible ? QStringLiteral(", cannot be taken back") : QString(),
                     isInside ? QString() : QStringLiteral(", to be fetched")));
        for (const core::DocumentSignature &signature : payload.signatures)
            session.output().say(QStringLiteral("  its content is signed with %1 by key %2")
                                     .arg(signature.algorithm, signature.keyId));
    }
    for (const core::TrustRoot &root : bundle.roots)
        session.output().say(QStringLiteral("brings version %1 of the trust root").arg(root.version));
    if (manifest.imported)
        session.output().say(
            QStringLiteral("imported from a file of the format %1, SHA-256 %2")
                .arg(manifest.imported->format, QString::fromLatin1(manifest.imported->sha256.toHex())));
    for (const core::DocumentSignature &signature : bundle.document.signatures)
        session.output().say(
            QStringLiteral("signed with %1 by key %2").arg(signature.algorithm, signature.keyId));
    if (bundle.document.signatures.isEmpty())
        session.output().say(QStringLiteral("nobody signed it yet"));
}

namespace {

int createBundle(const BundleOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle create");
    const auto keys = session.privateKeys(options.keys);
    if (!keys)
        return session.output().result(command, keys.error());
    QStringList rootPaths;
    for (const std::string &path : options.roots)
        rootPaths.append(QString::fromStdString(path));
    const core::BundleRequest request{.manifestPath = QString::fromStdString(options.manifest),
                                      .keys = *keys,
                                      .outputPath = QString::fromStdString(options.file),
                                      .rootPaths = rootPaths};
    const auto bundle = core::createBundle(request);
    if (!bundle)
        return session.output().result(command, bundle.error());
    tellBundle(*bundle, session);
    return session.output().done(command, {{QStringLiteral("bundle"), bundleJson(*bundle)}});
}

int showBundle(const BundleOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle show");
    const auto bundle = core::openBundle(QString::fromStdString(options.file));
    if (!bundle)
        return session.output().result(command, bundle.error());
    tellBundle(*bundle, session);
    session.output().say(
        QStringLiteral("This shows what the bundle says; 'bundle verify' says whether it is true."));
    return session.output().done(command, {{QStringLiteral("bundle"), bundleJson(*bundle)}});
}

/// The commands come before our own verdict: whoever checks us should see what there is to check.
core::Result<core::Done> explain(const state::OpenedBundle &opened, const QString &folder, Session &session)
{
    const auto steps = core::writeEvidence(opened.bundle, opened.store, opened.time, folder);
    if (!steps)
        return core::passOn(steps.error());
    for (const core::EvidenceStep &step : *steps)
        session.output().note(
            {QStringLiteral("# %1; it prints: %2").arg(step.claim, step.expected), step.command},
            {{QStringLiteral("note"), step.claim},
             {QStringLiteral("command_line"), step.command},
             {QStringLiteral("expected"), step.expected}});
    return core::Done{};
}

QJsonArray wantedJson(const core::WantedFiles &wanted)
{
    QJsonArray files;
    for (const core::WantedFile &file : wanted.files)
        files.append(QJsonObject{{QStringLiteral("url"), file.url()},
                                 {QStringLiteral("size"), file.size()},
                                 {QStringLiteral("sha256"), file.name()}});
    return files;
}

void tellWanted(const core::WantedFiles &wanted, Session &session)
{
    for (const core::WantedFile &file : wanted.files)
        session.output().say(QStringLiteral("To be fetched: %1, %2 bytes, SHA-256 %3")
                                 .arg(file.url())
                                 .arg(file.size())
                                 .arg(file.name()));
    if (!wanted.files.isEmpty())
        session.output().say(
            QStringLiteral("'update' fetches what is missing; 'bundle fetch' makes a whole bundle of it."));
}

void tellPayloadSigners(const core::WantedFiles &wanted, Session &session)
{
    for (const auto &[image, signers] : wanted.payloadSigners.asKeyValueRange())
        for (const QString &signer : signers)
            session.output().say(
                QStringLiteral("The content of %1 is also what key %2 signed.").arg(image, signer));
}

QJsonObject payloadSignersJson(const core::WantedFiles &wanted)
{
    QJsonObject json;
    for (const auto &[image, signers] : wanted.payloadSigners.asKeyValueRange())
        json.insert(image, QJsonArray::fromStringList(signers));
    return json;
}

int verifyBundle(const BundleOptions &options, Session &session)
{
    const QString command = QStringLiteral("bundle verify");
    const auto opened = session.openBundle(QString::fromStdString(options.file));
    if (!opened)
        return session.output().result(command, opened.error());
    if (!options.explainFolder.empty())
        if (const auto explained = explain(*opened, QString::fromStdString(options.explainFolder), session);
            !explained)
            return session.output().result(command, explained.error());
    const auto wanted = core::wantedFiles(opened->bundle, opened->store, opened->time);
    if (!wanted)
        return session.output().result(command, wanted.error());
    const core::Manifest &manifest = opened->bundle.document.manifest;
    session.output().say(QStringLiteral("%1 %2 is what key %3 signed, and nothing was changed.")
                             .arg(manifest.product, core::toText(manifest.version),
                                  wanted->signedBy.join(QStringLiteral(", "))));
    tellPayloadSigners(*wanted, session);
    tellWanted(*wanted, session);
    return session.output().done(command,
                                 {{QStringLiteral("signed_by"), QJsonArray::fromStringList(wanted->signedBy)},
                                  {QStringLiteral("payload_signed_by"), payloadSignersJson(*wanted)},
                                  {QStringLiteral("version"), core::toText(manifest.version)},
                                  {QStringLiteral("to_fetch"), wantedJson(*wanted)}});
}

} // namespace

void addBundle(CLI::App &app, Session &session)
{
    CLI::App *parent = app.add_subcommand("bundle", "releases: a signed manifest and its images in one file");
    parent->require_subcommand(1);
    const auto options = std::make_shared<BundleOptions>();

    CLI::App *create = parent->add_subcommand("create", "makes and signs a bundle from a manifest");
    create->add_option("MANIFEST", options->manifest, "YAML or JSON; its files lie beside it")->required();
    create->add_option(
        "--key", options->keys,
        "a private release key; any number of times, and without one nobody has signed it yet");
    create->add_option("--root", options->roots,
                       "a version of the trust root that comes along, for computers that have an older one");
    create->add_option("-o,--output", options->file, "the bundle to write")->required();
    create->callback(
        [=, &session] { session.command = [=, &session] { return createBundle(*options, session); }; });

    CLI::App *show = parent->add_subcommand("show", "what a bundle says of itself");
    show->add_option("FILE", options->file, "the bundle")->required();
    show->callback(
        [=, &session] { session.command = [=, &session] { return showBundle(*options, session); }; });

    addBundleImport(*parent, session);
    addBundleSign(*parent, session);
    addBundleFetch(*parent, session);

    CLI::App *verify =
        parent->add_subcommand("verify", "whether a trusted key signed it, and nothing was changed");
    verify->add_option("FILE", options->file, "the bundle")->required();
    verify->add_option(
        "--explain", options->explainFolder,
        "writes what is needed into this folder, and prints the openssl commands that prove it");
    verify->callback(
        [=, &session] { session.command = [=, &session] { return verifyBundle(*options, session); }; });
}

} // namespace cli
