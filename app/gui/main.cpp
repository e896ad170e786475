// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/device_thread.h"
#include "app/gui/look/icon.h"
#include "app/gui/shell/main_window.h"
#include "app/state/profile_folders.h"
#include "app/state/state_folders.h"
#include "app/wiring/live_connector.h"

#include <QApplication>
#include <QCommandLineParser>

namespace {

gui::ThemeChoice themeNamed(const QString &name)
{
    if (name == QStringLiteral("light"))
        return gui::ThemeChoice::Light;
    return name == QStringLiteral("dark") ? gui::ThemeChoice::Dark : gui::ThemeChoice::FollowSystem;
}

gui::ConnectorFactory connectorFactory(const QString &stateDirectory, const QString &recordFile)
{
    return [profiles = state::profileFolders(stateDirectory), recordFile](core::Clock &clock,
                                                                          const QString &bench) {
        return std::make_unique<wiring::LiveConnector>(clock, wiring::Places{bench, profiles, recordFile});
    };
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("Bootmend"));
    QCoreApplication::setOrganizationName(QStringLiteral("Bootmend"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BOOTMEND_VERSION));
    QApplication::setWindowIcon(gui::themedIcon(QStringLiteral("bootmend"), QPalette::Link));

    const QCommandLineOption bench(QStringLiteral("bench"),
                                   QCoreApplication::translate("main", "Open the bench in this directory."),
                                   QStringLiteral("DIR"));
    const QCommandLineOption trust(QStringLiteral("trust"),
                                   QCoreApplication::translate("main", "Trust the keys in this file."),
                                   QStringLiteral("FILE"));
    const QCommandLineOption theme(
        QStringLiteral("theme"),
        QCoreApplication::translate("main", "light or dark; the system's unless told."),
        QStringLiteral("THEME"));
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption stateFolder(
        QStringLiteral("state"),
        QCoreApplication::translate("main", "Keep what this computer keeps in this directory."),
        QStringLiteral("DIR"));
    const QCommandLineOption record(
        QStringLiteral("record"),
        QCoreApplication::translate("main", "Write down what goes over each link; FILE.2 for the second."),
        QStringLiteral("FILE"));
    parser.addOptions({bench, trust, stateFolder, record, theme});
    parser.process(application);

    gui::Theme look(application, themeNamed(parser.value(theme)));
    const gui::ToldFiles told{parser.value(trust), parser.value(stateFolder)};
    const QString stateDirectory = state::stateFolder(parser.value(stateFolder));
    gui::DeviceThread devices(connectorFactory(stateDirectory, parser.value(record)), told);
    gui::MainWindow window(devices, look);
    window.show();
    window.openBench(parser.value(bench));
    return QApplication::exec();
}
