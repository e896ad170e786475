// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/smp_parts.h"
#include "app/cli/job_runner.h"
#include "device_protocols/smp/cbor_json.h"
#include "device_protocols/smp/shell_commands.h"

#include <QCborParserError>
#include <QCborValue>

namespace cli {

namespace {

using core::Done;
using core::ErrorKind;
using core::Result;
using core::Task;

// How soon Ctrl-C is seen.
constexpr core::Milliseconds kLookEvery{100};

/// A body out of JSON or hexadecimal CBOR; an empty map when there is neither, because some servers do not
/// answer a request without a map.
Result<QByteArray> bodyOf(const SmpOptions &options)
{
    const QStringList words = options.wordList();
    if (words.size() > 1 || (!words.isEmpty() && !options.cborHex.empty()))
        return core::fail(ErrorKind::Unsupported, QStringLiteral("raw takes one body: JSON, or --cbor HEX"));
    if (!options.cborHex.empty()) {
        const auto bytes = smp::bytesOfWord(QString::fromStdString(options.cborHex));
        return bytes ? Result<QByteArray>(*bytes)
                     : core::fail(ErrorKind::Unsupported, QStringLiteral("--cbor is not hexadecimal"));
    }
    if (words.isEmpty())
        return QCborValue(QCborMap()).toCbor();
    const Result<QCborValue> value = smp::cborOfJson(words.first().toUtf8());
    return value ? Result<QByteArray>(value->toCbor()) : core::passOn(value.error());
}

Result<QJsonObject> ask(smp::Command command, const QByteArray &body, smp::Client &client, Session &session)
{
    const smp::Patience patience = command.op == smp::Op::Read ? smp::kReading : smp::kErasing;
    const Result<QByteArray> reply = runToEnd(client.requestBytes(command, body, patience));
    if (!reply)
        return core::passOn(reply.error());
    QCborParserError parsing;
    const QCborValue value = QCborValue::fromCbor(*reply, &parsing);
    const bool isCbor = parsing.error == QCborError::NoError && parsing.offset == reply->size();
    const QJsonValue json = isCbor ? smp::jsonOf(value) : QJsonValue();
    const QString hex = QString::fromLatin1(reply->toHex());
    session.output().say(json.isObject() ? smpReplyText(json.toObject()) : hex);
    return QJsonObject{{QStringLiteral("reply"), json}, {QStringLiteral("cbor"), hex}};
}

Result<QJsonObject> runShell(const smp::RunShell &words, smp::Client &client, Session &session)
{
    smp::RunShell question = words;
    const Result<smp::ShellReply> reply = runToEnd(client.ask(std::move(question)));
    if (!reply)
        return core::passOn(reply.error());
    session.output().say(reply->output.endsWith(u'\n') ? reply->output.chopped(1) : reply->output);
    const int ret = reply->result ? *reply->result : reply->oldResult.value_or(0);
    if (ret != 0)
        session.output().say(QStringLiteral("(the command returned %1)").arg(ret));
    return QJsonObject{{QStringLiteral("output"), reply->output}, {QStringLiteral("ret"), ret}};
}

Task<Done> waitForEnd(std::function<bool()> isOver, core::Clock *clock)
{
    while (!isOver())
        co_await core::after(kLookEvery, *clock);
    co_return Done{};
}

/// The client listens by itself; the text goes where Session::openSmp() sends it.
Result<QJsonObject> showLog(std::optional<int> seconds, smp::Client &client, Session &session)
{
    const core::JobContext job = session.jobContext();
    const core::Milliseconds begun = job.clock.now();
    const auto isOver = [&] {
        return job.isStopped() || !client.isOpen()
            || (seconds && job.clock.now() - begun >= std::chrono::seconds(*seconds));
    };
    const Result<Done> ended = runToEnd(waitForEnd(isOver, &job.clock));
    if (!ended)
        return core::passOn(ended.error());
    if (!client.isOpen())
        return core::fail(ErrorKind::Disconnected, QStringLiteral("the link is gone"));
    return QJsonObject();
}

} // namespace

Result<SmpWork> smpRawWork(const SmpOptions &options)
{
    const bool isRead = options.operation == "read";
    if (!options.group || !options.id || (!isRead && options.operation != "write"))
        return core::fail(ErrorKind::Unsupported,
                          QStringLiteral("raw needs --group G --id I --op read|write"));
    const Result<QByteArray> body = bodyOf(options);
    if (!body)
        return core::passOn(body.error());
    const smp::Command command{isRead ? smp::Op::Read : smp::Op::Write, smp::Group(*options.group),
                               quint8(*options.id)};
    return SmpWork([command, body = *body](smp::Client &client, Session &session) {
        return ask(command, body, client, session);
    });
}

Result<SmpWork> smpShellWork(const SmpOptions &options)
{
    const smp::RunShell words{options.wordList()};
    if (words.words.isEmpty())
        return core::fail(ErrorKind::Unsupported, QStringLiteral("shell needs the words of a command"));
    return SmpWork(
        [words](smp::Client &client, Session &session) { return runShell(words, client, session); });
}

Result<SmpWork> smpLogWork(const SmpOptions &options)
{
    if (!options.words.empty())
        return core::fail(ErrorKind::Unsupported, QStringLiteral("log takes no words"));
    return SmpWork([seconds = options.seconds](smp::Client &client, Session &session) {
        return showLog(seconds, client, session);
    });
}

} // namespace cli
