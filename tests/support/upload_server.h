// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QCborMap>
#include <QMap>
#include <QSet>

#include <optional>

namespace testing {

/// The device's side of SMP image uploads, without any transport: packets in, packets out. Behaves as the
/// servers in the field were measured to do (docs: SMP servers of others), with faults on request.
class UploadServer
{
public:
    enum class Kind {
        Zephyr, // resumes by the file's SHA-256; answers without rc
        McubootRecovery, // offset 0 always starts anew; answers with rc; cuts chunks to `writeUnit`
        Bootmend, // resumes as Zephyr does, also after a restart, at a sector; judges the file at its end
    };

    /// Upload requests are counted from 1, over the life of the server.
    struct Faults {
        QSet<int> lostRequests = {};
        QSet<int> lostAnswers = {};
        QMap<int, int> refusals = {}; // request → generic rc
        QMap<int, qint64> liesAboutOffset = {}; // request → "off"
        int silentFrom = 0; // answers nothing from this request on
        int forgetsAt = 0; // restarts before this request: the session is gone
        qsizetype largestChunk = 0; // more data in a first request gives rc 3
        std::optional<bool> match = {}; // in the last answer
    };

    /// The answer to one packet; none where a real server is silent too.
    std::optional<QByteArray> handle(const QByteArray &packet);

    /// As after a reset: what was in memory is gone.
    void restart();

    Kind kind = Kind::Zephyr;
    Faults faults = {};
    qsizetype bufferSize = 1024; // a packet that is larger is dropped without a word
    qsizetype writeUnit = 1;

    QByteArray received; // what is in flash
    int requestCount = 0;
    int eraseCount = 0;
    QList<qsizetype> chunkSizes;

private:
    std::optional<QCborMap> upload(const QCborMap &request);
    std::optional<QCborMap> begin(const QCborMap &request);
    QCborMap append(qint64 offset, QByteArray data);
    QCborMap resume(const QByteArray &data);
    QCborMap success(qint64 offset) const;

    QByteArray m_digest;
    qsizetype m_length = 0;
    bool m_isOpen = false; // an upload, since the last restart
};

} // namespace testing
