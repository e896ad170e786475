// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"
#include "core/release/foreign/dfu_zip.h"
#include "core/release/foreign/foreign_firmware.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

void read(const QByteArray &file)
{
    const auto zip = core::readDfuZip(file);
    if (!zip) {
        FUZZ_PROMISE(zip.error().kind == core::ErrorKind::InvalidFile);
        return;
    }
    FUZZ_PROMISE(!zip->files.isEmpty());
    for (const core::DfuZipFile &entry : zip->files) {
        FUZZ_PROMISE(!entry.name.contains(u'/') && !entry.name.startsWith(u'.'));
        FUZZ_PROMISE(entry.name != QStringLiteral("manifest.json"));
        FUZZ_PROMISE(!entry.imageIndex || (*entry.imageIndex >= 0 && *entry.imageIndex <= 255));
    }
    const auto firmware = core::identify(file);
    FUZZ_PROMISE(firmware.has_value() && firmware->parts.size() == zip->files.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    read(bytes);
    // As the manifest of a sound archive: no search finds the checksums of a changed one.
    read(*core::writeArchive({{QStringLiteral("a.bin"), "content"},
                              {QStringLiteral("b.bin"), bytes},
                              {QStringLiteral("manifest.json"), bytes}}));
    return 0;
}
