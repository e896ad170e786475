// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QCborMap>
#include <QMap>
#include <QSet>

#include <optional>

namespace testing {

/// An MCUmgr application with the groups that our bootloader lacks, without any transport: packets in,
/// packets out, as Zephyr answers them. Shares no code with the client.
class GroupServer
{
public:
    /// The answer to one packet; none where a real server is silent too.
    std::optional<QByteArray> handle(const QByteArray &packet);

    qsizetype bufferSize = 384; // a packet that is larger is dropped without a word
    qsizetype fileChunk = 100;
    bool hasSha256 = true;
    bool hasCrc32 = true;
    bool hasHashes = true;
    int version = 1; // that of its errors and headers: 0 or 1

    // Requests are counted from 1, over the life of the server.
    QSet<int> lostRequests;
    QSet<int> lostAnswers;

    QMap<QString, QByteArray> files;
    QMap<QString, QByteArray> settings;
    QStringList shellWords; // of the last command
    int requestCount = 0;
    int resets = 0;
    int closes = 0;
    bool isStorageErased = false;

private:
    struct Request {
        int group;
        int id;
        bool isWrite;
        QCborMap body;

        QString text(const char *key) const { return body[QLatin1String(key)].toString(); }
        QByteArray bytes(const char *key) const { return body[QLatin1String(key)].toByteArray(); }
        qint64 number(const char *key) const { return body[QLatin1String(key)].toInteger(); }
    };

    QCborMap answer(const Request &request);
    QCborMap os(const Request &request);
    QCborMap setting(const Request &request);
    QCborMap file(const Request &request);
    QCborMap readChunk(const Request &request) const;
    QCborMap writeChunk(const Request &request);
    QCborMap hashOf(const Request &request) const;
    QCborMap shell(const Request &request);
    QCborMap refusal(int group, int code) const;
};

} // namespace testing
