// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/download/https_source.h"
#include "core/release/wanted_files.h"

namespace core {

/// What an answer is good for, judged by its head alone.
enum class AnswerUse {
    Continues, // its first byte is the one that was asked for
    BeginsAnew, // it is the whole file
    IsElsewhere, // see redirectTarget()
    HasNoSuchRange, // the server's file ends before what was asked for: from zero
};

/// Untrusted with HashMismatch when the server's file has another size than the one that was signed;
/// TransportFailed with ServerFailed where a later try may help, DownloadNotFound, or DownloadRefused.
Result<AnswerUse> useOf(const AnswerHead &head, const HttpsRequest &request, const WantedFile &wanted);

/// Where a redirection leads, from the address that answered with it. TransportFailed with DownloadRefused
/// for anything that is not isDownloadAddress().
Result<QString> redirectTarget(const QString &from, const AnswerHead &head);

} // namespace core
