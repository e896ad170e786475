// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocalSocket>
#include <QProcess>
#include <QSocketNotifier>

#include <memory>

namespace testing {

/// How a port shows itself on the bus.
struct PlugFacts {
    QString name; // "ttyACM0"
    QString topology; // "1-4"
    QString serial = {};
    QString product = QStringLiteral("0100");
    QString title = QStringLiteral("Lamp");
};

/// A USB bus for one test and the programs that it starts (tests/support/mock_usb_bus.cpp).
class UsbBus
{
public:
    /// Empty when it is up, otherwise why the test has to be skipped.
    QString start();
    ~UsbBus();

    QString plug(const PlugFacts &facts, const QString &terminal); // "ok"
    QString unplug(const QString &name);

    /// A command of mock_usb_bus.cpp in so many words, and its answer.
    QString obey(const QStringList &words);

    /// The value of UMOCKDEV_DIR for a program under umockdev-wrapper.
    QString folder() const { return m_folder; }

    /// Prepares a program to see this bus.
    void show(QProcess &process, const QString &program, const QStringList &arguments);

private:
    QProcess m_process;
    QString m_folder;
    int m_shown = 0; // programs
};

/// A unit of a bench, which listens on a socket, as a device on the bus: its port is a pty of its own each
/// time that it is plugged in, and is gone when it is pulled out.
class UsbUnit
{
public:
    UsbUnit(UsbBus &bus, QString socketPath) : m_bus(bus), m_socketPath(std::move(socketPath)) { }
    ~UsbUnit() { unplug(); }

    bool plug(const PlugFacts &facts);
    void unplug();
    QString terminal() const { return m_terminal; }

private:
    void fromComputer();
    void toComputer();

    UsbBus &m_bus;
    QString m_socketPath;
    QString m_name; // while it is plugged in
    QString m_terminal;
    int m_master = -1;
    int m_slave = -1; // held, so that the master stays quiet while nobody has the port open
    std::unique_ptr<QSocketNotifier> m_fromComputer;
    std::unique_ptr<QLocalSocket> m_unit;
};

} // namespace testing
