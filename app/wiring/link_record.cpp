// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/link_record.h"

#include "device_protocols/transport/recording_channel.h"

#include <QFile>

namespace wiring {

QString recordFileOf(const QString &file, int link)
{
    return link == 1 ? file : QStringLiteral("%1.%2").arg(file).arg(link);
}

core::Result<std::unique_ptr<transport::FrameChannel>>
recorded(std::unique_ptr<transport::FrameChannel> channel, const LinkRecord &record, core::Clock &clock)
{
    const auto file = std::make_shared<QFile>(record.file);
    if (!file->open(QIODevice::WriteOnly | QIODevice::Truncate))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("%1: %2").arg(record.file, file->errorString()));
    // A record that cannot be written any more must not end what is being recorded.
    const auto write = [file](const QString &line) {
        file->write(line.toUtf8() + '\n');
        file->flush();
    };
    write(QStringLiteral("# %1 at %2").arg(record.unit, core::toText(record.address)));
    return std::unique_ptr<transport::FrameChannel>(
        std::make_unique<transport::RecordingChannel>(std::move(channel), clock, write));
}

} // namespace wiring
