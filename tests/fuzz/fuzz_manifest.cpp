// SPDX-License-Identifier: Apache-2.0
#include "core/release/manifest.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/vectors.h"

namespace {

QByteArray signedForm(const QByteArray &yaml)
{
    core::Manifest manifest = *core::parseManifest(yaml);
    for (core::ManifestPayload &payload : manifest.payloads) {
        payload.file.size = 5;
        payload.file.sha256 = QByteArray(32, '\x5a');
    }
    if (manifest.releaseNotes) {
        manifest.releaseNotes->size = 6;
        manifest.releaseNotes->sha256 = QByteArray(32, '\xa5');
    }
    core::SignedManifest document{{*core::bytesToSign(manifest), {}}, manifest};
    document.signatures.append(
        {QStringLiteral("ed25519"), QString(64, QLatin1Char('0')), QByteArray(64, 's')});
    return *core::toBytes(document);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    const QByteArray example =
        test_support::contentOf(test_support::dataPath(QStringLiteral("release/manifest.yaml")));
    const QByteArray full =
        test_support::contentOf(test_support::dataPath(QStringLiteral("release/every_field.yaml")));
    return {example, full, signedForm(example), signedForm(full)};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto written = core::parseManifest(bytes);
    FUZZ_PROMISE(!written || !written->payloads.isEmpty());
    FUZZ_PROMISE(written || written.error().kind == core::ErrorKind::InvalidFile);

    const auto document = core::parseSignedManifest(bytes);
    if (!document)
        return 0;
    const auto again = core::toBytes(*document);
    // "signatures" may be absent in the input, and is written always.
    FUZZ_PROMISE(again.has_value() && (*again == bytes || document->signatures.isEmpty()));
    const auto reread = core::parseSignedManifest(*again);
    FUZZ_PROMISE(reread.has_value() && reread->signedBytes == document->signedBytes);
    return 0;
}
