// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/uf2.h"
#include "tests/fuzz/fuzz_segments.h"
#include "tests/support/foreign_writers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto uf2 = core::readUf2(file);
    if (!uf2) {
        FUZZ_PROMISE(uf2.error().kind == core::ErrorKind::InvalidFile);
        return 0;
    }
    FUZZ_PROMISE(!uf2->families.isEmpty());
    FUZZ_PROMISE(core::beginsAsUf2(file));
    qint64 total = 0;
    for (const core::Uf2Family &family : uf2->families) {
        promiseSound(family.segments);
        total += totalOf(family.segments);
        const auto again = core::readUf2(test_support::writeUf2(family.segments, {.family = family.id}));
        FUZZ_PROMISE(again.has_value() && again->families.size() == 1);
        FUZZ_PROMISE(again->families[0].id == family.id && again->families[0].segments == family.segments);
    }
    FUZZ_PROMISE(total <= file.size() - 36 * (file.size() / 512 - uf2->skippedBlocks));
    return 0;
}
