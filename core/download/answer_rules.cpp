// SPDX-License-Identifier: Apache-2.0
#include "core/download/answer_rules.h"

#include "core/base/download_address.h"
#include "core/download/content_range.h"

#include <QUrl>

namespace core {

namespace {

// RFC 9110, section 15.
constexpr int kOk = 200;
constexpr int kPartialContent = 206;
constexpr int kMovedPermanently = 301;
constexpr int kFound = 302;
constexpr int kSeeOther = 303;
constexpr int kTemporaryRedirect = 307;
constexpr int kPermanentRedirect = 308;
constexpr int kNotFound = 404;
constexpr int kRequestTimeout = 408;
constexpr int kGone = 410;
constexpr int kRangeNotSatisfiable = 416;
constexpr int kTooEarly = 425;
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;

tl::unexpected<Error> refused(const QString &why)
{
    return fail(ErrorKind::TransportFailed, Reason::DownloadRefused, why);
}

tl::unexpected<Error> hasOtherSize(qint64 size, const WantedFile &wanted)
{
    return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                QStringLiteral("%1: the server's file has %2 bytes, and the manifest says %3")
                    .arg(wanted.url())
                    .arg(size)
                    .arg(wanted.size()));
}

tl::unexpected<Error> failureOf(int status, const QString &address)
{
    const QString answer = QStringLiteral("%1: the server answered %2").arg(address).arg(status);
    switch (status) {
    case kNotFound:
    case kGone:
        return fail(ErrorKind::TransportFailed, Reason::DownloadNotFound, answer);
    case kRequestTimeout:
    case kTooEarly:
    case kTooManyRequests:
        return fail(ErrorKind::TransportFailed, Reason::ServerFailed, answer);
    default:
        return fail(ErrorKind::TransportFailed,
                    status >= kFirstServerError ? Reason::ServerFailed : Reason::DownloadRefused, answer);
    }
}

Result<AnswerUse> useOfPart(const AnswerHead &head, const HttpsRequest &request, const WantedFile &wanted)
{
    const auto range = parseContentRange(head.contentRange);
    if (range && range->total && *range->total != wanted.size())
        return hasOtherSize(*range->total, wanted);
    const bool isAsAsked =
        request.from > 0 && range && range->first == request.from && range->last < wanted.size();
    if (!isAsAsked) {
        return refused(QStringLiteral("%1: asked for the bytes from %2 on, the server answered \"%3\"")
                           .arg(request.address)
                           .arg(request.from)
                           .arg(QString::fromLatin1(head.contentRange.left(80))));
    }
    const QByteArray tag = strongTag(head.entityTag);
    const bool isOfOther = !request.ifRange.isEmpty() && !tag.isEmpty() && tag != request.ifRange;
    return isOfOther ? AnswerUse::HasNoSuchRange : AnswerUse::Continues;
}

} // namespace

Result<AnswerUse> useOf(const AnswerHead &head, const HttpsRequest &request, const WantedFile &wanted)
{
    switch (head.status) {
    case kMovedPermanently:
    case kFound:
    case kSeeOther:
    case kTemporaryRedirect:
    case kPermanentRedirect:
        return AnswerUse::IsElsewhere;
    case kRangeNotSatisfiable:
        return request.from > 0 ? Result<AnswerUse>(AnswerUse::HasNoSuchRange)
                                : failureOf(head.status, request.address);
    case kOk:
    case kPartialContent:
        break;
    default:
        return failureOf(head.status, request.address);
    }
    const QByteArray coding = head.contentEncoding.trimmed().toLower();
    if (!coding.isEmpty() && coding != "identity") {
        return refused(QStringLiteral("%1: the server packed the file (%2), which was not asked for")
                           .arg(request.address, QString::fromLatin1(coding.left(80))));
    }
    if (head.status == kPartialContent)
        return useOfPart(head, request, wanted);
    if (head.length && *head.length != wanted.size())
        return hasOtherSize(*head.length, wanted);
    return AnswerUse::BeginsAnew;
}

Result<QString> redirectTarget(const QString &from, const AnswerHead &head)
{
    const QUrl location(QString::fromUtf8(head.location), QUrl::StrictMode);
    const QString target = QUrl(from).resolved(location).toString(QUrl::FullyEncoded | QUrl::RemoveFragment);
    if (head.location.isEmpty() || !location.isValid() || !isDownloadAddress(target)) {
        return refused(QStringLiteral("%1: the server sends elsewhere, to \"%2\", which is no https address")
                           .arg(from, QString::fromUtf8(head.location.left(200))));
    }
    return target;
}

} // namespace core
