// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mock_dfu_units.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace testing {

namespace {

constexpr int kHighestAddress = 127; // USB 2.0, section 9.4.6
constexpr int kFirstAddress = 5;

std::string hex(const Bytes &bytes)
{
    std::string text;
    char pair[3];
    for (const std::uint8_t byte : bytes) {
        std::snprintf(pair, sizeof pair, "%02X", byte);
        text += pair;
    }
    return text;
}

/// "x" for none, as an empty word is none.
std::string line(const Bytes &bytes)
{
    return bytes.empty() ? "x" : hex(bytes);
}

DfuTraits rom()
{
    DfuTraits traits;
    traits.isDfuSe = true;
    traits.version = 0x011a;
    traits.attributes = 0x0b;
    traits.memories = {
        {"Internal Flash  ", {{0x08000000, 4, 16 * 1024, 'g'}, {0x08010000, 7, 64 * 1024, 'g'}}},
        {"Option Bytes  ", {{0x1fffc000, 1, 16, 'e'}}}};
    return traits;
}

void set(DfuTraits &traits, const std::string &key, const std::string &value)
{
    const auto number = unsigned(std::strtoul(value.c_str(), nullptr, 0));
    if (key == "kind" && value == "rom")
        traits = rom();
    else if (key == "serial")
        traits.serial = traits.runTimeSerial = value;
    else if (key == "attributes")
        traits.attributes = std::uint8_t(number);
    else if (key == "transfer")
        traits.transferSize = std::uint16_t(number);
    else if (key == "product")
        traits.product = std::uint16_t(number);
    else if (key == "flash")
        traits.flashSize = number;
    else if (key == "block")
        traits.blockTime = number;
    else if (key == "erase")
        traits.eraseTime = number;
    else if (key == "manifest")
        traits.manifestTime = number;
    else if (key == "restart")
        traits.restartTime = number;
    else if (key == "runtime")
        traits.startsInRunTime = number != 0;
    else if (key != "driver" && key != "forbidden")
        std::fprintf(stderr, "no such trait: %s\n", key.c_str());
}

/// "kind=rom" first, as it replaces everything.
DfuTraits traitsFrom(const std::vector<std::string> &words)
{
    DfuTraits traits;
    for (std::size_t at = 3; at < words.size(); ++at) {
        const std::size_t split = words[at].find('=');
        if (split != std::string::npos)
            set(traits, words[at].substr(0, split), words[at].substr(split + 1));
    }
    return traits;
}

std::string number(const char *form, int value)
{
    char text[16];
    std::snprintf(text, sizeof text, form, value);
    return text;
}

} // namespace

MockDfuUnits::MockDfuUnits(UMockdevTestbed *bed) : m_bed(bed), m_bell(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
}

MockDfuUnits::~MockDfuUnits()
{
    for (auto &[name, unit] : m_units)
        hide(unit);
    close(m_bell);
}

std::int64_t MockDfuUnits::now() const
{
    using std::chrono::milliseconds;
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - m_start).count();
}

void MockDfuUnits::ring() const
{
    eventfd_write(m_bell, 1);
}

int MockDfuUnits::untilWork() const
{
    const std::lock_guard<std::mutex> guard(m_lock);
    std::int64_t wait = -1;
    for (const Timer &timer : m_timers) {
        const std::int64_t left = std::max<std::int64_t>(timer.due - now(), 0);
        wait = wait < 0 ? left : std::min(wait, left);
    }
    return int(wait);
}

void MockDfuUnits::work()
{
    eventfd_t rung = 0;
    eventfd_read(m_bell, &rung);
    {
        const std::lock_guard<std::mutex> guard(m_lock);
        const std::int64_t time = now();
        std::vector<Timer> due;
        const auto later = std::partition(m_timers.begin(), m_timers.end(),
                                          [time](const Timer &timer) { return timer.due > time; });
        std::move(later, m_timers.end(), std::back_inserter(due));
        m_timers.erase(later, m_timers.end());
        for (const Timer &timer : due)
            timer.action();
    }
    for (auto &[name, unit] : m_units)
        look(unit);
}

