// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "app/gui/look/palette.h"

#include <QStringList>

/// What the units page shows, in ready words: values that the presenter makes and the widgets draw.
namespace gui {

struct Labelled {
    QString label;
    QString value;
};

/// One row of the list.
struct UnitRow {
    QString name;
    QString product; // "bench-sensor revA"
    QString version; // "1.0.0"; empty when nothing runs
    QString stage; // a word
    QString stageIcon;
    StateRole role = StateRole::Neutral;
    QString link;
    std::optional<double> fraction = {}; // of its running job
};

struct SlotView {
    QString name; // "A"
    QString version; // empty: nothing bootable
    qint64 size = 0; // bytes; 0 when the unit does not say
    QStringList chips;
    StateRole role = StateRole::Neutral;
    bool isRunning = false;
};

/// Something that can be done with a unit.
struct ActionOffer {
    enum class Kind { Install, Recover, Confirm, Revert, LookAgain };

    Kind kind;
    QString text; // a verb and its object: "Install 1.1.0 on trial"
    QString release = {}; // file; with Install and Recover, empty means that a file is to be chosen
    QString hint = {};
};

struct HistoryLine {
    QString time; // local, or the boot number of the unit's own record
    QString text;
    QString icon;
    StateRole role = StateRole::Neutral;
};

/// How this computer's own decision is taken back, by whoever may.
struct LiftingView {
    QString note;
    QStringList commands; // none: it cannot be, here
};

/// How a job ended, for the band that nobody can misread.
struct VerdictView {
    StateRole role;
    QString icon;
    QString word;
    QString sentence;
    QString safety;
    QString remedy; // empty when there is nothing to do
    QString notice; // what this computer made of it
    LiftingView lifting;
    QString code; // reason code; empty when it went well
    QString report; // what the report button copies
};

/// The four parts of an error.
struct ErrorView {
    QString what;
    QString explanation;
    QString safety;
    QString remedy;
    LiftingView lifting;
    QString code;
    QString details; // what the button copies
};

struct StepView {
    enum class State { Done, Now, Later };

    QString text;
    State state = State::Later;
};

struct JobView {
    QString title;
    QList<StepView> steps;
    double fraction = 0;
    QString amount; // "312 of 498 KiB"
    QString rate;
    QString timeLeft;
    QString limit; // what limits the rate
    bool canStop = false;
    QString stopNote; // why not, or what stopping does
};

struct CheckView {
    QString title;
    QString answer;
    core::PreflightCheck::Answer result;
};

/// What will be done, before it is done.
struct PlanView {
    QString title;
    QList<Labelled> facts;
    QList<CheckView> checks;
    QString powerLoss; // what happens if the power goes
    bool canStart = false;
    QString promise; // what the operator has to say before it starts, for a check box; empty: nothing
    QString startText;
    std::optional<ErrorView> refusal; // why it cannot start
    QString notice; // what else is worth knowing, such as that there is nothing to do
};

/// The detail of one unit.
struct UnitView {
    QString name;
    QString stage;
    QString stageIcon;
    StateRole stageRole = StateRole::Neutral;
    QList<Labelled> identity;
    QString identityText; // what the copy button copies
    QList<SlotView> slots;
    QString sentence;
    std::optional<ActionOffer> primary;
    QString idleNote; // beside or instead of the primary action
    QList<ActionOffer> others;
    std::optional<JobView> job;
    std::optional<VerdictView> verdict;
    std::optional<ErrorView> error;
    QList<HistoryLine> history; // newest first
    QStringList log; // what the unit printed during its last job
};

/// The list when there is nothing in it.
struct EmptyView {
    QString title;
    QStringList checked;
    QString nextStep;
    bool offersBench = false;
};

} // namespace gui
