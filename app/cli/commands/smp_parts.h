// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "device_protocols/smp/smp_client.h"

#include <QJsonObject>

namespace cli {

/// `bootmend smp DEVICE COMMAND [WORD…]` as it was typed.
struct SmpOptions {
    std::string device;
    std::string command;
    std::vector<std::string> words;
    std::optional<int> group; // of raw
    std::optional<int> id;
    std::string operation; // "read", "write"
    std::string cborHex; // --cbor, instead of JSON
    std::optional<int> seconds; // of log

    QStringList wordList() const;
};

/// What one of the commands does with an open client; the members of its result.
using SmpWork = std::function<core::Result<QJsonObject>(smp::Client &, Session &)>;

/// The work that the words stand for; Unsupported, and what is wrong with them, when they stand for none.
/// Nothing is sent before all of them are understood.
core::Result<SmpWork> smpWork(const SmpOptions &options);

core::Result<SmpWork> smpTableWork(const SmpOptions &options);
core::Result<SmpWork> smpRawWork(const SmpOptions &options);
core::Result<SmpWork> smpShellWork(const SmpOptions &options);
core::Result<SmpWork> smpLogWork(const SmpOptions &options);
core::Result<SmpWork> smpGetWork(const SmpOptions &options);
core::Result<SmpWork> smpPutWork(const SmpOptions &options);
core::Result<SmpWork> smpUploadWork(const SmpOptions &options);

/// What a command that changes the device did, in a sentence; empty for those that only look.
QString smpSentence(const QString &command, const QCborMap &request);

/// A reply for people: a line for each member, indented where they lie deeper.
QString smpReplyText(const QJsonObject &reply);

} // namespace cli
