// SPDX-License-Identifier: Apache-2.0
#include "core/json/canonical_json.h"
#include "tests/fuzz/fuzz_target.h"

QList<QByteArray> fuzzSeeds()
{
    return {
        R"({"a":[1,-2,{"b":null}],"c":true,"d":"text"})",
        "[9007199254740991,-9007199254740991,0]",
        R"(["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","\ud83d\ude00"])",
        " { \"\xc3\xb6\" : [ ] , \"\\ufb33\" : { } } ",
        "[[[[[[[[]]]]]]]]",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto value = core::parseStrict(bytes);
    const auto canonicalValue = core::parseCanonical(bytes);
    if (!value) {
        FUZZ_PROMISE(!canonicalValue.has_value());
        return 0;
    }
    const auto canonical = core::toCanonical(*value);
    FUZZ_PROMISE(canonical.has_value());
    FUZZ_PROMISE(canonicalValue.has_value() == (*canonical == bytes));
    const auto again = core::parseCanonical(*canonical, {.size = canonical->size()});
    FUZZ_PROMISE(again.has_value() && *again == *value);
    return 0;
}
