// SPDX-License-Identifier: Apache-2.0
#pragma once

// What nearly every file includes. Files still name what they use; this only saves reading it each time.
#include "core/async/clock.h"
#include "core/device/driver.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QObject>
#include <QString>
#include <QStringList>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
