// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"
#include "core/release/verified_release.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/release_samples.h"
#include "tests/support/vectors.h"

#include <QTemporaryDir>

namespace {

struct Intact {
    test_support::SampleRelease sample;
    QByteArray bytes;
    core::Bundle bundle;

    Intact()
    {
        sample.releaseKey = test_support::rfc8032Key(1);
        sample.bootKey = test_support::rfc8032Key(2);
        sample.image.payload = QByteArray("firmware");
        QTemporaryDir folder;
        *sample.create(QDir(folder.path()));
        bytes = test_support::contentOf(folder.filePath(QStringLiteral("release.bmb")));
        bundle = *core::parseBundle(bytes);
    }
};

const Intact &intact()
{
    static const Intact kIntact;
    return kIntact;
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {intact().bytes, *core::writeArchive({{QStringLiteral("a"), "b"}})};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto bundle = core::parseBundle(bytes);
    if (!bundle) {
        FUZZ_PROMISE(bundle.error().kind == core::ErrorKind::InvalidFile);
        return 0;
    }
    const QDateTime now({2026, 12, 1}, {12, 0}, Qt::UTC);
    const auto release = core::verifyBundle(*bundle, intact().sample.store(), {now});
    if (!release)
        return 0;
    FUZZ_PROMISE(bundle->document.signedBytes == intact().bundle.document.signedBytes);
    FUZZ_PROMISE(*core::checkFiles(*bundle) == *core::checkFiles(intact().bundle));
    return 0;
}
