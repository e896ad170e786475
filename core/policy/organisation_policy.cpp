// SPDX-License-Identifier: Apache-2.0
#include "core/policy/organisation_policy.h"

#include "core/base/download_address.h"
#include "core/base/file_access.h"
#include "core/base/name_pattern.h"
#include "core/json/json_fields.h"

#include <QFileInfo>

#include <algorithm>

namespace core {

namespace {

constexpr qint64 kLargestPolicy = 64 * 1024;

/// An empty list is none: no server may be downloaded from.
std::optional<QStringList> readDownloadHosts(JsonFields &fields)
{
    if (!fields.has("download_hosts"))
        return std::nullopt;
    const QStringList hosts = fields.texts("download_hosts");
    if (!std::all_of(hosts.cbegin(), hosts.cend(), isHostPattern))
        fields.refuse("download_hosts",
                      QStringLiteral("has to hold names of servers, like fw.example or *.fw.example"));
    return hosts;
}

} // namespace

bool OrganisationPolicy::allowsUnsignedImport(const QString &product) const
{
    return matchesAny(unsignedImports, product);
}

Result<OrganisationPolicy> parsePolicy(const QByteArray &bytes)
{
    const auto document = parseStrict(bytes);
    if (!document)
        return passOn(document.error());
    JsonFields fields(*document, QString());
    fields.integer("schema", {1, 1});
    const bool isAllowed = fields.optionalBoolean("allow_unsigned_imports").value_or(false);
    const QStringList products = fields.has("products") ? fields.texts("products") : QStringList();
    const bool isEachSome = std::none_of(products.cbegin(), products.cend(), std::mem_fn(&QString::isEmpty));
    if (!isEachSome || (isAllowed && products.isEmpty()))
        fields.refuse("products", QStringLiteral("has to name the products that it is about, or \"*\""));
    const bool needsSignature = fields.optionalBoolean("require_payload_signature").value_or(false);
    const auto hosts = readDownloadHosts(fields);
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error());
    return OrganisationPolicy{isAllowed ? products : QStringList(), needsSignature, hosts};
}

Result<OrganisationPolicy> loadPolicy(const QStringList &paths)
{
    for (const QString &path : paths) {
        const QFileInfo file(path);
        if (!file.exists() && !file.isSymLink())
            continue;
        const auto bytes = readWholeFile(path, kLargestPolicy);
        if (!bytes)
            return passOn(bytes.error(), QStringLiteral("reading the policy"));
        auto policy = parsePolicy(*bytes);
        if (!policy)
            return passOn(policy.error(), QStringLiteral("reading the policy %1").arg(path));
        return policy;
    }
    return OrganisationPolicy{};
}

} // namespace core
