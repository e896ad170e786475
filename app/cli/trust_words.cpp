// SPDX-License-Identifier: Apache-2.0
#include "app/cli/trust_words.h"

#include "core/json/json_fields.h"

#include <QJsonArray>

namespace cli {

namespace {

QJsonObject keyJson(const core::ReleaseKey &record)
{
    QJsonObject json{{QStringLiteral("key_id"), record.key.keyId()},
                     {QStringLiteral("channels"), QJsonArray::fromStringList(record.channels)},
                     {QStringLiteral("products"), QJsonArray::fromStringList(record.products)}};
    if (record.notBefore)
        json.insert(QStringLiteral("not_before"), core::timeText(*record.notBefore));
    if (record.notAfter)
        json.insert(QStringLiteral("not_after"), core::timeText(*record.notAfter));
    if (record.isDevelopment)
        json.insert(QStringLiteral("development"), true);
    return json;
}

QJsonObject keyJson(const core::ProductKey &record)
{
    return {{QStringLiteral("key_id"), record.key.keyId()},
            {QStringLiteral("products"), QJsonArray::fromStringList(record.products)}};
}

QJsonObject keyJson(const core::ReleaseThreshold &rule)
{
    return {{QStringLiteral("channels"), QJsonArray::fromStringList(rule.channels)},
            {QStringLiteral("products"), QJsonArray::fromStringList(rule.products)},
            {QStringLiteral("threshold"), rule.threshold}};
}

QJsonObject keyJson(const core::Revocation &revocation)
{
    return {{QStringLiteral("key_id"), revocation.keyId},
            {QStringLiteral("reason"), revocation.reason},
            {QStringLiteral("since"), core::timeText(revocation.since)}};
}

template<class Record>
QJsonArray keysJson(const QList<Record> &records)
{
    QJsonArray array;
    for (const Record &record : records)
        array.append(keyJson(record));
    return array;
}

QJsonObject rootJson(const core::TrustRoot &root)
{
    QJsonArray keys, signers;
    for (const core::PublicKey &key : root.keys)
        keys.append(key.keyId());
    for (const core::DocumentSignature &signature : root.document.signatures)
        signers.append(signature.keyId);
    return {{QStringLiteral("version"), root.version},
            {QStringLiteral("expires"), core::timeText(root.expires)},
            {QStringLiteral("threshold"), root.threshold},
            {QStringLiteral("keys"), keys},
            {QStringLiteral("signed_by"), signers},
            {QStringLiteral("complete"), core::checkSignatures(root).has_value()}};
}

QString releaseLine(const core::ReleaseKey &record)
{
    QString line = QStringLiteral("release       %1  channels %2  products %3")
                       .arg(record.key.keyId(), record.channels.join(u' '), record.products.join(u' '));
    if (record.notBefore)
        line += QStringLiteral("  from %1").arg(core::timeText(*record.notBefore));
    if (record.notAfter)
        line += QStringLiteral("  until %1").arg(core::timeText(*record.notAfter));
    return record.isDevelopment ? line + QStringLiteral("  development") : line;
}

void addLines(QStringList &lines, const char *role, const QList<core::ProductKey> &records)
{
    for (const core::ProductKey &record : records)
        lines.append(QStringLiteral("%1  %2  products %3")
                         .arg(QLatin1String(role), -12)
                         .arg(record.key.keyId(), record.products.join(u' ')));
}

} // namespace

QString rootLine(const core::TrustRoot &root)
{
    const core::Result<core::Done> checked = core::checkSignatures(root);
    return QStringLiteral("trust root version %1, until %2, %3 of %4 root keys have to sign: %5")
        .arg(root.version)
        .arg(core::timeText(root.expires))
        .arg(root.threshold)
        .arg(root.keys.size())
        .arg(checked ? QStringLiteral("complete") : checked.error().detail);
}

QStringList trustLines(const core::TrustFile &file)
{
    QStringList lines;
    if (file.root) {
        lines.append(rootLine(*file.root));
        for (const core::PublicKey &key : file.root->keys)
            lines.append(QStringLiteral("root          %1").arg(key.keyId()));
    }
    for (const core::ReleaseKey &record : file.store.releaseKeys)
        lines.append(releaseLine(record));
    addLines(lines, "boot", file.store.bootKeys);
    addLines(lines, "recovery", file.store.recoveryKeys);
    addLines(lines, "provisioning", file.store.provisioningKeys);
    for (const core::ReleaseThreshold &rule : file.store.releaseThresholds)
        lines.append(QStringLiteral("%1 signatures  channels %2  products %3")
                         .arg(rule.threshold)
                         .arg(rule.channels.join(u' '), rule.products.join(u' ')));
    for (const core::Revocation &revocation : file.store.revocations)
        lines.append(QStringLiteral("revoked       %1  since %2: %3")
                         .arg(revocation.keyId, core::timeText(revocation.since), revocation.reason));
    return lines;
}

QJsonObject trustJson(const core::TrustFile &file)
{
    QJsonObject json{{QStringLiteral("release_keys"), keysJson(file.store.releaseKeys)},
                     {QStringLiteral("boot_keys"), keysJson(file.store.bootKeys)},
                     {QStringLiteral("recovery_keys"), keysJson(file.store.recoveryKeys)},
                     {QStringLiteral("provisioning_keys"), keysJson(file.store.provisioningKeys)},
                     {QStringLiteral("release_thresholds"), keysJson(file.store.releaseThresholds)},
                     {QStringLiteral("revoked"), keysJson(file.store.revocations)}};
    if (file.root)
        json.insert(QStringLiteral("root"), rootJson(*file.root));
    return json;
}

} // namespace cli
