// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"

#include <QObject>

namespace gui {

/// Everything that the window asks of the units, and everything that it hears of them. Belongs to the GUI
/// thread: calls return at once, answers come as signals that carry values.
class UnitService : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Looks at a bench from now on; at this computer's ports when `directory` is empty.
    virtual void openBench(const QString &directory) = 0;

    /// Asks the unit of this name again; all of them when empty.
    virtual void lookAgain(const QString &unit) = 0;

    /// Opens and verifies a release file, and offers it from now on.
    virtual void addRelease(const QString &file) = 0;

    /// Identifies the unit and compares it with the release. Writes nothing.
    virtual void preparePlan(const PlanRequest &request) = 0;

    /// Runs a plan that was prepared and shown.
    virtual void start(const QString &unit, const core::UpdatePlan &plan) = 0;

    /// Ends the trial by hand: Confirm or Revert.
    virtual void endTrial(const QString &unit, JobKind kind) = 0;

    /// Asks the unit's job to end at its next safe point.
    virtual void stop(const QString &unit) = 0;

Q_SIGNALS:
    void unitsListed(const QList<gui::UnitSeen> &units, const gui::SearchReport &search);
    void releasesListed(const QList<gui::ReleaseOffer> &releases);
    void planPrepared(const gui::PlanAnswer &answer);
    void jobMoved(const gui::JobSnapshot &job);
    void jobEnded(const QString &unit, const gui::JobEnd &end);
    void jobFailed(const QString &unit, const core::Error &error); // it ended before there was a verdict
};

} // namespace gui
