// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/subscription.h"
#include "core/device/driver.h"

#include <functional>
#include <memory>

namespace core {

/// A place where a unit may answer, before anybody has asked it.
struct FoundUnit {
    QString name; // unique in one list, stable while the unit stays; what users type
    DeviceAddress address;
    QString foundAs = {}; // "virtual device", "Lamp: Zephyr application on USB"
    bool isToBeAsked = true; // false for ports that no profile knows: opening one may reset what is behind it
    std::optional<Attachment> attachment = {}; // of a port of this computer
};

/// Finds units and opens them: the way from the recipes to the transports of this machine. Lives on the
/// device thread.
class Connector
{
public:
    Connector() = default;
    virtual ~Connector() = default;
    Q_DISABLE_COPY_MOVE(Connector)

    /// The units that are attached now. FileFailed when a bench cannot be read.
    virtual Result<QList<FoundUnit>> find() = 0;

    /// The one unit that `text` names: a name out of find(), or an address. NoSuchDevice or AmbiguousDevice.
    virtual Result<FoundUnit> resolve(QString text) = 0;

    /// Calls back, from the event loop, whenever find() has something else to say. Null when that cannot be
    /// told, so that it has to be asked.
    virtual std::unique_ptr<Subscription> watch(std::function<void()> onChange)
    {
        Q_UNUSED(onChange)
        return nullptr;
    }

    /// Opens the link, exclusively. The driver closes it when it is destroyed.
    virtual Task<std::unique_ptr<Driver>> open(FoundUnit unit) = 0;
};

} // namespace core
