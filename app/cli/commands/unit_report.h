// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"

#include <QJsonObject>
#include <QTemporaryDir>

namespace cli {

/// A ZIP archive for a ticket: what was found out of a unit, the ports of the computer, and all that went
/// over the link meanwhile (docs/formats/sessions.md), so that a report from the field can become a test.
class UnitReport
{
public:
    /// Records the links of the session from now on; before the first of them is opened. An empty `path`:
    /// there is to be no report.
    UnitReport(QString path, Session &session);

    /// Writes it with what was found, or the error instead. FileFailed.
    core::Result<core::Done> write(const QJsonObject &findings);

    bool isWanted() const { return !m_path.isEmpty(); }
    const QString &path() const { return m_path; }

private:
    QString m_path;
    Session &m_session;
    QTemporaryDir m_folder;
};

} // namespace cli
