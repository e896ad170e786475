// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_evidence.h"

#include "core/base/file_access.h"
#include "core/base/shell_quote.h"

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

QString signatureName(const QString &keyId)
{
    return QStringLiteral("signature-%1.bin").arg(keyId.left(16));
}

QString keyName(const QString &keyId)
{
    return QStringLiteral("key-%1.pem").arg(keyId.left(16));
}

/// The command that verifies a file's signature, and what it prints then. Paths are quoted.
EvidenceStep verifyingStep(const DocumentSignature &signature, const QString &key, const QString &file,
                           const QString &signatureFile)
{
    const QString claim = QStringLiteral("its owner signed the manifest");
    if (algorithmNamed(signature.algorithm) == KeyAlgorithm::Ed25519) {
        return {claim,
                QStringLiteral("openssl pkeyutl -verify -pubin -inkey %1 -rawin -in %2 -sigfile %3")
                    .arg(key, file, signatureFile),
                QStringLiteral("Signature Verified Successfully")};
    }
    const QString padding = algorithmNamed(signature.algorithm) == KeyAlgorithm::RsaPss
        ? QStringLiteral(
            "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256 ")
        : QString();
    return {claim,
            QStringLiteral("openssl dgst -sha256 %1-verify %2 -signature %3 %4")
                .arg(padding, key, signatureFile, file),
            QStringLiteral("Verified OK")};
}

QList<EvidenceStep> signatureSteps(const DocumentSignature &signature, const QDir &folder)
{
    const auto path = [&folder](const QString &name) { return shellQuoted(folder.filePath(name)); };
    const QString key = path(keyName(signature.keyId));
    return {
        {QStringLiteral("the public key is the one that the trust store knows"),
         QStringLiteral("openssl pkey -pubin -in %1 -outform DER | openssl dgst -sha256 -r").arg(key),
         QStringLiteral("%1 *stdin").arg(signature.keyId)},
        verifyingStep(signature, key, path(signedBytesName()), path(signatureName(signature.keyId))),
    };
}

EvidenceStep fileStep(const ReleaseFile &file, const QDir &folder)
{
    const QString path = folder.filePath(releaseFileName(file.name));
    return {QStringLiteral("%1 is the file that the manifest names").arg(file.name),
            QStringLiteral("openssl dgst -sha256 -r %1").arg(shellQuoted(path)),
            QStringLiteral("%1 *%2").arg(QString::fromLatin1(file.sha256.toHex()), path)};
}

bool canBeShown(const DocumentSignature &signature, const TrustStore &store)
{
    return store.releaseKey(signature.keyId) != nullptr;
}

} // namespace

QList<EvidenceStep> explainVerification(const Bundle &bundle, const TrustStore &store, const QString &folder)
{
    const QDir place(folder);
    QList<EvidenceStep> steps;
    for (const DocumentSignature &signature : bundle.document.signatures) {
        if (canBeShown(signature, store))
            steps += signatureSteps(signature, place);
    }
    for (const ManifestPayload &payload : bundle.document.manifest.payloads) {
        if (bundle.files.contains(payload.entry().name))
            steps += fileStep(payload.entry(), place);
    }
    if (bundle.document.manifest.releaseNotes)
        steps += fileStep(*bundle.document.manifest.releaseNotes, place);
    return steps;
}

Result<QList<EvidenceStep>> writeEvidence(const Bundle &bundle, const TrustStore &store,
                                          const QString &folder)
{
    const QDir place(folder);
    if (!place.mkpath(filesFolder()))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(folder));
    QMap<QString, QByteArray> files{{signedBytesName(), bundle.document.signedBytes}};
    for (const DocumentSignature &signature : bundle.document.signatures) {
        if (!canBeShown(signature, store))
            continue;
        files.insert(signatureName(signature.keyId), signature.value);
        files.insert(keyName(signature.keyId), store.releaseKey(signature.keyId)->key.toPem());
    }
    for (auto file = files.cbegin(); file != files.cend(); ++file) {
        if (auto written = replaceFile(place.filePath(file.key()), file.value()); !written)
            return passOn(written.error());
    }
    if (auto extracted = extractFiles(bundle.source, place.filePath(filesFolder()), roomIn(bundle));
        !extracted)
        return passOn(extracted.error());
    return explainVerification(bundle, store, folder);
}

} // namespace core
