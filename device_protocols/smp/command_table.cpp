// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/command_table.h"

#include "device_protocols/smp/file_commands.h"
#include "device_protocols/smp/image_commands.h"
#include "device_protocols/smp/os_commands.h"
#include "device_protocols/smp/settings_commands.h"
#include "device_protocols/smp/shell_commands.h"

#include <algorithm>

namespace smp {

using core::Result;

namespace {

template<class Request>
Result<QCborMap> bodyOfWords(const QStringList &words)
{
    const Result<Request> request = fromWords<Request>(words);
    if (!request)
        return core::passOn(request.error());
    return toMap(*request);
}

template<class Reply>
Result<QCborMap> checked(const QCborMap &body)
{
    const Result<Reply> reply = fromMap<Reply>(body, QStringLiteral("answer"));
    if (!reply)
        return core::passOn(reply.error());
    return toMap(*reply);
}

template<class Request>
TableEntry row(const char *name, const char *does)
{
    return {.name = name,
            .does = does,
            .command = Request::kCommand,
            .patience = patienceOf<Request>(),
            .parameters = describe<Request>,
            .request = bodyOfWords<Request>,
            .reply = checked<typename Request::Reply>};
}

} // namespace

const QList<TableEntry> &commandTable()
{
    static const QList<TableEntry> table{
        row<Echo>("os-echo", "answers with the same text"),
        row<SetConsoleEcho>("os-console-echo", "switches the echo of the console"),
        row<ReadTasks>("os-tasks", "statistics of the tasks"),
        row<ReadMemoryPools>("os-memory", "statistics of the memory pools"),
        row<ReadDateTime>("os-date", "reads the clock"),
        row<SetDateTime>("os-set-date", "sets the clock"),
        row<Reset>("os-reset", "restarts the device; boot_mode=1 into its bootloader"),
        row<ReadParameters>("os-parameters", "the server's buffers"),
        row<ReadApplicationInfo>("os-info", "what the application says of itself; format=a for all"),
        row<ReadBootloader>("os-bootloader", "which bootloader; query=mode how MCUboot swaps"),

        row<ReadImages>("image-list", "the images in the slots"),
        row<MarkImage>("image-mark", "tries an image once, or with confirm=true for good"),
        row<EraseImage>("image-erase", "erases a slot; the second where none is named"),
        row<ReadSlotInfo>("image-slots", "the sizes of the slots"),

        row<ReadStatistics>("stat-read", "one group of statistics"),
        row<ListStatistics>("stat-list", "which groups of statistics there are"),

        row<ReadSetting>("settings-read", "reads a setting"),
        row<WriteSetting>("settings-write", "writes a setting"),
        row<DeleteSetting>("settings-delete", "deletes a setting"),
        row<CommitSettings>("settings-commit", "makes the application take over what was written"),
        row<LoadSettings>("settings-load", "loads all settings from where they are kept"),
        row<SaveSettings>("settings-save", "keeps all settings, or a subtree"),

        row<ReadFile>("fs-read", "one chunk of a file; fs-get reads whole files"),
        row<WriteFile>("fs-write", "one chunk of a file; fs-put writes whole files"),
        row<ReadFileStatus>("fs-status", "the length of a file"),
        row<HashFile>("fs-hash", "the hash of a file, or of a part"),
        row<ListHashTypes>("fs-hash-types", "which hashes the server computes"),
        row<CloseFile>("fs-close", "closes the file that the server holds open"),

        row<RunShell>("shell-run", "runs a command of the shell; shell WORDS is easier"),

        row<CountGroups>("enum-count", "how many groups there are"),
        row<ListGroups>("enum-list", "which groups there are"),
        row<ReadGroup>("enum-entry", "one group by its index"),
        row<DescribeGroups>("enum-details", "names and handlers of groups"),

        row<EraseStorage>("zephyr-erase-storage", "erases the settings partition"),
    };
    return table;
}

std::optional<TableEntry> commandNamed(const QString &name)
{
    const QList<TableEntry> &table = commandTable();
    const auto found = std::find_if(table.cbegin(), table.cend(), [&name](const TableEntry &entry) {
        return name == QLatin1String(entry.name);
    });
    return found == table.cend() ? std::nullopt : std::optional(*found);
}

} // namespace smp
