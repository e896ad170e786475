// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/signing.h"

#include "core/base/file_access.h"
#include "core/base/shell_quote.h"

namespace cli {

namespace {

constexpr qint64 kLargestSignature = 1024; // bytes: RSA of 8192 bits

QString signingCommand(core::KeyAlgorithm algorithm, const QString &file)
{
    const QString from = core::shellQuoted(file);
    const QString to = core::shellQuoted(file + QStringLiteral(".sig"));
    switch (algorithm) {
    case core::KeyAlgorithm::Ed25519:
        return QStringLiteral("openssl pkeyutl -sign -rawin -inkey KEY.pem -in %1 -out %2").arg(from, to);
    case core::KeyAlgorithm::EcdsaP256:
        return QStringLiteral("openssl dgst -sha256 -sign KEY.pem -out %1 %2").arg(to, from);
    case core::KeyAlgorithm::RsaPss:
        return QStringLiteral("openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 "
                              "-sign KEY.pem -out %1 %2")
            .arg(to, from);
    }
    Q_UNREACHABLE();
}

} // namespace

void addSigningOptions(CLI::App &command, SigningOptions &options)
{
    CLI::Option_group *way = command.add_option_group("way", "how it is signed");
    way->add_option("--key", options.keys,
                    "a private key: a PEM file, keychain:NAME or pkcs11:…; any number of times");
    CLI::Option *signature =
        way->add_option("--signature", options.signature, "a file with a signature that was made elsewhere");
    way->add_option("--bytes", options.bytes, "only writes the bytes to be signed elsewhere into this file");
    way->require_option(1);
    CLI::Option *signer = command.add_option("--public", options.signer, "with --signature: its public key");
    signature->needs(signer);
    signer->needs(signature);
}

core::Result<ReadySignature> readSignature(const SigningOptions &options, Session &session)
{
    if (options.signature.empty()) {
        const auto keys = session.privateKeys(options.keys);
        return keys ? core::Result<ReadySignature>(ReadySignature{*keys, {}, {}, {}})
                    : core::passOn(keys.error());
    }
    const QString path = QString::fromStdString(options.signature);
    const auto signer = session.publicKey(options.signer);
    const auto signature = readSignatureFile(path);
    if (!signer || !signature)
        return core::passOn(signer ? signature.error() : signer.error());
    return ReadySignature{{}, *signer, *signature, path};
}

core::Result<core::Done> addSignatures(core::SignedBytes &document, const ReadySignature &signature)
{
    if (!signature.signer)
        return core::addSignatures(document, signature.keys);
    const auto added = core::addSignature(document, *signature.signer, signature.signature);
    return added
        ? added
        : core::passOn(added.error(), QStringLiteral("adding the signature in %1").arg(signature.path));
}

core::Result<core::Done> addSignatures(core::SignedBytes &document, const SigningOptions &options,
                                       Session &session)
{
    const auto signature = readSignature(options, session);
    return signature ? addSignatures(document, *signature) : core::passOn(signature.error());
}

core::Result<QByteArray> readSignatureFile(const QString &path)
{
    return core::readWholeFile(path, kLargestSignature);
}

int tellBytesToSign(const QString &command, const core::SignedBytes &document, const SigningOptions &options,
                    Output &output)
{
    const QString path = QString::fromStdString(options.bytes);
    if (const auto written = core::replaceFile(path, document.signedBytes); !written)
        return output.result(command, written.error());
    for (const core::KeyAlgorithm algorithm : core::kKeyAlgorithms) {
        const QString line = signingCommand(algorithm, path);
        output.note(
            {QStringLiteral("# with a key of the algorithm %1:").arg(core::algorithmName(algorithm)), line},
            {{QStringLiteral("note"), QStringLiteral("to be signed elsewhere")},
             {QStringLiteral("alg"), core::algorithmName(algorithm)},
             {QStringLiteral("command_line"), line}});
    }
    output.say(QStringLiteral("Then: the same command with --signature and --public instead of --bytes."));
    return output.done(command, {{QStringLiteral("to_be_signed"), path}});
}

} // namespace cli
