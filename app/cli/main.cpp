// SPDX-License-Identifier: Apache-2.0
#include "app/cli/session.h"
#include "app/download/https_client.h"
#include "app/wiring/interrupt.h"
#include "app/wiring/live_connector.h"
#include "app/wiring/smp_unit.h"
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
    const auto makeConnector =
        [&clock](const cli::GlobalOptions &options) -> std::unique_ptr<core::Connector> {
        return std::make_unique<wiring::LiveConnector>(clock, options.benchDirectory);
    };
    const auto makeHttpsSource = [](const cli::GlobalOptions &options) {
        return download::HttpsClient::create(options.caFile);
    };
    const auto openSmp = [&clock](core::FoundUnit unit, cli::Surroundings::TextSink sink) {
        return wiring::openSmpClient(std::move(unit), clock, std::move(sink));
    };
    cli::Session session({clock, makeConnector, makeHttpsSource, stop, openSmp}, stdout, stderr);
    return cli::run(argc, argv, session);
}
