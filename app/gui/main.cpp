// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/device_thread.h"
#include "app/gui/look/icon.h"
#include "app/gui/shell/main_window.h"
#include "app/state/own_trust.h"
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

std::unique_ptr<core::Connector> makeConnector(core::Clock &clock, const QString &bench)
{
    return std::make_unique<wiring::LiveConnector>(clock, bench);
}

/// Empty when this computer has none; the releases page says so then.
QString ownTrustFile(const QString &stateDirectory)
{
    const core::Result<QString> own = state::ownTrustFile(stateDirectory);
    if (!own)
        qWarning("%s", qPrintable(own.error().detail));
    return own.value_or(QString());
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
        QStringLiteral("DIR"), state::defaultStateDirectory());
    parser.addOptions({bench, trust, stateFolder, theme});
    parser.process(application);

    gui::Theme look(application, themeNamed(parser.value(theme)));
    const bool isTrustTold = parser.isSet(trust);
    const gui::OwnFiles own{.toldTrustFile = parser.value(trust),
                            .ownTrustFile = isTrustTold ? QString() : ownTrustFile(parser.value(stateFolder)),
                            .toldStateFolder =
                                parser.isSet(stateFolder) ? parser.value(stateFolder) : QString()};
    gui::DeviceThread devices(makeConnector, own);
    gui::MainWindow window(devices, look);
    window.show();
    window.openBench(parser.value(bench));
    return QApplication::exec();
}
