// SPDX-License-Identifier: Apache-2.0
#include "core/trust/signed_document.h"

#include "core/base/sha256.h"
#include "core/json/json_fields.h"

#include <QSet>

#include <algorithm>

namespace core {

namespace {

constexpr std::size_t kMostSignatures = 16;
constexpr qsizetype kKeyIdSize = 32; // bytes

QString membersName()
{
    return QStringLiteral("signatures");
}

DocumentSignature readSignature(JsonFields &fields, const QStringList &algorithms)
{
    DocumentSignature signature;
    signature.algorithm = fields.text("alg");
    if (!algorithms.contains(signature.algorithm))
        fields.refuse("alg",
                      QStringLiteral("has to be one of %1").arg(algorithms.join(QStringLiteral(", "))));
    signature.keyId = QString::fromLatin1(fields.hex("key_id", kKeyIdSize).toHex());
    signature.value = fields.base64("sig_b64");
    return signature;
}

Json::Object toObject(const DocumentSignature &signature)
{
    return {{QStringLiteral("alg"), signature.algorithm},
            {QStringLiteral("key_id"), signature.keyId},
            {QStringLiteral("sig_b64"), QString::fromLatin1(signature.value.toBase64())}};
}

bool isSignedBy(const SignedBytes &document, const QString &keyId)
{
    return std::any_of(document.signatures.cbegin(), document.signatures.cend(),
                       [&keyId](const DocumentSignature &one) { return one.keyId == keyId; });
}

Result<Done> checkNewSigner(const SignedBytes &document, const PublicKey &key)
{
    if (isSignedBy(document, key.keyId()))
        return fail(ErrorKind::InvalidFile, QStringLiteral("the key %1 signed already").arg(key.keyId()));
    if (document.signatures.size() >= qsizetype(kMostSignatures))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("a document has at most %1 signatures").arg(kMostSignatures));
    if (!key.maySignDocuments())
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("an RSA key of %1 bits; documents are signed with 3072 or more").arg(key.bits()));
    return Done{};
}

DocumentSignature named(const PublicKey &signer, const QByteArray &signature)
{
    return {algorithmName(signer.algorithm()), signer.keyId(), signature};
}

} // namespace

QList<DocumentSignature> readSignatures(JsonFields &fields, const QStringList &algorithms)
{
    const auto readOne = [&algorithms](JsonFields &item) { return readSignature(item, algorithms); };
    const auto signatures = readList(fields, "signatures", kMostSignatures, readOne);
    QSet<QString> keyIds;
    for (const DocumentSignature &signature : signatures)
        keyIds.insert(signature.keyId);
    if (keyIds.size() != signatures.size())
        fields.refuse("signatures", QStringLiteral("name a key twice"));
    return signatures;
}

Json::Array toArray(const QList<DocumentSignature> &signatures)
{
    Json::Array array;
    for (const DocumentSignature &signature : signatures)
        array.emplace_back(toObject(signature));
    return array;
}

Result<QByteArray> bytesWithoutSignatures(const Json &document)
{
    if (!document.object())
        return fail(ErrorKind::InvalidFile, QStringLiteral("only an object can be signed"));
    Json::Object members = *document.object();
    members.erase(membersName());
    return toCanonical(std::move(members));
}

Result<QByteArray> toBytes(const SignedBytes &document)
{
    // By way of the signed bytes and not of the fields, so that what was signed is what is written.
    const auto value = parseCanonical(document.signedBytes, {.size = kLargestSignedDocument});
    if (!value || !value->object())
        return fail(ErrorKind::InvalidFile, QStringLiteral("the signed bytes are not those of a document"));
    Json::Object members = *value->object();
    members.insert_or_assign(membersName(), toArray(document.signatures));
    return toCanonical(std::move(members));
}

Result<Done> addSignature(SignedBytes &document, const PrivateKey &key)
{
    if (auto checked = checkNewSigner(document, key.publicKey()); !checked)
        return checked;
    const auto signature = key.sign(document.signedBytes);
    if (!signature)
        return passOn(signature.error());
    document.signatures.append(named(key.publicKey(), *signature));
    return Done{};
}

Result<Done> addSignatures(SignedBytes &document, const QList<PrivateKey> &keys)
{
    for (const PrivateKey &key : keys) {
        if (auto added = addSignature(document, key); !added)
            return added;
    }
    return Done{};
}

Result<Done> addSignature(SignedBytes &document, const PublicKey &signer, const QByteArray &signature)
{
    if (auto checked = checkNewSigner(document, signer); !checked)
        return checked;
    if (!signer.verifies(document.signedBytes, signature)) {
        const bool isPkcs1 = signer.verifiesPkcs1Digest(Sha256::of(document.signedBytes), signature);
        return fail(
            ErrorKind::Untrusted, Reason::SignatureInvalid,
            isPkcs1
                ? QStringLiteral("it is a signature with the padding PKCS#1 v1.5; documents are "
                                 "signed with PSS and 32 bytes of salt")
                : QStringLiteral("it is not a signature of the key %1 of this document").arg(signer.keyId()));
    }
    document.signatures.append(named(signer, signature));
    return Done{};
}

Result<QStringList> signersAmong(const QList<PublicKey> &keys, const SignedBytes &document)
{
    QStringList signers;
    for (const PublicKey &key : keys) {
        const auto signature =
            std::find_if(document.signatures.cbegin(), document.signatures.cend(),
                         [id = key.keyId()](const DocumentSignature &one) { return one.keyId == id; });
        if (signature == document.signatures.cend())
            continue;
        const bool isValid = key.maySignDocuments() && signature->algorithm == algorithmName(key.algorithm())
            && key.verifies(document.signedBytes, signature->value);
        if (!isValid) {
            return fail(ErrorKind::Untrusted, Reason::SignatureInvalid,
                        QStringLiteral("it is not what the key %1 signed").arg(signature->keyId));
        }
        signers.append(signature->keyId);
    }
    return signers;
}

} // namespace core
