// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

/// From what is known to what is shown. Pure functions: the same values give the same words.
namespace gui {

UnitRow rowOf(const UnitSeen &seen, const std::optional<JobSnapshot> &job);
QList<Labelled> identityOf(const UnitSeen &seen);
QList<SlotView> slotsOf(const core::DeviceSnapshot &unit);
JobView jobViewOf(const JobSnapshot &job, const core::DeviceAddress &address);
VerdictView verdictViewOf(const JobEnd &end, JobKind kind);

/// `safety` is the second part: whether the unit is safe, which the error itself cannot know.
ErrorView errorViewOf(const core::Error &error, const QString &safety, const core::DeviceSnapshot &unit);
EmptyView emptyViewOf(const SearchReport &search);

/// The unit's own record and this session's milestones, newest first.
QList<HistoryLine> historyOf(const UnitSeen &seen, const QList<Milestone> &milestones);

StateRole stageRole(core::BootStage stage);
QString stageIcon(core::BootStage stage);

QString bytesText(qint64 bytes);
QString durationText(core::Milliseconds duration);

} // namespace gui
