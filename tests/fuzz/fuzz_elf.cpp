// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/elf.h"
#include "tests/fuzz/fuzz_segments.h"
#include "tests/support/foreign_writers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto elf = core::readElf(file);
    if (!elf) {
        FUZZ_PROMISE(elf.error().kind == core::ErrorKind::InvalidFile);
        return 0;
    }
    promiseSound(elf->segments);
    for (const core::FirmwareSegment &segment : elf->segments)
        FUZZ_PROMISE(file.contains(segment.bytes));
    const auto again = core::readElf(test_support::writeElf(elf->segments));
    FUZZ_PROMISE(again.has_value() && again->segments == elf->segments);
    return 0;
}
