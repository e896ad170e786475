// SPDX-License-Identifier: Apache-2.0
#include "app/download/https_client.h"

#include "core/async/mailbox.h"
#include "core/base/file_access.h"

#include <QNetworkProxyFactory>
#include <QNetworkReply>
#include <QSslCertificate>
#include <QSslError>
#include <QSslSocket>

namespace download {

namespace {

constexpr qint64 kLargestCaFile = 1024 * 1024;
constexpr qint64 kBuffer = 1024 * 1024;
constexpr qint64 kPiece = 256 * 1024;

class SystemProxy final : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        return systemProxyForQuery(query);
    }
};

struct LaterDeleter {
    void operator()(QNetworkReply *reply) const
    {
        reply->abort();
        reply->deleteLater();
    }
};

class Transfer final : public core::HttpsAnswer
{
public:
    explicit Transfer(QNetworkReply *reply) : m_reply(reply)
    {
        const auto tell = [this] { m_news.put(core::Done{}); };
        QObject::connect(reply, &QNetworkReply::metaDataChanged, &m_home, tell);
        QObject::connect(reply, &QNetworkReply::readyRead, &m_home, tell);
        QObject::connect(reply, &QNetworkReply::finished, &m_home, tell);
        QObject::connect(reply, &QNetworkReply::sslErrors, &m_home, [this](const QList<QSslError> &errors) {
            for (const QSslError &error : errors)
                m_complaints.append(error.errorString());
        });
    }

    core::Task<core::AnswerHead> head() override
    {
        while (!status().isValid() && !m_reply->isFinished())
            co_await news();
        if (!status().isValid())
            co_return failure();
        co_return readHead();
    }

    core::Task<QByteArray> next() override
    {
        while (m_reply->bytesAvailable() == 0 && !m_reply->isFinished())
            co_await news();
        const QByteArray piece = m_reply->read(kPiece);
        if (piece.isEmpty() && m_reply->error() != QNetworkReply::NoError)
            co_return failure();
        co_return piece;
    }

private:
    /// What is awaited is looked up at the reply: news that nobody waited for is none.
    core::Task<core::Done> news()
    {
        m_news.clear();
        return m_news.next();
    }

    QVariant status() const { return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute); }

    core::AnswerHead readHead() const
    {
        core::AnswerHead head{.status = status().toInt(),
                              .contentRange = m_reply->rawHeader("Content-Range"),
                              .contentEncoding = m_reply->rawHeader("Content-Encoding"),
                              .entityTag = m_reply->rawHeader("ETag"),
                              .location = m_reply->rawHeader("Location")};
        bool isNumber = false;
        const qint64 length = m_reply->rawHeader("Content-Length").toLongLong(&isNumber);
        if (isNumber && length >= 0)
            head.length = length;
        return head;
    }

    tl::unexpected<core::Error> failure() const
    {
        const QString address = m_reply->url().toString();
        if (m_reply->error() == QNetworkReply::SslHandshakeFailedError)
            return core::fail(core::ErrorKind::Untrusted, core::Reason::ServerUntrusted,
                              QStringLiteral("%1: %2").arg(address,
                                                           m_complaints.isEmpty() ? m_reply->errorString()
                                                                                  : m_complaints.join(u' ')));
        return core::fail(core::ErrorKind::TransportFailed, core::Reason::ServerFailed,
                          QStringLiteral("%1: %2").arg(address, m_reply->errorString()));
    }

    core::Mailbox<core::Done> m_news;
    QStringList m_complaints;
    std::unique_ptr<QNetworkReply, LaterDeleter> m_reply;
    QObject m_home; // goes first: what the reply says while it is dropped is for nobody
};

} // namespace

core::Result<std::unique_ptr<core::HttpsSource>> HttpsClient::create(const QString &caFile)
{
    if (!QSslSocket::supportsSsl())
        return core::fail(core::ErrorKind::Unsupported,
                          QStringLiteral("Qt has no TLS on this computer (%1 was asked for)")
                              .arg(QSslSocket::sslLibraryBuildVersionString()));
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!caFile.isEmpty()) {
        const auto bytes = core::readWholeFile(caFile, kLargestCaFile);
        if (!bytes)
            return core::passOn(bytes.error());
        const QList<QSslCertificate> own = QSslCertificate::fromData(*bytes, QSsl::Pem);
        if (own.isEmpty())
            return core::fail(core::ErrorKind::InvalidFile,
                              QStringLiteral("%1: holds no certificate in PEM").arg(caFile));
        tls.setCaCertificates(QSslConfiguration::systemCaCertificates() + own);
    }
    return std::unique_ptr<core::HttpsSource>(new HttpsClient(tls));
}

HttpsClient::HttpsClient(QSslConfiguration tls) : m_tls(std::move(tls))
{
    m_network.setProxyFactory(new SystemProxy);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

std::unique_ptr<core::HttpsAnswer> HttpsClient::get(const core::HttpsRequest &request)
{
    QNetworkRequest get(QUrl(request.address, QUrl::StrictMode));
    get.setSslConfiguration(m_tls);
    get.setRawHeader("User-Agent", "bootmend");
    get.setRawHeader("Accept-Encoding", "identity");
    if (request.from > 0)
        get.setRawHeader("Range", "bytes=" + QByteArray::number(request.from) + '-');
    if (request.from > 0 && !request.ifRange.isEmpty())
        get.setRawHeader("If-Range", request.ifRange);
    get.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    for (const auto attribute :
         {QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::CookieSaveControlAttribute,
          QNetworkRequest::AuthenticationReuseAttribute})
        get.setAttribute(attribute, QNetworkRequest::Manual);
    QNetworkReply *reply = m_network.get(get);
    reply->setReadBufferSize(kBuffer);
    return std::make_unique<Transfer>(reply);
}

} // namespace download
