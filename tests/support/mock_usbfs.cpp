// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mock_usbfs.h"

#include <sys/ioctl.h> // before the one below, which needs it

#include <linux/usbdevice_fs.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace testing {

namespace {

constexpr std::size_t kSetupSize = 8;

std::uint16_t number(const guint8 *bytes)
{
    return std::uint16_t(bytes[0] | bytes[1] << 8);
}

DfuSetup setupIn(const guint8 *bytes)
{
    return {bytes[0], bytes[1], number(bytes + 2), number(bytes + 4), number(bytes + 6)};
}

template<class Value>
void update(UMockdevIoctlData *data, std::size_t offset, const Value &value)
{
    umockdev_ioctl_data_update(data, offset, reinterpret_cast<guint8 *>(const_cast<Value *>(&value)),
                               sizeof value);
}

/// What a pointer in the client's memory leads to.
UMockdevIoctlData *follow(UMockdevIoctlData *data, std::size_t offset, std::size_t size)
{
    return umockdev_ioctl_data_resolve(data, offset, size, nullptr);
}

} // namespace

MockUsbfs::MockUsbfs(DfuModel &model, std::mutex &lock) :
    m_model(model), m_lock(lock), m_enumeration(model.enumeration()), m_handler(umockdev_ioctl_base_new())
{
    const auto onIoctl = +[](UMockdevIoctlBase *, UMockdevIoctlClient *client, gpointer self) -> gboolean {
        static_cast<MockUsbfs *>(self)->answer(client);
        return TRUE;
    };
    const auto onGone = +[](UMockdevIoctlBase *, UMockdevIoctlClient *client, gpointer self) {
        static_cast<MockUsbfs *>(self)->forget(client);
    };
    g_signal_connect(m_handler, "handle-ioctl", G_CALLBACK(onIoctl), this);
    g_signal_connect(m_handler, "client-vanished", G_CALLBACK(onGone), this);
}

MockUsbfs::~MockUsbfs()
{
    g_signal_handlers_disconnect_by_data(m_handler, this);
    for (const auto &[client, urbs] : m_urbs)
        std::for_each(urbs.begin(), urbs.end(), &MockUsbfs::release);
    g_object_unref(m_handler);
}

void MockUsbfs::hold()
{
    const std::lock_guard<std::mutex> guard(m_lock);
    m_isHeld = true;
}

void MockUsbfs::free()
{
    const std::lock_guard<std::mutex> guard(m_lock);
    m_isHeld = false;
}

void MockUsbfs::release(const Urb &urb)
{
    g_object_unref(urb.head);
    if (urb.buffer)
        g_object_unref(urb.buffer);
}

void MockUsbfs::forget(UMockdevIoctlClient *client)
{
    const std::lock_guard<std::mutex> guard(m_lock);
    const auto found = m_urbs.find(client);
    if (found == m_urbs.end())
        return;
    std::for_each(found->second.begin(), found->second.end(), &MockUsbfs::release);
    m_urbs.erase(found);
}

bool MockUsbfs::isHere() const
{
    return m_model.isAttached() && m_model.enumeration() == m_enumeration;
}

void MockUsbfs::answer(UMockdevIoctlClient *client)
{
    const std::lock_guard<std::mutex> guard(m_lock);
    const gulong request = umockdev_ioctl_client_get_request(client);
    const int error = execute(client, umockdev_ioctl_client_get_arg(client), request);
    umockdev_ioctl_client_complete(client, error == 0 ? 0 : -1, error);
}

/// Gives 0 or an errno.
int MockUsbfs::execute(UMockdevIoctlClient *client, UMockdevIoctlData *argument, unsigned long request)
{
    const bool isReap = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
    if (isReap)
        return reap(client, argument);
    if (!isHere())
        return ENODEV;
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES:
        return capabilities(argument);
    case USBDEVFS_SUBMITURB:
        return submit(client, argument);
    case USBDEVFS_DISCARDURB:
        return discard(client, argument);
    case USBDEVFS_CLAIMINTERFACE:
        return m_isHeld ? EBUSY : 0;
    case USBDEVFS_SETINTERFACE:
        return selectAlternate(argument);
    case USBDEVFS_RESET:
        m_model.resetBus();
        return isHere() ? 0 : ENODEV;
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_SETCONFIGURATION:
    case USBDEVFS_CLEAR_HALT:
        return 0;
    default: // Drivers that are asked for or sent away: there is none.
        return ENODATA;
    }
}

