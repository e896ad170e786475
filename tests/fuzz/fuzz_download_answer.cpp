// SPDX-License-Identifier: Apache-2.0
#include "core/base/download_address.h"
#include "core/download/answer_rules.h"
#include "core/download/content_range.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/wanted_samples.h"

namespace {

const core::HttpsRequest kRequest{QStringLiteral("https://fw.example/a/net.bin"), 40};

const core::WantedFile &wanted()
{
    static const core::WantedFile file =
        test_support::wantedFile(kRequest.address.toLatin1(), QByteArray(100, 'x'));
    return file;
}

void judgeRange(const QByteArray &header)
{
    const auto range = core::parseContentRange(header);
    if (range) {
        const QByteArray total = range->total ? QByteArray::number(*range->total) : QByteArray("*");
        FUZZ_PROMISE(0 <= range->first && range->first <= range->last);
        FUZZ_PROMISE(!range->total || range->last < *range->total);
        FUZZ_PROMISE(core::parseContentRange("bytes " + QByteArray::number(range->first) + '-'
                                             + QByteArray::number(range->last) + '/' + total)
                     == range);
    }
    const auto use = core::useOf({.status = 206, .contentRange = header}, kRequest, wanted());
    const bool isTheRest = range && range->first == kRequest.from && range->last < wanted().size()
        && range->total.value_or(wanted().size()) == wanted().size();
    FUZZ_PROMISE(use.has_value() == isTheRest);
}

void judgeTag(const QByteArray &header)
{
    const QByteArray tag = core::strongTag(header);
    FUZZ_PROMISE(tag.isEmpty() || tag == header);
    FUZZ_PROMISE(!tag.contains('\r') && !tag.contains('\n') && tag.count('"') == (tag.isEmpty() ? 0 : 2));
}

void judgeRedirection(const QByteArray &header)
{
    const auto target = core::redirectTarget(kRequest.address, {.status = 302, .location = header});
    FUZZ_PROMISE(!target || core::isDownloadAddress(*target));
    FUZZ_PROMISE(!target || !target->contains(u'#'));
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {"bytes 40-99/100",
            "bytes 40-98/*",
            "bytes 0-99/100",
            "bytes */100",
            "\"3f80f-1b6-3e1cb03b\"",
            "W/\"weak\"",
            "https://mirror.example:8443/net.bin?key=1#part",
            "//mirror.example/net.bin",
            "../b/./net%20.bin",
            "http://fw.example/",
            "https://me:secret@fw.example/"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray header(reinterpret_cast<const char *>(data), qsizetype(size));
    judgeRange(header);
    judgeTag(header);
    judgeRedirection(header);
    return 0;
}
