// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/sha256.h"
#include "core/release/wanted_files.h"
#include "tests/support/release_samples.h"

#include <QTemporaryDir>

namespace test_support {

const QDateTime kSampleTime(QDate(2026, 12, 1), QTime(12, 0), Qt::UTC);

/// A sample release of two payloads: its application lies in the bundle, the other one at an address.
inline SampleRelease releaseAt(const QByteArray &url, const QByteArray &content)
{
    SampleRelease sample;
    sample.manifest.replace("payload:\n  file: \"app.bin\"\n",
                            "payloads:\n"
                            "  - file: \"app.bin\"\n"
                            "  - image: \"network-core\"\n"
                            "    url: \""
                                + url + "\"\n    size: " + QByteArray::number(content.size())
                                + "\n    sha256: \"" + core::Sha256::of(content).toHex() + "\"\n");
    return sample;
}

/// What a station may fetch: there is no shorter way to it than a signed bundle.
inline core::WantedFile wantedFile(const QByteArray &url, const QByteArray &content)
{
    const QTemporaryDir folder;
    const SampleRelease sample = releaseAt(url, content);
    const auto bundle = sample.create(QDir(folder.path()));
    const auto wanted =
        bundle ? core::wantedFiles(*bundle, sample.store(), {kSampleTime}) : core::passOn(bundle.error());
    if (!wanted || wanted->files.size() != 1)
        qFatal("no sample: %s", wanted ? "" : qPrintable(wanted.error().detail));
    return wanted->files.first();
}

} // namespace test_support
