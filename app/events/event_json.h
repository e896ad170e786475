// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/connector.h"
#include "core/update/plan.h"

#include <QDateTime>
#include <QJsonObject>

/// The JSON lines that scripts and stations are built on (docs/formats/json_events.md). Schema 1: fields are
/// added, never renamed or given another meaning.
namespace events {

constexpr int kSchema = 1;

/// The members that every line has.
QJsonObject line(const QString &event, const QDateTime &nowUtc);

QJsonObject deviceJson(const core::DeviceSnapshot &unit);
QJsonObject evidenceJson(const core::EvidenceEvent &event);
QJsonObject planJson(const core::UpdatePlan &plan);

/// What a plan's release may be installed by: members of the plan, and of the result that it led to.
QJsonObject trustJson(const core::UpdatePlan &plan);

/// The members of a `state`, `progress` or `note` line.
QJsonObject jobEventJson(const core::JobEvent &event);
QString jobEventName(const core::JobEvent &event);

/// The members of the `result` line that ends a command.
QJsonObject verdictJson(const QString &command, const core::Verdict &verdict);
QJsonObject errorJson(const QString &command, const core::Error &error);
QJsonObject okJson(const QString &command);
QJsonObject wrongUsageJson(const QString &command, const QString &problem);

/// The outcome that a command which failed before a verdict is given: refused, failed or cancelled.
core::Outcome outcomeOf(const core::Error &error);

} // namespace events
