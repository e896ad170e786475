// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/block_list.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"

namespace {

const QDateTime kNow(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC);

const QByteArray kDraft =
    R"({"version":7,"channel":"*","products":["bench-sensor"],)"
    R"("blocks":[{"product":"bench-sensor","version":"1.2.0","reason":"battery drains"}],)"
    R"("minimum":[{"product":"bench-sensor","version":"1.1.0"}]})";

QByteArray signedList()
{
    core::BlockList list = *core::draftBlockList(kDraft, kNow);
    *core::addSignature(list.document, test_support::rfc8032Key(1));
    return *core::toBytes(list.document);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {kDraft, signedList()};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto draft = core::draftBlockList(bytes, kNow);
    FUZZ_PROMISE(!draft || core::parseBlockList(*core::toBytes(draft->document)).has_value());

    const auto list = core::parseBlockList(bytes);
    if (!list)
        return 0;
    const auto again = core::toBytes(list->document);
    FUZZ_PROMISE(again.has_value() && (*again == bytes || list->document.signatures.isEmpty()));
    const auto judged = core::checkSigners(*list, core::TrustStore(), {kNow});
    FUZZ_PROMISE(!judged.has_value()); // nobody is trusted
    return 0;
}
