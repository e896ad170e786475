// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/download/https_source.h"
#include "core/download/part_file.h"
#include "core/update/job.h"

namespace core {

/// Fetches the payloads that a signed manifest names by address into a folder, one after the other:
/// docs/formats/downloads.md.
///
/// It goes on where an earlier run stopped, takes no byte beyond the size that was signed, hashes while it
/// writes, and gives a file only when it has the hash that was signed. A transfer that breaks off is tried
/// again, after growing waits, until it has failed six times in a row without getting any further.
/// What another try cannot change is told at once.
///
/// Belongs to one thread, blocks on disks, and outlives its tasks. The folder may be shared by several
/// programs.
class PayloadFetcher
{
public:
    struct Place {
        QString folder; // is made when it is not there
        std::optional<QStringList> allowedHosts = {}; // isHostAmong(); nothing: any
    };

    /// `source`, `steps` and what `job` refers to outlive the fetcher.
    PayloadFetcher(HttpsSource &source, Place place, JobContext job);
    PayloadFetcher(HttpsSource &source, Place place, JobContext job, FileSteps &steps);

    /// Paths by name(). Ends with the first failure; what has come stays for the next run.
    ///
    /// Untrusted with HashMismatch (also: the server has more or fewer bytes) or ServerUntrusted,
    /// NotAllowedNow with HostNotAllowed or StorageFull, TransportFailed with ServerFailed, DownloadNotFound
    /// or DownloadRefused, Cancelled, FileFailed.
    Task<QMap<QString, QString>> fetch(QList<WantedFile> files);

private:
    struct Answer; // one that began where it should

    Task<QString> fetchOne(WantedFile file);
    Task<Done> waitForLock(std::shared_ptr<PartFile> part);
    Task<QString> fillUp(WantedFile file, std::shared_ptr<PartFile> part);
    Task<Done> transfer(WantedFile file, std::shared_ptr<PartFile> part);
    Task<Answer> ask(WantedFile file, HttpsRequest request);
    Task<QByteArray> nextPiece(std::shared_ptr<HttpsAnswer> answer);
    Task<AnswerHead> headOf(std::shared_ptr<HttpsAnswer> answer);
    Task<Done> pause(Milliseconds delay);
    void report(WantedFile file, qint64 done);

    HttpsSource &m_source;
    Place m_place;
    JobContext m_job;
    FileSteps m_ownSteps;
    FileSteps &m_steps;
    qint64 m_reported = -1;
};

} // namespace core
