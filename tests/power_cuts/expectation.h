// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QByteArray>
#include <QList>

namespace testing {

/// An image with what has to be known of it after a power cut; made once, as signing takes long.
struct KnownImage {
    explicit KnownImage(const BootImage &image);

    QByteArray bytes;
    QByteArray payload;
    QByteArray hash;
    quint32 rollbackIndex;
};

const KnownImage &oldImage(); // version 1, index 1
const KnownImage &newImage(); // version 2, index 2; two sectors long
const KnownImage &otherImage(); // version 3, index 3
const KnownImage &nextImage(); // version 9, index 9: what the unit is updated to in the end

/// Whether something was done that the power may have failed in.
enum class Standing { No, Asked, Yes };

constexpr quint32 kSchema = 2; // the newest that any image of the scenarios can read

/// What may be found after a power cut: what the unit has acknowledged, and what it was asked for.
struct Expectation {
    /// The last good image: stays byte for byte, and something boots as long as there is one.
    const KnownImage *good = nullptr;
    quint8 goodSlot = BM_SLOT_A;
    /// Confirmed once, too: may run in place of the good one.
    QList<const KnownImage *> spares;

    const KnownImage *uploading = nullptr; // on its way into a slot, or there
    const KnownImage *candidate = nullptr;
    Standing trial = Standing::No;
    int trialBoots = 0; // that the candidate has had
    Standing confirmation = Standing::No;

    quint32 minimum = 0; // rollback index, without the confirmation that is under way
    Standing identity = Standing::Yes;
    bool mayEvidenceBeGone = false;

    /// Configurations that a unit with the good image, or with the confirmed candidate, may find: any one of
    /// these. An empty one stands for none at all.
    QByteArrayList goodFinds = {QByteArray()};
    QByteArrayList candidateFinds = {QByteArray()};

    /// The candidate, which runs in this slot, is the last good image from now on.
    void candidateIsConfirmed(quint8 slot);
    /// Nobody will try the candidate again, or confirm it.
    void candidateIsOut();
};

/// The configuration that the image finds which runs; empty when it finds none.
QByteArray configOf(const boot_services &services);

} // namespace testing
