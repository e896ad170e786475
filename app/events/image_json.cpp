// SPDX-License-Identifier: Apache-2.0
#include "app/events/image_json.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace events {

namespace {

QString hex(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

QJsonObject partJson(const core::ForeignPart &part, const core::TrustStore &trust)
{
    QJsonArray slotNumbers;
    for (const int number : part.slotNumbers)
        slotNumbers.append(number);
    QJsonObject json{
        {QStringLiteral("name"), part.name},
        {QStringLiteral("size"), part.bytes.size()},
        {QStringLiteral("sha256"), hex(QCryptographicHash::hash(part.bytes, QCryptographicHash::Sha256))},
        {QStringLiteral("slots"), slotNumbers}};
    if (part.address)
        json[QStringLiteral("address")] = qint64(*part.address);
    if (part.imageIndex)
        json[QStringLiteral("image_index")] = *part.imageIndex;
    if (part.damage) {
        json[QStringLiteral("trust")] = core::imageTrustName(core::ImageTrust::Damaged);
        json[QStringLiteral("trust_detail")] = part.damage->detail;
    }
    if (part.image) {
        const core::ImageJudgement judgement = core::judgeImage(*part.image, trust);
        json[QStringLiteral("image")] = imageJson(*part.image);
        json[QStringLiteral("trust")] = core::imageTrustName(judgement.trust);
        json[QStringLiteral("trust_detail")] = judgement.detail;
        json[QStringLiteral("public_demo_key")] =
            judgement.demoKey.isEmpty() ? QJsonValue(QJsonValue::Null) : judgement.demoKey;
    }
    return json;
}

/// What is to be said of a part in one word each: everything about its trust but that all is well.
QStringList warningsOf(const core::ForeignPart &part, const core::TrustStore &trust)
{
    QStringList warnings;
    if (part.damage)
        warnings.append(core::imageTrustName(core::ImageTrust::Damaged));
    if (!part.image)
        return warnings;
    const core::ImageTrust found = core::judgeImage(*part.image, trust).trust;
    if (found != core::ImageTrust::Trusted)
        warnings.append(core::imageTrustName(found));
    if (part.image->trailer && part.image->trailer->isConfirmed)
        warnings.append(QStringLiteral("confirmed"));
    return warnings;
}

} // namespace

QJsonObject imageJson(const core::McubootImage &image)
{
    QJsonArray signatures;
    for (const core::ImageSignature &signature : image.signatures)
        signatures.append(core::toText(signature.algorithm));
    QJsonObject json{{QStringLiteral("version"), core::toText(image.version)},
                     {QStringLiteral("load_address"), qint64(image.loadAddress)},
                     {QStringLiteral("payload_bytes"), image.payloadSize},
                     {QStringLiteral("hash"), hex(image.digest)},
                     {QStringLiteral("key_hash"), hex(image.keyHash)},
                     {QStringLiteral("signatures"), signatures},
                     {QStringLiteral("hardware"), QJsonArray::fromStringList(image.hardwareRevisions)},
                     {QStringLiteral("digest_ok"), core::checkDigest(image).has_value()}};
    if (const QString mode = core::modeName(image); !mode.isEmpty())
        json[QStringLiteral("mode")] = mode;
    if (image.rollbackIndex)
        json[QStringLiteral("rollback_index")] = qint64(*image.rollbackIndex);
    if (image.minBootloader)
        json[QStringLiteral("min_bootloader")] = core::toText(*image.minBootloader);
    if (image.productClass)
        json[QStringLiteral("class")] = image.productClass->toString(QUuid::WithoutBraces);
    return json;
}

QJsonObject foreignJson(const core::ForeignFirmware &firmware, const core::TrustStore &trust)
{
    QJsonArray parts;
    QStringList warnings;
    for (const core::ForeignPart &part : firmware.parts) {
        parts.append(partJson(part, trust));
        warnings += warningsOf(part, trust);
    }
    warnings.removeDuplicates();
    QJsonObject json{{QStringLiteral("format"), core::formatName(firmware.format)},
                     {QStringLiteral("size"), firmware.file.size()},
                     {QStringLiteral("sha256"), hex(firmware.sha256())},
                     {QStringLiteral("parts"), parts},
                     {QStringLiteral("warnings"), QJsonArray::fromStringList(warnings)},
                     {QStringLiteral("notes"), QJsonArray::fromStringList(firmware.notes)}};
    if (firmware.entryPoint)
        json[QStringLiteral("entry_point")] = qint64(*firmware.entryPoint);
    return json;
}

} // namespace events
