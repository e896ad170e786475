// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_evidence.h"

#include "core/base/file_access.h"
#include "core/base/shell_quote.h"
#include "core/release/release_checks.h"

#include <QDir>

namespace core {

namespace {

QString signedBytesName()
{
    return QStringLiteral("manifest.signed.json");
}

/// A folder of their own, so that no file of a release can take the place of the key that judges it.
QString filesFolder()
{
    return QStringLiteral("files");
}

QString releaseFileName(const QString &name)
{
    return filesFolder() + QLatin1Char('/') + name;
}

QString keyName(const QString &keyId)
{
    return QStringLiteral("key-%1.pem").arg(keyId.left(16));
}

/// A signature that anyone can check, and the files that it takes.
struct ShownSignature {
    DocumentSignature signature;
    QString claim;
    QString signedFile;
    QString signatureFile;
};

/// `files` are those that are written, too.
QList<ShownSignature> shownSignatures(const Bundle &bundle, const TrustStore &store, const QStringList &files)
{
    QList<ShownSignature> shown;
    for (const DocumentSignature &signature : bundle.document.signatures)
        shown.append({signature, QStringLiteral("its owner signed the manifest"), signedBytesName(),
                      QStringLiteral("signature-%1.bin").arg(signature.keyId.left(16))});
    for (const ManifestPayload &payload : bundle.document.manifest.payloads) {
        const QString file = payload.entry().name;
        for (const DocumentSignature &signature :
             files.contains(file) ? payload.signatures : QList<DocumentSignature>())
            shown.append(
                {signature, QStringLiteral("its owner signed the content of %1").arg(payload.image),
                 releaseFileName(file),
                 QStringLiteral("signature-%1-of-%2.bin").arg(signature.keyId.left(16), payload.image)});
    }
    shown.removeIf([&store](const ShownSignature &one) { return !store.releaseKey(one.signature.keyId); });
    return shown;
}

QString paddingOptions(const QString &algorithm)
{
    return algorithmNamed(algorithm) == KeyAlgorithm::RsaPss ? QStringLiteral(
               "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256 ")
                                                             : QString();
}

/// The command that verifies it, and what it prints then.
EvidenceStep verifyingStep(const ShownSignature &shown, const QDir &folder)
{
    const auto path = [&folder](const QString &name) { return shellQuoted(folder.filePath(name)); };
    const QString key = path(keyName(shown.signature.keyId));
    if (algorithmNamed(shown.signature.algorithm) == KeyAlgorithm::Ed25519) {
        return {shown.claim,
                QStringLiteral("openssl pkeyutl -verify -pubin -inkey %1 -rawin -in %2 -sigfile %3")
                    .arg(key, path(shown.signedFile), path(shown.signatureFile)),
                QStringLiteral("Signature Verified Successfully")};
    }
    return {shown.claim,
            QStringLiteral("openssl dgst -sha256 %1-verify %2 -signature %3 %4")
                .arg(paddingOptions(shown.signature.algorithm), key, path(shown.signatureFile),
                     path(shown.signedFile)),
            QStringLiteral("Verified OK")};
}

EvidenceStep keyStep(const QString &keyId, const QDir &folder)
{
    return {QStringLiteral("the public key is the one that the trust store knows"),
            QStringLiteral("openssl pkey -pubin -in %1 -outform DER | openssl dgst -sha256 -r")
                .arg(shellQuoted(folder.filePath(keyName(keyId)))),
            QStringLiteral("%1 *stdin").arg(keyId)};
}

EvidenceStep fileStep(const ReleaseFile &file, const QDir &folder)
{
    const QString path = folder.filePath(releaseFileName(file.name));
    return {QStringLiteral("%1 is the file that the manifest names").arg(file.name),
            QStringLiteral("openssl dgst -sha256 -r %1").arg(shellQuoted(path)),
            QStringLiteral("%1 *%2").arg(QString::fromLatin1(file.sha256.toHex()), path)};
}

QList<EvidenceStep> fileSteps(const Bundle &bundle, const QDir &folder)
{
    QList<EvidenceStep> steps;
    for (const ManifestPayload &payload : bundle.document.manifest.payloads) {
        if (bundle.files.contains(payload.entry().name))
            steps += fileStep(payload.entry(), folder);
    }
    if (bundle.document.manifest.releaseNotes)
        steps += fileStep(*bundle.document.manifest.releaseNotes, folder);
    return steps;
}

} // namespace

Result<QList<EvidenceStep>> writeEvidence(const Bundle &bundle, const TrustStore &store,
                                          const ReleaseTime &time, const QString &folder)
{
    const QDir place(folder);
    if (!place.mkpath(filesFolder()))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(folder));
    const bool isKnown = admitManifest(bundle.document, store, time, {}).has_value();
    const QStringList files = isKnown ? bundle.files : QStringList();
    QList<EvidenceStep> steps;
    QMap<QString, QByteArray> contents{{signedBytesName(), bundle.document.signedBytes}};
    for (const ShownSignature &shown : shownSignatures(bundle, store, files)) {
        const QString &keyId = shown.signature.keyId;
        contents.insert(shown.signatureFile, shown.signature.value);
        contents.insert(keyName(keyId), store.releaseKey(keyId)->key.toPem());
        steps << keyStep(keyId, place) << verifyingStep(shown, place);
    }
    for (auto content = contents.cbegin(); content != contents.cend(); ++content) {
        if (auto written = replaceFile(place.filePath(content.key()), content.value()); !written)
            return passOn(written.error());
    }
    if (files.isEmpty())
        return steps;
    const auto extracted = extractFiles(bundle.source, place.filePath(filesFolder()), roomIn(bundle));
    return extracted ? Result<QList<EvidenceStep>>(steps + fileSteps(bundle, place))
                     : passOn(extracted.error());
}

} // namespace core
