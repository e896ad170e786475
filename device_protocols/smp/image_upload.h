// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "device_protocols/smp/os_group.h"
#include "device_protocols/smp/upload_pace.h"

#include <QList>

namespace smp {

/// One file to write.
struct UploadOrder {
    QByteArray file; // at least one byte
    ServerLimits limits = {}; // a bufferSize of 0: the server does not say
    std::optional<int> image = {}; // see SlotSize::uploadImage; absent: the server's default
    std::optional<core::Milliseconds> turnAround = {}; // of a small request; tells what limits the rate
    core::WriteControl control = {};
};

/// Sends an image as fast as the server takes it: several packets under way where it has the buffers, and on
/// at the offset that the server says, whatever was lost, repeated or cut. A session that was interrupted
/// goes on where it stopped when the server remembers the file's SHA-256.
///
/// The first request is sent alone, because the server may erase the whole slot before it answers it.
/// Fails with the device's refusal, with HashMismatch when the server's own check of the file fails, with
/// Cancelled when asked to stop, and with the link's errors once repeating has not helped.
/// Zephyr, "Application/software image management group", image upload.
class ImageUpload
{
public:
    ImageUpload(Client &client, UploadOrder order);

    core::Task<core::Done> run();

    /// Bytes of the file in one packet at `offset`; public for those who measure.
    qsizetype chunkSizeAt(qsizetype offset) const;
    /// Packets that may be under way now.
    int window() const { return m_pace.window(); }

private:
    struct Packet {
        quint8 sequence;
        qsizetype begin;
        qsizetype end; // the offset that the answer names when the server took it
        std::optional<UploadPace::Microseconds> onLine;
    };

    QByteArray fieldsAt(qsizetype offset) const;
    QByteArray bodyAt(qsizetype offset, qsizetype size) const;
    core::Task<core::Done> begin();
    core::Task<Answer> firstAnswer();
    core::Task<core::Done> advance();
    core::Task<core::Done> sendNext();
    core::Task<core::Done> adaptFirst(core::Error error);
    core::Task<core::Done> pauseForBuffers(core::Error error);
    core::Result<core::Done> stopIfAsked() const;
    core::Result<core::Done> takeFirst(const QCborMap &reply);
    core::Result<core::Done> take(const QCborMap &reply, const Packet &packet);
    core::Result<qsizetype> offsetIn(const QCborMap &reply) const;
    core::Result<core::Done> goOnAt(qsizetype offset);
    core::Result<core::Done> startOver(const core::Error &silence);
    core::Result<core::Done> countSetback(core::Error why);
    core::Result<core::Done> countFruitless(core::Error why);
    Packet takeOff(quint8 sequence);
    core::Milliseconds patience() const;
    bool isProven();
    void restartWindow();
    void learnWriteUnit(qsizetype offset, const Packet &packet);
    void report() const;
    bool hasRoom() const;

    Client &m_client;
    UploadOrder m_order;
    QByteArray m_fileDigest;
    Exchange m_exchange;
    qsizetype m_packetLimit; // bytes with the SMP header
    qsizetype m_writeUnit; // packets end at multiples of it
    UploadPace m_pace;
    QList<Packet> m_underWay; // in the order in which they were sent
    qsizetype m_offset = 0; // what the server has, by its own word
    qsizetype m_next = 0; // what is sent next
    qsizetype m_furthest = 0; // what the server can have at most
    bool m_isClaimedWhole = false; // by an answer to a first request
    bool m_answersEcho = false; // and not the first request, which was sent before it
    bool m_isDraining = false; // waits for the answers to what was sent in vain
    int m_silences = 0; // in a row
    int m_fruitless = 0; // rounds in a row that brought nothing
    int m_setbacks = 0; // times that the server went back
};

} // namespace smp
