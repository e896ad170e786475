// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>

namespace core {

/// One GET. A value.
struct HttpsRequest {
    QString address; // isDownloadAddress() holds
    qint64 from = 0; // the first byte that is wanted; 0 asks for the whole and sends no Range
    QByteArray ifRange = {}; // the entity tag that the part belongs to: another file is sent as a whole
};

/// What a server says before the content (RFC 9110). Headers that are not there are empty.
struct AnswerHead {
    int status = 0;
    std::optional<qint64> length = {}; // Content-Length
    QByteArray contentRange = {};
    QByteArray contentEncoding = {};
    QByteArray entityTag = {};
    QByteArray location = {};
};

/// One answer as it comes. Destroying it ends the transfer. Not more than a few pieces are kept in memory,
/// however slowly they are taken.
///
/// Tasks may be cancelled and asked for again: nothing is lost. Untrusted with ServerUntrusted when the
/// server does not prove who it is; TransportFailed with ServerFailed for everything else that ends a
/// transfer.
class HttpsAnswer
{
public:
    virtual ~HttpsAnswer() = default;

    virtual Task<AnswerHead> head() = 0; // once, before the content
    virtual Task<QByteArray> next() = 0; // some bytes; empty where the answer ends as it should
};

/// Where files are fetched from. Follows no redirection, sends no cookie and no password, asks for no
/// compression and undoes none.
class HttpsSource
{
public:
    virtual ~HttpsSource() = default;
    virtual std::unique_ptr<HttpsAnswer> get(const HttpsRequest &request) = 0;
};

} // namespace core
