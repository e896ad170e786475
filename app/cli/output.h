// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/text_lines.h"
#include "core/update/plan.h"

#include <QJsonObject>

#include <cstdio>

namespace cli {

/// What a command says: JSON lines on standard output with --json, otherwise text for people.
///
/// With --json everything that is not a JSON line goes to standard error. Errors always have a text for
/// people there.
///
/// Everything in these texts may be foreign: what it says in a terminal is said by texts::harmlessLine(), so
/// that each line is one that we began, and nothing in it is a command to the terminal.
class Output
{
public:
    enum class Form { Text, JsonLines };

    explicit Output(Form form, std::FILE *out = stdout, std::FILE *err = stderr) :
        m_form(form), m_out(out), m_err(err)
    {
    }

    bool isJson() const { return m_form == Form::JsonLines; }

    void device(const core::DeviceSnapshot &unit);

    /// The same of a list that goes on.
    enum class DeviceChange { Present, Arrived, Inspected, Left };
    void deviceChange(DeviceChange change, const core::DeviceSnapshot &unit);
    void jobEvent(const core::JobEvent &event);
    void plan(const core::UpdatePlan &plan);

    /// One line for people; not said at all with --json.
    void say(const QString &line);

    /// What the device prints, in pieces, said line by line: on standard error, so that answers can be piped,
    /// and a `note` for scripts. What is begun and not ended is said before the result.
    void consoleText(const QByteArray &piece);

    /// A `note` line with members of its own; people get these lines.
    void note(const QStringList &lines, const QJsonObject &members);

    /// Something that a person has to know before going on: on standard error, and a `note` for scripts.
    void warn(const QString &note, const QString &sentence);

    /// The `result` line that ends the command. Each gives the exit code.
    /// With members of its own, where the command has some to tell.
    int result(const QString &command, const core::Verdict &verdict, const QJsonObject &members = {});
    int result(const QString &command, const core::Error &error);
    int done(const QString &command, const QJsonObject &members = {});

    /// The same for a command line that was not understood; people have been told by the parser.
    void wrongUsage(const QString &command, const QString &problem);

private:
    void jsonLine(const QString &event, const QJsonObject &members);
    void print(const QString &line);
    void complain(const QString &line);
    void consoleLine(const QString &line);
    void endConsoleLine();
    void progress(const QString &verb, qint64 done, qint64 total, const QString &pace = {});

    Form m_form;
    std::FILE *m_out;
    std::FILE *m_err;
    int m_lastPercent = -1;
    core::TextLines m_console;
};

} // namespace cli
