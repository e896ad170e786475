// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_bus.h"
#include "tests/support/dfu_model.h"

#include <QMap>

#include <map>
#include <memory>

namespace testing {

/// A USB bus in the memory of a test, with models of devices at its places, in the time of a clock.
class ModelUsb final : public usb::UsbBus
{
public:
    explicit ModelUsb(core::Clock &clock) : m_clock(clock) { }
    ~ModelUsb() override;

    /// Plugs a device in. The bus owns it.
    DfuModel &plug(const QString &place, DfuTraits traits);

    QList<usb::DeviceFacts> devices() override;
    core::Task<std::unique_ptr<usb::UsbDevice>> open(usb::DeviceFacts device) override;

    /// What one control transfer takes.
    static constexpr core::Milliseconds kTransferTime{1};
    /// Claims that fail because somebody else has the interface.
    bool isTaken = false;

private:
    class Device;
    struct Place {
        std::unique_ptr<DfuModel> model;
        std::optional<usb::DeviceFacts> told; // what the bus has told of
    };

    void look(const QString &place);
    usb::DeviceFacts factsOf(const QString &place) const;
    void later(core::Milliseconds delay, std::function<void()> action);

    core::Clock &m_clock;
    std::map<QString, Place> m_places;
    QList<Device *> m_open;
    std::map<int, std::unique_ptr<core::Clock::Alarm>> m_alarms;
    int m_nextAlarm = 0;
};

} // namespace testing
