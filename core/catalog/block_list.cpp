// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/block_list.h"

#include "core/release/release_checks.h"
#include "core/release/release_signers.h"
#include "core/trust/json_fields.h"

#include <QRegularExpression>

namespace core {

namespace {

constexpr JsonFields::Range kVersion{1, 0x7fffffff};
constexpr JsonFields::Range kSchema{1, 1};
constexpr qsizetype kDigestSize = 32;
constexpr qsizetype kLongestReason = 200;

void checkName(JsonFields &fields, const char *name, const QString &text)
{
    static const QRegularExpression form(QStringLiteral(R"(\A[a-z0-9._-]{1,64}\z)"));
    if (!form.match(text).hasMatch())
        fields.refuse(name, QStringLiteral("has to be a name in lower case"));
}

QString readName(JsonFields &fields, const char *name)
{
    const QString text = fields.text(name);
    checkName(fields, name, text);
    return text;
}

Version readVersion(JsonFields &fields)
{
    const auto version = parseVersion(fields.text("version"));
    if (!version)
        fields.refuse("version", QStringLiteral("has to be a version like 1.2.3 or 1.2.3+4"));
    return version.value_or(Version());
}

ReleaseBlock readBlock(JsonFields &fields)
{
    ReleaseBlock block;
    block.origin = RuleOrigin::SignedList;
    block.product = readName(fields, "product");
    if (fields.has("version"))
        block.version = readVersion(fields);
    if (fields.has("manifest"))
        block.manifestDigest = fields.hex("manifest", kDigestSize);
    block.reason = fields.text("reason");
    if (!block.version && block.manifestDigest.isEmpty())
        fields.refuse("version", QStringLiteral("or manifest has to say which release is blocked"));
    if (block.reason.isEmpty() || block.reason.size() > kLongestReason || block.reason.contains(u'\n'))
        fields.refuse("reason", QStringLiteral("has to be one line of at most 200 characters"));
    return block;
}

MinimumVersion readMinimum(JsonFields &fields)
{
    MinimumVersion minimum;
    minimum.origin = RuleOrigin::SignedList;
    minimum.product = readName(fields, "product");
    minimum.version = readVersion(fields);
    return minimum;
}

template<class Item>
QList<Item> readItems(JsonFields &document, const char *name, Item (*read)(JsonFields &))
{
    QList<Item> items;
    for (const Json &value : document.optionalArray(name)) {
        JsonFields fields(value, QStringLiteral("%1[%2]").arg(QLatin1String(name)).arg(items.size()));
        items.append(read(fields));
        if (auto finished = fields.finish(); !finished)
            document.refuse(finished.error());
    }
    return items;
}

BlockList readFields(JsonFields &document)
{
    BlockList list;
    document.integer("schema", kSchema);
    if (document.text("kind") != QStringLiteral("block-list"))
        document.refuse("kind", QStringLiteral("has to be \"block-list\""));
    list.version = document.integer("version", kVersion);
    list.issued = document.time("issued");
    list.channel = document.optionalText("channel").value_or(QStringLiteral("*"));
    if (list.channel != QStringLiteral("*"))
        checkName(document, "channel", list.channel);
    if (document.has("products"))
        list.products = document.texts("products");
    for (const QString &product : std::as_const(list.products))
        checkName(document, "products", product);
    list.rules.blocks = readItems<ReleaseBlock>(document, "blocks", readBlock);
    list.rules.minimums = readItems<MinimumVersion>(document, "minimum", readMinimum);
    for (ReleaseBlock &block : list.rules.blocks) {
        block.channel = list.channel;
        block.since = list.issued;
        list.products.append(block.product);
    }
    for (MinimumVersion &minimum : list.rules.minimums) {
        minimum.channel = list.channel;
        list.products.append(minimum.product);
    }
    list.products.removeDuplicates();
    if (list.products.isEmpty())
        document.refuse("products", QStringLiteral("has to say which products the list is about"));
    list.document.signatures = readSignatures(document);
    return list;
}

Result<BlockList> readList(const Json &document)
{
    JsonFields fields(document, QString());
    BlockList list = readFields(fields);
    if (auto finished = fields.finish(); !finished)
        return passOn(finished.error(), QStringLiteral("reading the list of blocked releases"));
    auto bytes = bytesWithoutSignatures(document);
    if (!bytes)
        return passOn(bytes.error());
    list.document.signedBytes = *std::move(bytes);
    return list;
}

/// A list for every channel is about those that have a rule of their own, too.
int thresholdFor(const TrustStore &store, const QString &channel, const QString &product)
{
    int most = store.thresholdFor(channel, product);
    if (channel != QStringLiteral("*"))
        return most;
    for (const ReleaseThreshold &rule : store.releaseThresholds) {
        for (const QString &one : rule.channels)
            most = std::max(most, store.thresholdFor(one, product));
    }
    return most;
}

} // namespace

Result<BlockList> parseBlockList(const QByteArray &bytes)
{
    const auto document = parseCanonical(bytes, {.size = kLargestSignedDocument});
    return document ? readList(*document) : passOn(document.error());
}

Result<BlockList> draftBlockList(const QByteArray &text, const QDateTime &nowUtc)
{
    const auto document = parseStrict(text, {.size = kLargestSignedDocument});
    if (!document)
        return passOn(document.error());
    if (!document->object())
        return readList(*document);
    Json::Object members = *document->object();
    if (members.contains(QStringLiteral("signatures")))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("signatures are made when the list is signed, not written; a signed list "
                                   "that was edited is a draft without them"));
    members.emplace(QStringLiteral("schema"), 1);
    members.emplace(QStringLiteral("kind"), QStringLiteral("block-list"));
    members.emplace(QStringLiteral("issued"), timeText(nowUtc));
    return readList(Json(std::move(members)));
}

Result<Done> checkSigners(const BlockList &list, const TrustStore &store, const ReleaseTime &time)
{
    if (auto checked = checkInForce(store, time); !checked)
        return checked;
    for (const QString &product : list.products) {
        const auto signers = countingSigners(list.document, {list.channel, product},
                                             thresholdFor(store, list.channel, product), store, time.nowUtc);
        if (!signers)
            return passOn(signers.error(), QStringLiteral("verifying the list of blocked releases"));
    }
    return Done{};
}

} // namespace core
