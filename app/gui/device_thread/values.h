// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/plan.h"

#include <QDateTime>

/// What crosses from the device thread to the window: values only.
namespace gui {

/// One unit of the list, as it was seen last.
struct UnitSeen {
    core::DeviceSnapshot unit;
    QString foundAs; // FoundUnit::foundAs
    bool isToBeAsked = true; // false: a port that nothing is known of, not opened until its operator says so
    bool isBeingAsked = false; // its stage is not known yet, or is being asked again
    QList<core::EvidenceEvent> evidence; // the unit's own record, oldest first
};

/// What was looked at, for the case that nothing was found.
struct SearchReport {
    QString bench; // directory; empty: this computer's ports
    std::optional<core::Error> error;
};

/// What this computer has against a release.
struct Objections {
    core::ReleaseRules rules = {};
    QStringList lifting = {}; // the command lines that take them back; none where only a newer list does

    bool isEmpty() const { return rules.blocks.isEmpty() && rules.minimums.isEmpty(); }
};

/// A release file that is at hand, opened and verified.
struct ReleaseOffer {
    QString file; // absolute path
    core::Version version;
    QString product;
    QStringList hardware; // revisions
    QString build;
    QString channel;
    QStringList signedBy; // key ids
    QList<QByteArray> imageHashes; // what units call the images by
    Objections objections; // it is verified, and not installed here all the same
    std::optional<core::Error> refusal; // why it must not be installed; the rest is then empty
};

enum class JobKind { Update, Recovery, Confirm, Revert };

/// What the operator asked to see before anything is written.
struct PlanRequest {
    QString unit;
    QString release; // file
    JobKind kind = JobKind::Update;
};

struct PlanAnswer {
    PlanRequest request;
    std::optional<core::UpdatePlan> plan;
    std::optional<core::Error> error; // when there is no plan
    QStringList lifting = {}; // as in Objections, of the rules against the plan's release
};

/// How a job ended, and what that means for the next unit.
struct JobEnd {
    core::Verdict verdict;
    /// Of a release that was rolled back: the block that keeps it from other units, or why there is none.
    std::optional<core::Result<Objections>> blocking = {};
};

/// Something worth telling later. The text is the window's; this is the fact.
struct Milestone {
    QDateTime timeUtc;
    core::JobEvent event;
};

/// Where a job is. Never goes backwards.
struct JobSnapshot {
    QString unit;
    JobKind kind = JobKind::Update;
    std::optional<core::Version> from = {};
    std::optional<core::Version> to = {};
    QList<core::JobStep> steps = {}; // in the order of their doing
    std::optional<core::JobStep> step = {};
    bool isStoppable = true;
    bool isStopping = false; // stop was asked for, and is honoured at the next safe point
    double fraction = 0; // 0 to 1, of the whole
    qint64 bytesDone = 0; // of the write
    qint64 bytesTotal = 0;
    std::optional<double> bytesPerSecond = {};
    std::optional<core::RateLimit> limitedBy = {};
    std::optional<core::Milliseconds> timeLeft = {};
    QList<Milestone> milestones = {}; // oldest first
    QStringList log = {}; // the last lines that the unit printed
};

} // namespace gui
