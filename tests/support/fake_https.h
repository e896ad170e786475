// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "core/download/https_source.h"

#include <functional>

namespace testing {

/// What a server does with one request.
struct FakeAnswer {
    enum class End { Proper, Cut, Silent };

    core::AnswerHead head;
    QByteArray body = {};
    End end = End::Proper;
    std::optional<core::Error> failure = {}; // instead of a head
    bool isMute = false; // not even a head
};

/// A server in memory. It is honest unless a test says what it does; and it counts.
class FakeHttps final : public core::HttpsSource
{
public:
    QByteArray content;
    QByteArray entityTag = "\"v1\"";
    std::function<FakeAnswer(const core::HttpsRequest &)> answers =
        [this](const core::HttpsRequest &request) { return honest(request); };
    QList<core::HttpsRequest> requests;
    qint64 sent = 0; // bytes of content, of all answers

    FakeAnswer honest(const core::HttpsRequest &request) const
    {
        const bool isOfThis = request.ifRange.isEmpty() || request.ifRange == entityTag;
        if (request.from == 0 || !isOfThis)
            return {{.status = 200, .length = content.size(), .entityTag = entityTag}, content};
        if (request.from >= content.size())
            return {{.status = 416}};
        const QByteArray range = "bytes " + QByteArray::number(request.from) + '-'
            + QByteArray::number(content.size() - 1) + '/' + QByteArray::number(content.size());
        return {{.status = 206,
                 .length = content.size() - request.from,
                 .contentRange = range,
                 .entityTag = entityTag},
                content.mid(request.from)};
    }

    FakeAnswer cutAfter(const core::HttpsRequest &request, qsizetype bytes) const
    {
        FakeAnswer answer = honest(request);
        if (answer.body.size() > bytes) {
            answer.body.truncate(bytes);
            answer.end = FakeAnswer::End::Cut;
        }
        return answer;
    }

    std::unique_ptr<core::HttpsAnswer> get(const core::HttpsRequest &request) override
    {
        requests.append(request);
        return std::make_unique<Transfer>(*this, answers(request));
    }

private:
    class Transfer final : public core::HttpsAnswer
    {
    public:
        Transfer(FakeHttps &server, FakeAnswer answer) : m_server(server), m_answer(std::move(answer)) { }

        core::Task<core::AnswerHead> head() override
        {
            if (m_answer.isMute)
                (void)co_await m_never.next();
            if (m_answer.failure)
                co_return core::passOn(*m_answer.failure);
            co_return m_answer.head;
        }
        core::Task<QByteArray> next() override
        {
            const QByteArray piece = m_answer.body.mid(m_at, kPiece);
            m_at += piece.size();
            m_server.sent += piece.size();
            if (!piece.isEmpty() || m_answer.end == FakeAnswer::End::Proper)
                co_return piece;
            if (m_answer.end == FakeAnswer::End::Silent)
                (void)co_await m_never.next();
            co_return core::fail(core::ErrorKind::TransportFailed, core::Reason::ServerFailed,
                                 QStringLiteral("cut"));
        }

    private:
        static constexpr qsizetype kPiece = 10'000;

        FakeHttps &m_server;
        FakeAnswer m_answer;
        qsizetype m_at = 0;
        core::Mailbox<QByteArray> m_never;
    };
};

} // namespace testing
