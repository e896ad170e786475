// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/usb_bench.h"

#include <QStandardPaths>

#include <cstdlib>
#include <unistd.h>
#include <vector>

namespace testing {

/// For main() of a test that is itself on the mock bus: goes on as the same program under umockdev-wrapper,
/// where that is installed.
inline void goUnderWrapper(char **arguments)
{
    constexpr const char *kIsUnder = "BOOTMEND_UNDER_UMOCKDEV";
    const QByteArray wrapper =
        QStandardPaths::findExecutable(QStringLiteral("umockdev-wrapper")).toLocal8Bit();
    if (wrapper.isEmpty() || qEnvironmentVariableIsSet(kIsUnder))
        return;
    qputenv(kIsUnder, "1");
    std::vector<char *> command{const_cast<char *>(wrapper.constData())};
    for (char **each = arguments; *each; ++each)
        command.push_back(*each);
    command.push_back(nullptr);
    ::execv(wrapper.constData(), command.data());
}

/// A bus that this program sees, too, from start() until it is gone.
class OwnUsbBus : public UsbBus
{
public:
    ~OwnUsbBus() { qunsetenv(kFolder); }

    /// Empty when it is up, otherwise why the test has to be skipped.
    QString start()
    {
        const QString missing = UsbBus::start();
        if (missing.isEmpty())
            qputenv(kFolder, folder().toLocal8Bit());
        return missing;
    }

private:
    static constexpr const char *kFolder = "UMOCKDEV_DIR";
};

} // namespace testing