/// Brings the bus to what the model is. Not under the lock: umockdev waits for its thread, which may want it.
void MockDfuUnits::look(Unit &unit)
{
    int wanted = 0;
    {
        const std::lock_guard<std::mutex> guard(m_lock);
        wanted = unit.model->isAttached() ? unit.model->enumeration() : 0;
    }
    if (wanted == unit.shown)
        return;
    hide(unit);
    if (wanted != 0) {
        unit.shown = wanted;
        const std::string failure = show(unit);
        if (!failure.empty())
            std::fprintf(stderr, "a unit cannot be shown: %s\n", failure.c_str());
    }
}

std::string MockDfuUnits::sysPath(const Unit &unit) const
{
    return "/devices/pci0000:00/0000:00:14.0/usb1/" + unit.place;
}

std::string MockDfuUnits::nodePath(const Unit &unit) const
{
    return "bus/usb/001/" + number("%03d", unit.address);
}

std::string MockDfuUnits::description(const Unit &unit) const
{
    const std::lock_guard<std::mutex> guard(m_lock);
    const DfuModel &model = *unit.model;
    const DfuTraits &traits = model.traits();
    const bool isDfu = model.mode() == DfuModel::Mode::Dfu;
    const std::string vendor = number("%04x", traits.vendor);
    const std::string product = number("%04x", isDfu ? traits.product : traits.runTimeProduct);
    Bytes all = model.deviceDescriptor();
    const Bytes configuration = model.configuration();
    all.insert(all.end(), configuration.begin(), configuration.end());
    const std::string descriptors = hex(all);
    const std::string driver =
        unit.driver.empty() ? "" : "L: driver=../../../../../bus/usb/drivers/" + unit.driver + "\n";
    const auto attribute = [](const std::string &name, const std::string &value) {
        return "A: " + name + "=" + value + "\\n\n";
    };
    return "P: " + sysPath(unit) + "\nN: " + nodePath(unit) + "=" + descriptors
        + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\nE: DEVNAME=/dev/" + nodePath(unit)
        + "\nE: BUSNUM=001\nE: DEVNUM=" + number("%03d", unit.address)
        + "\nE: PRODUCT=" + number("%x", traits.vendor) + "/" + number("%x", traits.product) + "/200\n"
        + attribute("busnum", "1") + attribute("devnum", std::to_string(unit.address))
        + attribute("bConfigurationValue", "1") + attribute("bNumConfigurations", "1")
        + attribute("idVendor", vendor) + attribute("idProduct", product) + attribute("speed", "12")
        + attribute("serial", model.serial()) + attribute("product", "DFU model")
        + attribute("manufacturer", "Example") + attribute("dev", "189:" + std::to_string(unit.address - 1))
        + "H: descriptors=" + descriptors + "\n\nP: " + sysPath(unit) + "/" + unit.place
        + ":1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n" + driver + attribute("bInterfaceNumber", "00")
        + "\n";
}

std::string MockDfuUnits::show(Unit &unit)
{
    unit.address = m_nextAddress;
    m_nextAddress = m_nextAddress == kHighestAddress ? kFirstAddress : m_nextAddress + 1;
    unit.usbfs = std::make_unique<MockUsbfs>(*unit.model, m_lock);
    const std::string node = "/dev/" + nodePath(unit);
    g_autoptr(GError) error = nullptr; // The handler first: it is announced as it is added.
    if (!unit.isForbidden
        && !umockdev_testbed_attach_ioctl(m_bed, node.c_str(), unit.usbfs->handler(), &error))
        return error->message;
    if (!umockdev_testbed_add_from_string(m_bed, description(unit).c_str(), &error))
        return error->message;
    return unit.isForbidden ? forbid(unit) : std::string();
}

void MockDfuUnits::hide(Unit &unit)
{
    if (std::exchange(unit.shown, 0) == 0)
        return;
    const std::string path = "/sys" + sysPath(unit);
    umockdev_testbed_uevent(m_bed, path.c_str(), "remove");
    umockdev_testbed_remove_device(m_bed, (path + "/" + unit.place + ":1.0").c_str());
    umockdev_testbed_remove_device(m_bed, path.c_str());
    m_gone.push_back(std::move(unit.usbfs)); // Whoever has it open is told that it is gone.
}

