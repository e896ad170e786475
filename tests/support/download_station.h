// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/download/payload_fetcher.h"
#include "tests/support/fake_https.h"
#include "tests/support/run_task.h"
#include "tests/support/vectors.h"
#include "tests/support/wanted_samples.h"

#include <QTest>

#include <limits>

namespace test_support {

constexpr auto kSampleUrl = "https://fw.example/net.bin";

inline QByteArray sampleContent()
{
    QByteArray content;
    for (int number = 0; content.size() < 300'000; ++number)
        content += QByteArray::number(number) + ' ';
    return content;
}

/// A station that fetches one file from a server in memory.
struct Station {
    QTemporaryDir folder;
    testing::ManualClock clock;
    testing::FakeHttps server;
    core::StopRequest stop;
    qint64 stopAt = std::numeric_limits<qint64>::max();
    core::FileSteps disk;
    core::FileSteps *steps = &disk;
    std::optional<QStringList> allowedHosts;
    QList<core::DownloadProgressed> progress;
    core::WantedFile wanted = wantedFile(kSampleUrl, sampleContent());

    Station() { server.content = sampleContent(); }

    /// As a program that starts anew would.
    core::Result<QString> fetch()
    {
        const core::JobContext job{clock,
                                   [this](const core::JobEvent &event) {
                                       progress.append(std::get<core::DownloadProgressed>(event));
                                       if (progress.last().done >= stopAt)
                                           stop.raise();
                                   },
                                   &stop};
        core::PayloadFetcher fetcher(server, {folder.path(), allowedHosts}, job, *steps);
        const auto paths = testing::finish(fetcher.fetch({wanted}), clock);
        if (!paths)
            return core::passOn(paths.error());
        return paths->value(wanted.name());
    }

    QString path(const QString &ending = {}) const { return folder.filePath(wanted.name() + ending); }
    QByteArray part() const { return contentOf(path(QStringLiteral(".part"))); }
    QList<qint64> offsets() const
    {
        QList<qint64> offsets;
        for (const core::HttpsRequest &request : server.requests)
            offsets.append(request.from);
        return offsets;
    }

    /// What a run that was killed leaves behind: bytes, and the note that belongs to them.
    void leaveAPart(const QByteArray &bytes)
    {
        stopAt = 1;
        const QByteArray content = std::exchange(server.content, sampleContent());
        QVERIFY(!fetch().has_value());
        server.content = content;
        stop = {};
        stopAt = std::numeric_limits<qint64>::max();
        progress.clear();
        server.requests.clear();
        QVERIFY(QFile::exists(path(QStringLiteral(".part.json"))));
        QVERIFY(core::replaceFile(path(QStringLiteral(".part")), bytes));
    }
};

inline QString verdictOf(const core::Result<QString> &result)
{
    if (result)
        return contentOf(*result) == sampleContent() ? QStringLiteral("fetched")
                                                     : QStringLiteral("fetched something else");
    return result.error().reason ? core::reasonCode(*result.error().reason) : result.error().detail;
}

inline testing::FakeAnswer status(int code)
{
    return {{.status = code}};
}

inline testing::FakeAnswer redirection(const QByteArray &target)
{
    return {{.status = 302, .location = target}};
}

} // namespace test_support
