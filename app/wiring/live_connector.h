// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/wiring/smp_unit.h"

#include <QStringList>

namespace wiring {

/// What the connector looks at.
struct Places {
    QString benchDirectory; // may be empty
    QStringList profileFolders; // as core::ProfileBook::read()
    QString recordFile = {}; // of every link; empty: nothing is recorded
};

/// The units of this machine: its serial ports, and the virtual devices of a bench when one is given.
///
/// A serial port is opened only when a profile knows it, it was named, or somebody asks for it: opening one
/// may reset the board behind it.
class LiveConnector final : public core::Connector
{
public:
    LiveConnector(core::Clock &clock, Places places);
    /// The monitor may be any, such as a model.
    LiveConnector(core::Clock &clock, Places places, std::unique_ptr<core::PortMonitor> monitor);
    ~LiveConnector() override;

    core::Result<QList<core::FoundUnit>> find() override;
    core::Result<core::FoundUnit> resolve(QString text) override;
    std::unique_ptr<core::Subscription> watch(std::function<void()> onChange) override;
    core::Task<std::unique_ptr<core::Driver>> open(core::FoundUnit unit) override;

    /// As openSmpClient().
    core::Task<std::unique_ptr<smp::Client>> openClient(core::FoundUnit unit,
                                                        std::function<void(QByteArray)> onText);

private:
    core::Result<core::Done> readProfiles();
    core::Result<LinkTools> linkTools();
    QList<core::Attachment> attachments() const;
    core::FoundUnit unitAt(const core::Attachment &attachment, const QString &name) const;
    void addAttachment(core::FoundUnit &unit) const;

    core::Clock &m_clock;
    Places m_places;
    std::unique_ptr<core::PortMonitor> m_monitor;
    std::optional<core::ProfileBook> m_profiles; // once they were read
    core::PortNames m_names;
    int m_recordedLinks = 0;
};

} // namespace wiring
