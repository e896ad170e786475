// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/io_device_stream.h"

namespace transport {

using core::Done;
using core::ErrorKind;
using core::Task;

void IoDeviceStream::watch(QIODevice &device)
{
    m_device = &device;
    QObject::connect(&device, &QIODevice::readyRead, &device, [this] { wakeReader(); });
}

Task<Done> IoDeviceStream::send(QByteArray bytes)
{
    if (!m_isOpen)
        co_return core::fail(ErrorKind::Disconnected, m_whyLost);
    if (m_device->write(bytes) != bytes.size())
        co_return core::fail(ErrorKind::TransportFailed, m_device->errorString());
    flush();
    co_return Done{};
}

Task<QByteArray> IoDeviceStream::receive()
{
    for (;;) {
        if (!m_lastWords.isEmpty())
            co_return std::exchange(m_lastWords, {});
        if (!m_isOpen)
            co_return core::fail(ErrorKind::Disconnected, m_whyLost);
        if (m_device->bytesAvailable() > 0)
            co_return m_device->readAll();
        co_await m_bell.next();
    }
}

void IoDeviceStream::close()
{
    linkLost(QStringLiteral("closed by this program"));
    m_lastWords.clear();
    m_device->close();
}

void IoDeviceStream::linkOpened()
{
    m_isOpen = true;
    m_whyLost.clear();
    m_lastWords.clear();
    m_bell.clear();
}

void IoDeviceStream::linkLost(const QString &why)
{
    if (!m_isOpen)
        return;
    m_isOpen = false;
    m_whyLost = why;
    if (m_device->isOpen())
        m_lastWords = m_device->readAll();
    wakeReader();
}

void IoDeviceStream::wakeReader()
{
    if (m_bell.isEmpty())
        m_bell.put(Done{});
}

} // namespace transport
