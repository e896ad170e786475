// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfuse.h"
#include "tests/fuzz/fuzz_segments.h"
#include "tests/support/foreign_writers.h"

namespace {

void readAgain(const QByteArray &file)
{
    const auto dfuSe = core::readDfuSe(file);
    if (!dfuSe) {
        FUZZ_PROMISE(dfuSe.error().kind == core::ErrorKind::InvalidFile);
        return;
    }
    FUZZ_PROMISE(!dfuSe->targets.isEmpty());
    qint64 total = 0;
    for (const core::DfuSeTarget &target : dfuSe->targets) {
        promiseSound(target.segments);
        total += totalOf(target.segments);
        const auto again = core::readDfuSe(test_support::writeDfuSe(target.segments, target.name.toLatin1()));
        FUZZ_PROMISE(again.has_value() && again->targets[0].segments == target.segments);
        FUZZ_PROMISE(again->targets[0].name == target.name);
    }
    FUZZ_PROMISE(total < file.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file(reinterpret_cast<const char *>(data), qsizetype(size));
    readAgain(file);
    // No search finds a checksum: with a right one, what is behind it is reached.
    readAgain(test_support::withDfuSuffix(file.chopped(std::min<qsizetype>(16, file.size())), 0x011a));
    return 0;
}
