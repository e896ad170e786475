// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/download/https_source.h"

#include <QNetworkAccessManager>
#include <QSslConfiguration>

namespace download {

/// HTTPS by Qt: TLS 1.2 or newer, and a certificate that a certificate authority of the system vouches for.
/// Asks through the system's proxy, which sees nothing but the name of the server. Belongs to one thread with
/// an event loop; outlives its answers.
class HttpsClient final : public core::HttpsSource
{
public:
    /// `caFile` holds certificate authorities that count beside the system's, in PEM; empty: none. FileFailed
    /// or InvalidFile for it, Unsupported where Qt has no TLS.
    static core::Result<std::unique_ptr<core::HttpsSource>> create(const QString &caFile);

    std::unique_ptr<core::HttpsAnswer> get(const core::HttpsRequest &request) override;

private:
    explicit HttpsClient(QSslConfiguration tls);

    QSslConfiguration m_tls;
    QNetworkAccessManager m_network;
};

} // namespace download
