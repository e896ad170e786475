// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/device_thread.h"
#include "app/wiring/live_connector.h"
#include "tests/emulated/command_line.h"
#include "tests/gui/window_driver.h"

#include <QApplication>
#include <QPushButton>
#include <QStandardPaths>

namespace testing {

constexpr int kLongestJobMs = 60'000;

inline std::unique_ptr<core::Connector> liveConnector(core::Clock &clock, const QString &bench)
{
    return std::make_unique<wiring::LiveConnector>(clock, wiring::Places{bench, {}});
}

/// The real window on a bench of its own: real device thread, real firmware in processes.
class BenchWindow
{
public:
    explicit BenchWindow(QStringList benchOptions) : bench(std::move(benchOptions))
    {
        window.show();
        window.openBench(bench.path());
    }

    /// Keeps the settings of the person who runs the tests out of it.
    static void isolateSettings()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Bootmend tests"));
    }

    QString primary() const
    {
        const QPushButton *button = driver.button(QStringLiteral("primaryAction"));
        return button->isVisible() ? button->text() : QString();
    }

    ScratchBench bench;
    gui::Theme theme{*qApp, gui::ThemeChoice::Light};
    gui::DeviceThread devices{liveConnector, {}};
    gui::MainWindow window{devices, theme};
    WindowDriver driver{window};
};

} // namespace testing
