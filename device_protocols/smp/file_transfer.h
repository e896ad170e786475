// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "device_protocols/smp/file_commands.h"
#include "device_protocols/smp/os_commands.h"
#include "device_protocols/smp/smp_client.h"

namespace smp {

/// Carries whole files to and from the device's file system, a chunk at a time. A request or an answer that
/// is lost is repeated; what the server says it has, counts. Owns nothing; lives on the device thread.
/// SMP group 8 (Zephyr, "File management").
class FileTransfer
{
public:
    explicit FileTransfer(Client &client, core::WriteControl control = {}) :
        m_client(client), m_control(std::move(control))
    {
    }

    /// Files of devices are small; a server that goes on beyond this is stopped. Bytes.
    static constexpr qint64 kLargestFile = 64 * 1024 * 1024;

    core::Task<QByteArray> download(QString name);
    core::Task<core::Done> upload(QString name, QByteArray content);

    /// Compares the device's file with `content` by the best hash that the device computes, and names it:
    /// "sha256", "crc32". Empty when it computes none. HashMismatch when they differ.
    core::Task<QString> compare(QString name, QByteArray content);

private:
    core::Task<FileOffset> write(WriteFile chunk);
    core::Task<core::Done> close();
    core::Result<core::Done> tell(qint64 done, qint64 total) const;

    Client &m_client;
    core::WriteControl m_control;
};

/// CRC-32 (IEEE 802.3), as the servers compute it for "crc32".
quint32 crc32(QByteArrayView bytes);

} // namespace smp
