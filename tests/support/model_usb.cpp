// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_usb.h"

#include "core/async/mailbox.h"

namespace testing {

using core::Done;
using core::ErrorKind;
using core::Task;
using usb::DeviceFacts;
using usb::Setup;

namespace {

QByteArray bytesOf(const Bytes &bytes)
{
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()));
}

tl::unexpected<core::Error> gone()
{
    return core::fail(ErrorKind::Disconnected, QStringLiteral("the device has left the bus"));
}

} // namespace

class ModelUsb::Device final : public usb::UsbDevice
{
public:
    Device(ModelUsb &bus, DfuModel &model, DeviceFacts facts) :
        m_bus(bus), m_model(model), m_facts(std::move(facts))
    {
        m_bus.m_open.append(this);
    }
    ~Device() override { m_bus.m_open.removeOne(this); }

    const DeviceFacts &facts() const override { return m_facts; }

    Task<Done> send(Setup setup, QByteArray data) override
    {
        const DfuModel::Answer answer = co_await transfer(setup, data, quint16(data.size()));
        if (answer.taken != std::size_t(data.size())) {
            co_return core::fail(
                ErrorKind::TransportFailed,
                QStringLiteral("%1 of %2 bytes were taken").arg(answer.taken).arg(data.size()));
        }
        co_return Done{};
    }

    Task<QByteArray> ask(Setup setup, quint16 length) override
    {
        setup.type |= 0x80;
        const DfuModel::Answer answer = co_await transfer(setup, QByteArray(), length);
        co_return bytesOf(answer.data);
    }

    Task<Done> claim(quint8) override
    {
        if (m_bus.isTaken)
            co_return core::fail(ErrorKind::TransportFailed, core::Reason::DeviceInUse,
                                 QStringLiteral("another program has it"));
        if (!isHere())
            co_return gone();
        co_return Done{};
    }

    Task<Done> select(quint8 interface, quint8 alternate) override
    {
        constexpr quint8 kToInterface = 0x01;
        constexpr quint8 kSetInterface = 11;
        const Setup setup{kToInterface, kSetInterface, alternate, interface};
        co_await transfer(setup, QByteArray(), 0);
        co_return Done{};
    }

    Task<Done> reset() override
    {
        if (!isHere())
            co_return gone();
        m_model.resetBus();
        co_await core::after(kTransferTime, m_bus.m_clock);
        if (!isHere())
            co_return gone();
        co_return Done{};
    }

    /// Whoever waits for an answer learns that there will be none.
    void lookAgain()
    {
        if (!isHere())
            m_silence.put(gone());
    }

private:
    bool isHere() const { return m_model.isAttached() && m_model.enumeration() == m_facts.address; }

    Task<DfuModel::Answer> transfer(Setup setup, QByteArray data, quint16 length)
    {
        co_await core::after(kTransferTime, m_bus.m_clock);
        if (!isHere())
            co_return gone();
        const DfuSetup raw{setup.type, setup.request, setup.value, setup.index, length};
        DfuModel::Answer answer = m_model.control(raw, Bytes(data.begin(), data.end()));
        switch (answer.kind) {
        case DfuModel::Answer::Kind::Done:
            co_return answer;
        case DfuModel::Answer::Kind::Stall:
            co_return core::failByDevice(usb::kStall, QStringLiteral("the device stalled the request"));
        case DfuModel::Answer::Kind::Gone:
            co_return gone();
        case DfuModel::Answer::Kind::Silence:
            break;
        }
        co_await m_silence.next();
        co_return gone();
    }

    ModelUsb &m_bus;
    DfuModel &m_model;
    DeviceFacts m_facts;
    core::Mailbox<Done> m_silence;
};

ModelUsb::~ModelUsb() = default;

DfuModel &ModelUsb::plug(const QString &place, DfuTraits traits)
{
    const DfuWorld world{
        .now = [this] { return m_clock.now().count(); },
        .later =
            [this](std::int64_t delay, std::function<void()> action) {
                later(core::Milliseconds(delay), std::move(action));
            },
        .changed = [this, place] { look(place); },
    };
    Place &at = m_places[place];
    at.model = std::make_unique<DfuModel>(std::move(traits), world);
    look(place);
    return *at.model;
}

void ModelUsb::later(core::Milliseconds delay, std::function<void()> action)
{
    const int number = m_nextAlarm++;
    m_alarms[number] = m_clock.alarmIn(delay, [this, number, action = std::move(action)] {
        const auto doIt = action;
        m_alarms.erase(number);
        doIt();
    });
}

DeviceFacts ModelUsb::factsOf(const QString &place) const
{
    const DfuModel &model = *m_places.at(place).model;
    const DfuTraits &traits = model.traits();
    const bool isDfu = model.mode() == DfuModel::Mode::Dfu;
    DeviceFacts facts;
    facts.place = place;
    facts.address = model.enumeration();
    facts.ids = {traits.vendor, isDfu ? traits.product : traits.runTimeProduct};
    facts.release = traits.release;
    facts.configuration = bytesOf(model.configuration());
    facts.serialNumber = QString::fromStdString(model.serial());
    return facts;
}

/// Compares a place with what was told of it. A device that is back before its departure was told has left.
void ModelUsb::look(const QString &place)
{
    Place &at = m_places[place];
    std::optional<DeviceFacts> now;
    if (at.model->isAttached())
        now = factsOf(place);
    if (now == at.told)
        return;
    const std::optional<DeviceFacts> before = std::exchange(at.told, now);
    const QList<Device *> open = m_open;
    for (Device *device : open)
        device->lookAgain();
    if (before)
        tell(usb::DeviceChange::Left, *before);
    if (now)
        tell(usb::DeviceChange::Arrived, *now);
}

QList<DeviceFacts> ModelUsb::devices()
{
    QList<DeviceFacts> facts;
    for (const auto &[place, at] : m_places)
        if (at.told)
            facts.append(*at.told);
    return facts;
}

Task<std::unique_ptr<usb::UsbDevice>> ModelUsb::open(DeviceFacts device)
{
    const auto found = m_places.find(device.place);
    if (found == m_places.end() || !found->second.told || found->second.told->address != device.address)
        co_return gone();
    std::unique_ptr<usb::UsbDevice> open =
        std::make_unique<Device>(*this, *found->second.model, *found->second.told);
    co_return open;
}

} // namespace testing
