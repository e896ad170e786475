// SPDX-License-Identifier: Apache-2.0
//
// A USB bus that exists for its children and for whoever is given its folder: umockdev's /sys, /dev and udev
// events. Runs under umockdev-wrapper. Commands come line by line, words between tabs:
//
//     plug NAME TOPOLOGY VENDOR PRODUCT SERIAL TITLE TERMINAL
//     unplug NAME
//
// NAME is "ttyACM0", TERMINAL the pty that stands for the port; units of DFU have commands of their own
// (mock_dfu_units.h). Each command is answered with "ok" or with
// what failed; the first line that is printed is the value of UMOCKDEV_DIR.
#include "tests/support/mock_dfu_units.h"

#include <array>
#include <iostream>
#include <poll.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

struct Plugged {
    std::string tty; // its folder below /sys
    std::string interface;
    std::string unit;
};

std::vector<std::string> words(const std::string &line)
{
    std::vector<std::string> found;
    std::istringstream stream(line);
    for (std::string word; std::getline(stream, word, '\t');)
        found.push_back(word);
    return found;
}

class Bus
{
public:
    std::string folder() const
    {
        g_autofree gchar *root = umockdev_testbed_get_root_dir(m_bed.get());
        return root;
    }

    std::string obey(const std::vector<std::string> &command)
    {
        if (command.size() == 8 && command[0] == "plug")
            return plug(command);
        if (command.size() == 2 && command[0] == "unplug")
            return unplug(command[1]);
        if (const auto answer = m_dfuUnits.obey(command))
            return *answer;
        return "not understood";
    }

    testing::MockDfuUnits &dfuUnits() { return m_dfuUnits; }

private:
    static std::string description(const std::vector<std::string> &words)
    {
        const std::string &name = words[1], &topology = words[2], &vendor = words[3], &product = words[4];
        const std::string &serial = words[5], &title = words[6];
        const std::string unit = "/devices/pci0000:00/0000:00:14.0/usb1/" + topology;
        const std::string interface = unit + "/" + topology + ":1.0";
        // Parents first: each device is announced as it is added.
        std::string text = "P: " + unit + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nA: idVendor=" + vendor
            + "\\n\nA: idProduct=" + product + "\\n\nA: product=" + title + "\\n\n";
        if (!serial.empty())
            text += "A: serial=" + serial + "\\n\n";
        text += "\nP: "
            + interface + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=cdc_acm\nA: bInterfaceNumber=00\\n\n\nP: "
            + interface + "/tty/" + name + "\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/" + name
            + "\nE: ID_BUS=usb\nE: ID_VENDOR_ID=" + vendor + "\nE: ID_MODEL_ID=" + product
            + "\nE: ID_MODEL=" + title + "\nE: ID_USB_INTERFACE_NUM=00\n";
        if (!serial.empty())
            text += "E: ID_SERIAL_SHORT=" + serial + "\n";
        text += "A: dev=166:" + name.substr(name.size() - 1) + "\n";
        return text + "\n";
    }

    std::string node(const std::string &name) const { return folder() + "/dev/" + name; }

    std::string plug(const std::vector<std::string> &words)
    {
        const std::string &name = words[1], &terminal = words[7];
        g_mkdir_with_parents((folder() + "/dev").c_str(), 0755);
        unlink(node(name).c_str());
        if (symlink(terminal.c_str(), node(name).c_str()) != 0)
            return "cannot make the node";
        g_autoptr(GError) error = nullptr;
        if (!umockdev_testbed_add_from_string(m_bed.get(), description(words).c_str(), &error))
            return error->message;
        const std::string unit = "/sys/devices/pci0000:00/0000:00:14.0/usb1/" + words[2];
        const std::string interface = unit + "/" + words[2] + ":1.0";
        m_plugged[name] = {interface + "/tty/" + name, interface, unit};
        return "ok";
    }

    std::string unplug(const std::string &name)
    {
        const auto found = m_plugged.find(name);
        if (found == m_plugged.end())
            return "not there";
        unlink(node(name).c_str());
        umockdev_testbed_uevent(m_bed.get(), found->second.tty.c_str(), "remove");
        umockdev_testbed_remove_device(m_bed.get(), found->second.tty.c_str());
        umockdev_testbed_remove_device(m_bed.get(), found->second.interface.c_str());
        umockdev_testbed_remove_device(m_bed.get(), found->second.unit.c_str());
        m_plugged.erase(found);
        return "ok";
    }

    const std::unique_ptr<UMockdevTestbed, void (*)(gpointer)> m_bed{umockdev_testbed_new(), g_object_unref};
    std::map<std::string, Plugged> m_plugged;
    testing::MockDfuUnits m_dfuUnits{m_bed.get()};
};

/// What has come on standard input, as whole lines; false at its end.
bool readLines(std::string &pending, std::vector<std::string> &lines)
{
    std::array<char, 4096> bytes{};
    const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0)
        return false;
    pending.append(bytes.data(), std::size_t(count));
    for (std::size_t end = 0; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1))
        lines.push_back(pending.substr(0, end));
    return true;
}

} // namespace

int main()
{
    Bus bus;
    std::cout << bus.folder() << std::endl;
    std::string pending;
    for (;;) {
        pollfd sources[] = {{STDIN_FILENO, POLLIN, 0}, {bus.dfuUnits().bell(), POLLIN, 0}};
        poll(sources, std::size(sources), bus.dfuUnits().untilWork());
        bus.dfuUnits().work();
        if ((sources[0].revents & (POLLIN | POLLHUP)) == 0)
            continue;
        std::vector<std::string> lines;
        if (!readLines(pending, lines))
            return 0;
        for (const std::string &line : lines)
            std::cout << bus.obey(words(line)) << std::endl;
    }
}
