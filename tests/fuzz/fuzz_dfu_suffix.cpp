// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfuse.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/foreign_writers.h"

namespace {

/// Whatever the file: what is taken for firmware and suffix makes the same file again.
void readAgain(const QByteArray &file)
{
    const auto read = core::readDfuFile(file);
    if (!read) {
        FUZZ_PROMISE(read.error().kind == core::ErrorKind::InvalidFile);
        return;
    }
    FUZZ_PROMISE(!read->firmware.isEmpty());
    const QByteArray again =
        read->suffix ? core::withDfuSuffix(read->firmware, *read->suffix) : read->firmware;
    FUZZ_PROMISE(again == file);
    FUZZ_PROMISE(read->suffix == core::readDfuSuffix(file));
}

/// What the reader takes, our writer writes as it was.
void writeAgain(const QByteArray &file)
{
    const auto dfuSe = core::readDfuSe(file);
    if (!dfuSe)
        return;
    const auto written = core::writeDfuSe(*dfuSe);
    FUZZ_PROMISE(written.has_value());
    const auto again = core::readDfuSe(*written);
    FUZZ_PROMISE(again.has_value() && again->suffix == dfuSe->suffix);
    FUZZ_PROMISE(again->targets.size() == dfuSe->targets.size());
    for (qsizetype at = 0; at < again->targets.size(); ++at)
        FUZZ_PROMISE(again->targets[at].segments == dfuSe->targets[at].segments
                     && again->targets[at].name == dfuSe->targets[at].name);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {
        QByteArray::fromHex("01020304ffff11df83041a0155464410f6673231"),
        core::withDfuSuffix("firmware", {.device = 0x0200, .product = 1, .vendor = 2, .version = 0x0100}),
        "bare firmware of more than sixteen bytes",
        test_support::writeDfuSe({{0x08000000, "first"}, {0x08004000, "second"}}),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file(reinterpret_cast<const char *>(data), qsizetype(size));
    const QByteArray content = file.chopped(std::min<qsizetype>(16, file.size()));
    const QByteArray sealed = test_support::withDfuSuffix(content, 0x011a);
    for (const QByteArray &input : {file, sealed}) { // No search finds a checksum.
        readAgain(input);
        writeAgain(input);
    }
    FUZZ_PROMISE(content.isEmpty() || core::readDfuFile(sealed)->firmware == content);
    return 0;
}
