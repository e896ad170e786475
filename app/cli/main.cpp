// SPDX-License-Identifier: Apache-2.0
#include "app/cli/session.h"
#include "app/download/https_client.h"
#include "app/state/profile_folders.h"
#include "app/wiring/interrupt.h"
#include "app/wiring/live_connector.h"
#include "core/async/system_clock.h"
#include "device_protocols/smp/smp_client.h"

#include <QCoreApplication>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("bootmend"));

    core::SystemClock clock;
    core::StopRequest stop;
    const wiring::Interrupt interrupt([&stop] { stop.raise(); });
    wiring::LiveConnector *made = nullptr; // the session's
    const auto makeConnector = [&](const cli::GlobalOptions &options) -> std::unique_ptr<core::Connector> {
        wiring::Places places{options.benchDirectory, state::profileFolders(options.stateDirectory),
                              options.recordFile};
        auto connector = std::make_unique<wiring::LiveConnector>(clock, std::move(places));
        made = connector.get();
        return connector;
    };
    const auto makeHttpsSource = [](const cli::GlobalOptions &options) {
        return download::HttpsClient::create(options.caFile);
    };
    const auto openSmp = [&made](core::FoundUnit unit, cli::Surroundings::TextSink sink) {
        return made->openClient(std::move(unit), std::move(sink));
    };
    cli::Session session({clock, makeConnector, makeHttpsSource, stop, openSmp}, stdout, stderr);
    return cli::run(argc, argv, session);
}
