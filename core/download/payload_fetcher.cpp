// SPDX-License-Identifier: Apache-2.0
#include "core/download/payload_fetcher.h"

#include "core/base/download_address.h"
#include "core/download/answer_rules.h"
#include "core/download/content_range.h"

#include <QDateTime>
#include <QDir>

using namespace std::chrono_literals;

namespace core {

namespace {

constexpr Milliseconds kLook = 500ms; // how long a stop may go unheard
constexpr Milliseconds kLongestSilence = 30s; // a server that does not answer for longer has forgotten us
constexpr Milliseconds kFirstPause = 1s; // doubled from try to try: 31 s in all
constexpr int kMostFailures = 6;
constexpr qint64 kWorthwhile = 64 * 1024; // less than that is no progress, or a server could keep us for days
constexpr qsizetype kMostRedirections = 5;

tl::unexpected<Error> refused(const QString &why)
{
    return fail(ErrorKind::TransportFailed, Reason::DownloadRefused, why);
}

tl::unexpected<Error> serverFailed(const QString &why)
{
    return fail(ErrorKind::TransportFailed, Reason::ServerFailed, why);
}

tl::unexpected<Error> differs(const WantedFile &file, const QString &what)
{
    return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                QStringLiteral("%1: its %2 is not the one in the manifest").arg(file.url(), what));
}

tl::unexpected<Error> stopped()
{
    return fail(ErrorKind::Cancelled,
                QStringLiteral("stopped while a file was fetched; what has come is kept"));
}

Result<Done> checkHost(const std::optional<QStringList> &allowedHosts, const QString &address)
{
    if (!allowedHosts || isHostAmong(*allowedHosts, address))
        return Done{};
    return fail(ErrorKind::NotAllowedNow, Reason::HostNotAllowed,
                QStringLiteral("%1 is on none of the servers that the policy allows: %2")
                    .arg(address, allowedHosts->join(QStringLiteral(", "))));
}

} // namespace

/// One that begins where it should.
struct PayloadFetcher::Answer {
    std::shared_ptr<HttpsAnswer> content;
    AnswerUse use;
    QByteArray entityTag; // as the server has it
};

PayloadFetcher::PayloadFetcher(HttpsSource &source, Place place, JobContext job) :
    PayloadFetcher(source, std::move(place), std::move(job), m_ownSteps)
{
}

PayloadFetcher::PayloadFetcher(HttpsSource &source, Place place, JobContext job, FileSteps &steps) :
    m_source(source), m_place(std::move(place)), m_job(std::move(job)), m_steps(steps)
{
}

Task<QMap<QString, QString>> PayloadFetcher::fetch(QList<WantedFile> files)
{
    QMap<QString, QString> paths;
    if (files.isEmpty())
        co_return paths;
    if (!QDir().mkpath(m_place.folder))
        co_return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be created").arg(m_place.folder));
    tidyDownloads(m_place.folder, QDateTime::currentDateTimeUtc());
    for (const WantedFile &file : files) {
        const QString path = co_await fetchOne(file);
        paths.insert(file.name(), path);
    }
    co_return paths;
}

Task<QString> PayloadFetcher::fetchOne(WantedFile file)
{
    m_reported = -1;
    const auto part = std::make_shared<PartFile>(m_place.folder, file, m_steps);
    co_await waitForLock(part);
    const std::optional<QString> whole = co_await part->whole();
    if (whole) {
        report(file, file.size());
        co_return *whole;
    }
    co_await part->open();
    co_return co_await fillUp(file, part);
}

Task<Done> PayloadFetcher::waitForLock(std::shared_ptr<PartFile> part)
{
    while (true) {
        const bool isOurs = co_await part->lock();
        if (isOurs)
            co_return Done{};
        co_await pause(kLook);
    }
}

Task<QString> PayloadFetcher::fillUp(WantedFile file, std::shared_ptr<PartFile> part)
{
    int failures = 0;
    qint64 farthest = part->size();
    bool hasStartedOver = false;
    while (true) {
        const auto transferred = co_await attempt(transfer(file, part));
        if (transferred) {
            const bool isOfSeveralAnswers = part->isOfSeveralAnswers();
            const std::optional<QString> path = co_await part->finish();
            if (path)
                co_return *path;
            // Its pieces may be of two files; only one that came in one piece is certainly another one.
            if (!isOfSeveralAnswers || hasStartedOver)
                break;
            hasStartedOver = true;
            farthest = 0;
            continue;
        }
        if (transferred.error().reason != Reason::ServerFailed)
            co_return passOn(transferred.error(), QStringLiteral("fetching %1").arg(file.url()));
        if (part->size() >= farthest + kWorthwhile) {
            farthest = part->size();
            failures = 0;
        }
        if (++failures == kMostFailures)
            co_return passOn(transferred.error(), QStringLiteral("fetching %1").arg(file.url()));
        co_await pause(kFirstPause * (1 << (failures - 1)));
    }
    co_await part->drop();
    co_return differs(file, QStringLiteral("hash"));
}

