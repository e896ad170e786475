// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/block_list.h"

#include "core/json/json_fields.h"
#include "core/release/release_checks.h"
#include "core/release/release_signers.h"

namespace core {

namespace {

constexpr JsonFields::Range kVersion{1, 0x7fffffff};
constexpr JsonFields::Range kSchema{1, 1};
constexpr qsizetype kDigestSize = 32;
constexpr int kLongestName = 64;

ReleaseBlock readBlock(JsonFields &fields)
{
    ReleaseBlock block;
    block.origin = RuleOrigin::SignedList;
    block.product = fields.lowerCaseName("product", kLongestName);
    if (fields.has("version"))
        block.version = fields.version("version");
    if (fields.has("manifest"))
        block.manifestDigest = fields.hex("manifest", kDigestSize);
    block.reason = fields.shortLine("reason");
    if (!block.version && block.manifestDigest.isEmpty())
        fields.refuse("version", QStringLiteral("or manifest has to say which release is blocked"));
    return block;
}

MinimumVersion readMinimum(JsonFields &fields)
{
    MinimumVersion minimum;
    minimum.origin = RuleOrigin::SignedList;
    minimum.product = fields.lowerCaseName("product", kLongestName);
    minimum.version = fields.version("version");
    return minimum;
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
        list.channel = document.lowerCaseName("channel", kLongestName);
    if (document.has("products"))
        list.products = document.lowerCaseNames("products", kLongestName);
    list.rules.blocks = readList(document, "blocks", kNoMost, readBlock);
    list.rules.minimums = readList(document, "minimum", kNoMost, readMinimum);
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

Result<BlockList> readDocument(const Json &document)
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
    return document ? readDocument(*document) : passOn(document.error());
}

Result<BlockList> draftBlockList(const QByteArray &text, const QDateTime &nowUtc)
{
    const auto document = parseStrict(text, {.size = kLargestSignedDocument});
    if (!document)
        return passOn(document.error());
    if (!document->object())
        return readDocument(*document);
    Json::Object members = *document->object();
    if (members.contains(QStringLiteral("signatures")))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("signatures are made when the list is signed, not written; a signed list "
                                   "that was edited is a draft without them"));
    members.emplace(QStringLiteral("schema"), 1);
    members.emplace(QStringLiteral("kind"), QStringLiteral("block-list"));
    members.emplace(QStringLiteral("issued"), timeText(nowUtc));
    return readDocument(Json(std::move(members)));
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