int MockUsbfs::capabilities(UMockdevIoctlData *argument) const
{
    const guint32 known =
        USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    UMockdevIoctlData *answer = follow(argument, 0, sizeof known);
    update(answer, 0, known);
    g_object_unref(answer);
    return 0;
}

int MockUsbfs::selectAlternate(UMockdevIoctlData *argument)
{
    usbdevfs_setinterface wanted{};
    UMockdevIoctlData *data = follow(argument, 0, sizeof wanted);
    std::memcpy(&wanted, data->data, sizeof wanted);
    g_object_unref(data);
    m_model.select(std::uint8_t(wanted.altsetting));
    return 0;
}

void MockUsbfs::finish(Urb &urb, int status, int count)
{
    update(urb.head, offsetof(usbdevfs_urb, status), status);
    update(urb.head, offsetof(usbdevfs_urb, actual_length), count);
    urb.isDone = true;
}

int MockUsbfs::submit(UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
    usbdevfs_urb told{};
    Urb urb;
    urb.head = follow(argument, 0, sizeof told);
    std::memcpy(&told, urb.head->data, sizeof told);
    const auto size = std::size_t(told.buffer_length);
    if (told.type != USBDEVFS_URB_TYPE_CONTROL || size < kSetupSize) {
        g_object_unref(urb.head);
        return EINVAL;
    }
    urb.buffer = follow(urb.head, offsetof(usbdevfs_urb, buffer), size);
    const guint8 *bytes = urb.buffer->data;
    const DfuSetup setup = setupIn(bytes);
    const Bytes payload = setup.isIn() ? Bytes() : Bytes(bytes + kSetupSize, bytes + size);
    DfuModel::Answer answer = m_model.control(setup, payload);
    switch (answer.kind) {
    case DfuModel::Answer::Kind::Done:
        if (!answer.data.empty())
            umockdev_ioctl_data_update(urb.buffer, kSetupSize, answer.data.data(), answer.data.size());
        finish(urb, 0, int(setup.isIn() ? answer.data.size() : answer.taken));
        break;
    case DfuModel::Answer::Kind::Stall:
        finish(urb, -EPIPE, 0);
        break;
    case DfuModel::Answer::Kind::Gone:
        finish(urb, -ESHUTDOWN, 0);
        break;
    case DfuModel::Answer::Kind::Silence:
        break;
    }
    m_urbs[client].push_back(urb);
    return 0;
}

int MockUsbfs::reap(UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
    Urbs &urbs = m_urbs[client];
    for (Urb &urb : urbs)
        if (!urb.isDone && !isHere())
            finish(urb, -ESHUTDOWN, 0);
    const auto done = std::find_if(urbs.begin(), urbs.end(), [](const Urb &urb) { return urb.isDone; });
    if (done == urbs.end())
        return isHere() ? EAGAIN : ENODEV;
    const Urb urb = *done;
    urbs.erase(done);
    UMockdevIoctlData *answer = follow(argument, 0, sizeof(void *));
    umockdev_ioctl_data_set_ptr(answer, 0, urb.head);
    g_object_unref(answer);
    release(urb);
    return 0;
}

/// The argument is the address of a URB that was submitted, not what it leads to.
int MockUsbfs::discard(UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
    gulong address = 0;
    std::memcpy(&address, argument->data, sizeof address);
    for (Urb &urb : m_urbs[client]) {
        if (urb.head->client_addr != address || urb.isDone)
            continue;
        finish(urb, -ENOENT, 0);
        return 0;
    }
    return EINVAL;
}

} // namespace testing