Task<Done> PayloadFetcher::transfer(WantedFile file, std::shared_ptr<PartFile> part)
{
    if (part->size() == file.size())
        co_return Done{}; // A program that ended before it could look at the hash left it.
    const HttpsRequest request{file.url(), part->size(), part->entityTag()};
    const Answer answer = co_await ask(file, request);
    if (answer.use == AnswerUse::Continues) {
        part->goOn();
    } else {
        co_await part->startOver(strongTag(answer.entityTag));
    }
    if (answer.use == AnswerUse::HasNoSuchRange)
        co_return serverFailed(QStringLiteral("the server has no longer what was fetched before"));
    report(file, part->size());
    while (true) {
        const QByteArray piece = co_await nextPiece(answer.content);
        if (piece.isEmpty())
            break;
        if (piece.size() > file.size() - part->size()) {
            co_await part->drop();
            co_return differs(file, QStringLiteral("size"));
        }
        co_await part->add(piece);
        report(file, part->size());
    }
    if (part->size() < file.size())
        co_return serverFailed(
            QStringLiteral("the answer ended after %1 of %2 bytes").arg(part->size()).arg(file.size()));
    co_return Done{};
}

Task<PayloadFetcher::Answer> PayloadFetcher::ask(WantedFile file, HttpsRequest request)
{
    QStringList asked;
    while (true) {
        co_await checkHost(m_place.allowedHosts, request.address);
        asked.append(request.address);
        const std::shared_ptr<HttpsAnswer> answer = m_source.get(request);
        const AnswerHead head = co_await headOf(answer);
        const AnswerUse use = co_await useOf(head, request, file);
        if (use != AnswerUse::IsElsewhere) {
            const Answer found{answer, use, head.entityTag};
            co_return found;
        }
        request.address = co_await redirectTarget(request.address, head);
        if (asked.contains(request.address) || asked.size() > kMostRedirections)
            co_return refused(QStringLiteral("%1: the server sends in circles").arg(file.url()));
    }
}

Task<AnswerHead> PayloadFetcher::headOf(std::shared_ptr<HttpsAnswer> answer)
{
    for (Milliseconds silence{0}; silence < kLongestSilence; silence += kLook) {
        const auto head = co_await attempt(within(kLook, m_job.clock, answer->head()));
        if (m_job.isStopped())
            co_return stopped();
        if (head || head.error().kind != ErrorKind::TimedOut)
            co_return head;
    }
    co_return serverFailed(QStringLiteral("no answer within %1 s").arg(kLongestSilence / 1s));
}

Task<QByteArray> PayloadFetcher::nextPiece(std::shared_ptr<HttpsAnswer> answer)
{
    for (Milliseconds silence{0}; silence < kLongestSilence; silence += kLook) {
        const auto piece = co_await attempt(within(kLook, m_job.clock, answer->next()));
        if (m_job.isStopped())
            co_return stopped();
        if (piece || piece.error().kind != ErrorKind::TimedOut)
            co_return piece;
    }
    co_return serverFailed(QStringLiteral("not a byte for %1 s").arg(kLongestSilence / 1s));
}

Task<Done> PayloadFetcher::pause(Milliseconds delay)
{
    for (Milliseconds waited{0}; waited < delay; waited += kLook) {
        if (m_job.isStopped())
            co_return stopped();
        co_await after(kLook, m_job.clock);
    }
    co_return Done{};
}

/// At most some hundred times for a file.
void PayloadFetcher::report(WantedFile file, qint64 done)
{
    const bool isNews = m_reported < 0 || done < m_reported || done - m_reported > file.size() / 100
        || (done == file.size() && done != m_reported);
    if (!isNews)
        return;
    m_reported = done;
    m_job.report(DownloadProgressed{file.name(), done, file.size()});
}

} // namespace core
