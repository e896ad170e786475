// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/smp_parts.h"
#include "app/cli/job_runner.h"
#include "device_protocols/smp/cbor_json.h"
#include "device_protocols/smp/command_table.h"
#include "device_protocols/smp/error_names.h"

#include <QJsonArray>

#include <array>

namespace cli {

namespace {

using core::ErrorKind;
using core::Result;

// The word that stands in the place of a device, and asks for the table.
constexpr const char *kList = "list";

QString parameterText(const smp::FieldInfo &field)
{
    const QString word = QStringLiteral("%1=%2").arg(field.name, field.form);
    return field.presence == smp::Presence::Required ? word : u'[' + word + u']';
}

QJsonObject parameterJson(const smp::FieldInfo &field)
{
    return {{QStringLiteral("name"), field.name},
            {QStringLiteral("form"), field.form},
            {QStringLiteral("required"), field.presence == smp::Presence::Required}};
}

QJsonObject entryJson(const smp::TableEntry &entry)
{
    QJsonArray parameters;
    for (const smp::FieldInfo &field : entry.parameters())
        parameters.append(parameterJson(field));
    const bool isRead = entry.command.op == smp::Op::Read;
    return {{QStringLiteral("name"), QLatin1String(entry.name)},
            {QStringLiteral("group"), int(entry.command.group)},
            {QStringLiteral("id"), entry.command.id},
            {QStringLiteral("op"), isRead ? QStringLiteral("read") : QStringLiteral("write")},
            {QStringLiteral("does"), QLatin1String(entry.does)},
            {QStringLiteral("parameters"), parameters}};
}

/// What is more than one request, or no entry of the table.
struct Verb {
    const char *name;
    const char *form;
    Result<SmpWork> (*work)(const SmpOptions &);
};

constexpr std::array kVerbs{
    Verb{"image-upload", "image-upload FILE [image=N]", smpUploadWork},
    Verb{"fs-get", "fs-get REMOTE LOCAL", smpGetWork},
    Verb{"fs-put", "fs-put LOCAL REMOTE", smpPutWork},
    Verb{"shell", "shell WORDS…", smpShellWork},
    Verb{"log", "log", smpLogWork},
    Verb{"raw", "raw --group G --id I --op read|write [JSON]", smpRawWork},
};

int list(Session &session)
{
    QJsonArray commands;
    int lastGroup = -1;
    for (const smp::TableEntry &entry : smp::commandTable()) {
        const int group = int(entry.command.group);
        if (std::exchange(lastGroup, group) != group)
            session.output().say(QStringLiteral("%1 (group %2)").arg(smp::groupName(group)).arg(group));
        QStringList words{QLatin1String(entry.name)};
        for (const smp::FieldInfo &field : entry.parameters())
            words.append(parameterText(field));
        session.output().say(
            QStringLiteral("  %1\n      %2").arg(words.join(u' '), QLatin1String(entry.does)));
        commands.append(entryJson(entry));
    }
    QStringList forms;
    for (const Verb &verb : kVerbs)
        forms.append(QLatin1String(verb.form));
    session.output().say(QStringLiteral("Beside these: ") + forms.join(QStringLiteral(", ")));
    return session.output().done(QStringLiteral("smp list"), {{QStringLiteral("commands"), commands}});
}

Result<QJsonObject> runEntry(const smp::TableEntry &entry, const QCborMap &body, smp::Client &client,
                             Session &session)
{
    QCborMap question = body;
    const Result<QCborMap> answer =
        runToEnd(client.request(entry.command, std::move(question), entry.patience));
    const Result<QCborMap> reply = answer ? entry.reply(*answer) : core::passOn(answer.error());
    if (!reply)
        return core::passOn(reply.error());
    const QJsonObject json = smp::jsonOf(*reply);
    const QString sentence = smpSentence(QLatin1String(entry.name), body);
    if (!sentence.isEmpty())
        session.output().say(sentence);
    if (!json.isEmpty())
        session.output().say(smpReplyText(json));
    QJsonObject members{{QStringLiteral("reply"), json}};
    if (!sentence.isEmpty())
        members[QStringLiteral("sentence")] = sentence;
    return members;
}

int run(const SmpOptions &options, const SmpWork &work, Session &session)
{
    const QString command = QStringLiteral("smp ") + QString::fromStdString(options.command);
    using Text = Session::ConsoleText;
    const Text text = session.options.isLogShown || options.command == "log" ? Text::Shown : Text::Dropped;
    const auto client = session.openSmp(QString::fromStdString(options.device), text);
    if (!client)
        return session.output().result(command, client.error());
    const Result<QJsonObject> members = work(**client, session);
    return members ? session.output().done(command, *members)
                   : session.output().result(command, members.error());
}

/// Words that mean nothing are wrong usage, as an unknown option is.
SmpWork understood(const SmpOptions &options)
{
    const Result<SmpWork> work = smpWork(options);
    if (!work)
        throw CLI::ValidationError(options.command, work.error().detail.toStdString());
    return *work;
}

std::function<int()> chosen(const SmpOptions &options, Session &session)
{
    if (options.device == kList && options.command.empty())
        return [&session] { return list(session); };
    const SmpWork work = understood(options);
    return [options, work, &session] { return run(options, work, session); };
}

} // namespace

QStringList SmpOptions::wordList() const
{
    QStringList list;
    for (const std::string &word : words)
        list.append(QString::fromStdString(word));
    return list;
}

Result<SmpWork> smpTableWork(const SmpOptions &options)
{
    const auto entry = smp::commandNamed(QString::fromStdString(options.command));
    if (!entry)
        return core::fail(ErrorKind::Unsupported,
                          QStringLiteral("there is no such command; 'bootmend smp list' has them all"));
    const Result<QCborMap> body = entry->request(options.wordList());
    if (!body)
        return core::passOn(body.error());
    return SmpWork([entry = *entry, body = *body](smp::Client &client, Session &session) {
        return runEntry(entry, body, client, session);
    });
}

Result<SmpWork> smpWork(const SmpOptions &options)
{
    const bool isRaw = options.command == "raw";
    const bool hasRawOptions =
        options.group || options.id || !options.operation.empty() || !options.cborHex.empty();
    if (hasRawOptions && !isRaw)
        return core::fail(ErrorKind::Unsupported,
                          QStringLiteral("--group, --id, --op and --cbor belong to raw"));
    if (options.seconds && options.command != "log")
        return core::fail(ErrorKind::Unsupported, QStringLiteral("--seconds belongs to log"));
    for (const Verb &verb : kVerbs)
        if (options.command == verb.name)
            return verb.work(options);
    return smpTableWork(options);
}

void addSmp(CLI::App &app, Session &session)
{
    CLI::App *command = app.add_subcommand("smp", "single commands of the protocol, for engineers");
    const auto options = std::make_shared<SmpOptions>();
    command->add_option("DEVICE", options->device, "a name from 'devices', or an address; or the word list")
        ->required();
    command->add_option("COMMAND", options->command, "see 'bootmend smp list'");
    command->add_option("WORDS", options->words,
                        "its parameters: name=value, file names, words of the shell");
    command->add_option("--group", options->group, "raw: the group")->check(CLI::Range(0, 65535));
    command->add_option("--id", options->id, "raw: the command's number in it")->check(CLI::Range(0, 255));
    command->add_option("--op", options->operation, "raw: the operation")
        ->check(CLI::IsMember({"read", "write"}));
    command->add_option("--cbor", options->cborHex, "raw: the body in hexadecimal, instead of JSON");
    command->add_option("--seconds", options->seconds, "log: how long; otherwise until Ctrl-C")
        ->check(CLI::Range(1, 86'400));
    command->callback([=, &session] { session.command = chosen(*options, session); });
}

} // namespace cli
