// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <optional>

namespace core {

/// What is to be in a trust file, from what is in it: nothing when there is no such file. The same bytes
/// leave it as it is.
using TrustFileChange = std::function<Result<QByteArray>(const std::optional<QByteArray> &now)>;

/// A change takes a moment; a token that signs may take some seconds.
constexpr std::chrono::milliseconds kLongestWaitForTrustFile{15'000};

/// The one way to write a trust file: several programs may want to at once, and what each of them adds or
/// revokes has to stay.
///
/// Waits until nobody else changes the file, reads it, asks `change` what is to be there, and puts that there
/// in one step, which is on the disk when this returns. A root never gives way to an older version. While it
/// is at work a file PATH.lock is beside the file that PATH names, by whatever links; one of a program that
/// died does not count. Gives what is in the file then. Blocks the thread; `change` is called once at most,
/// and asks nobody anything.
///
/// NotAllowedNow when another program does not come to its end in time, and says which one; FileFailed when
/// the file or its folder cannot be written; Untrusted with RootReplayed for an older root; else as `change`.
/// After an error the file is what it was.
Result<QByteArray> changeTrustFile(const QString &path, const TrustFileChange &change,
                                   std::chrono::milliseconds longestWait = kLongestWaitForTrustFile);

} // namespace core