/// Nobody but the superuser may open its node.
std::string MockDfuUnits::forbid(const Unit &unit)
{
    g_autofree gchar *folder = umockdev_testbed_get_root_dir(m_bed);
    const std::string node = std::string(folder) + "/dev/" + nodePath(unit);
    const std::string door = std::string(folder) + "/ioctl/_default"; // Preloaded code knocks there first.
    const bool isDone =
        chmod(folder, 0755) == 0 && chmod(door.c_str(), 0777) == 0 && chmod(node.c_str(), 0) == 0;
    return isDone ? "" : "it stays open to everybody";
}

std::string MockDfuUnits::plug(const std::vector<std::string> &words)
{
    const DfuWorld world{
        .now = [this] { return now(); },
        .later =
            [this](std::int64_t delay, std::function<void()> action) {
                m_timers.push_back({now() + delay, std::move(action)});
                ring();
            },
        .changed = [this] { ring(); },
    };
    Unit &unit = m_units[words[1]];
    unit.place = words[2];
    for (const std::string &word : words) {
        if (word.rfind("driver=", 0) == 0)
            unit.driver = word.substr(7);
        unit.isForbidden = unit.isForbidden || word == "forbidden=1";
    }
    unit.model = std::make_unique<DfuModel>(traitsFrom(words), world);
    unit.shown = unit.model->enumeration();
    const std::string failure = show(unit);
    return failure.empty() ? "ok" : failure;
}

std::string MockDfuUnits::setFault(Unit &unit, const std::vector<std::string> &words)
{
    static const char *const kKinds[] = {"stall", "status", "busy", "short", "unplug", "garbage", "silence"};
    const std::lock_guard<std::mutex> guard(m_lock);
    if (words[2] == "none") {
        unit.model->setFault({});
        return "ok";
    }
    const auto kind = std::find(std::begin(kKinds), std::end(kKinds), words[2]);
    if (kind == std::end(kKinds) || words.size() != 5)
        return "no such fault";
    DfuFault fault;
    fault.kind = DfuFault::Kind(kind - std::begin(kKinds));
    fault.at = std::atoi(words[3].c_str());
    fault.isLasting = words[4] == "lasting";
    unit.model->setFault(fault);
    return "ok";
}

std::string MockDfuUnits::facts(const Unit &unit) const
{
    const std::lock_guard<std::mutex> guard(m_lock);
    DfuModel &model = *unit.model;
    return "mode=" + std::string(model.mode() == DfuModel::Mode::Dfu ? "dfu" : "runtime") + " requests="
        + std::to_string(model.allRequests()) + " erasures=" + std::to_string(model.flash().erasures())
        + " time=" + std::to_string(model.downloadTime()) + " started=" + (model.isStarted() ? "1" : "0");
}

std::string MockDfuUnits::obeyUnit(Unit &unit, const std::vector<std::string> &words)
{
    const std::string &command = words[0];
    if (command == "dfu-fault" && words.size() >= 3)
        return setFault(unit, words);
    if (command == "dfu-hold")
        unit.usbfs->hold();
    if (command == "dfu-free")
        unit.usbfs->free();
    if (command == "dfu-facts")
        return facts(unit);
    const std::lock_guard<std::mutex> guard(m_lock);
    if (command == "dfu-image")
        return line(unit.model->image());
    if (command == "dfu-memory" && words.size() == 4) {
        const auto address = std::uint32_t(std::strtoul(words[2].c_str(), nullptr, 0));
        const auto size = std::size_t(std::strtoul(words[3].c_str(), nullptr, 0));
        return line(unit.model->flash().read(0, address, size).value_or(Bytes{}));
    }
    if (command == "dfu-pull")
        unit.model->unplug();
    if (command == "dfu-push")
        unit.model->plug();
    return "ok";
}

std::optional<std::string> MockDfuUnits::obey(const std::vector<std::string> &words)
{
    if (words.size() < 2 || words[0].rfind("dfu-", 0) != 0)
        return std::nullopt;
    if (words[0] == "dfu-plug" && words.size() >= 3)
        return plug(words);
    const auto found = m_units.find(words[1]);
    if (found == m_units.end())
        return "not there";
    const std::string answer = obeyUnit(found->second, words);
    look(found->second);
    return answer;
}

} // namespace testing
