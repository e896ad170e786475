// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/dfu_model.h"

#include <umockdev.h>

#include <deque>
#include <map>
#include <mutex>

namespace testing {

/// The node of a USB device in usbfs (Linux, Documentation/driver-api/usb/usb.rst): the control transfers of
/// whoever has opened it go to a model. umockdev calls it on a thread of its own; `lock` guards the model.
class MockUsbfs
{
public:
    MockUsbfs(DfuModel &model, std::mutex &lock);
    ~MockUsbfs();
    MockUsbfs(const MockUsbfs &) = delete;
    MockUsbfs &operator=(const MockUsbfs &) = delete;

    UMockdevIoctlBase *handler() const { return m_handler; }
    /// Somebody else has the interfaces from now on …
    void hold();
    /// … or has not.
    void free();

private:
    struct Urb {
        UMockdevIoctlData *head = nullptr; // struct usbdevfs_urb
        UMockdevIoctlData *buffer = nullptr; // setup and data
        bool isDone = false;
    };
    using Urbs = std::deque<Urb>;

    void answer(UMockdevIoctlClient *client);
    void forget(UMockdevIoctlClient *client);
    int submit(UMockdevIoctlClient *client, UMockdevIoctlData *argument);
    int reap(UMockdevIoctlClient *client, UMockdevIoctlData *argument);
    int discard(UMockdevIoctlClient *client, UMockdevIoctlData *argument);
    int capabilities(UMockdevIoctlData *argument) const;
    int selectAlternate(UMockdevIoctlData *argument);
    int execute(UMockdevIoctlClient *client, UMockdevIoctlData *argument, unsigned long request);
    bool isHere() const;
    static void finish(Urb &urb, int status, int count);
    static void release(const Urb &urb);

    DfuModel &m_model;
    std::mutex &m_lock;
    int m_enumeration;
    bool m_isHeld = false;
    UMockdevIoctlBase *m_handler;
    std::map<UMockdevIoctlClient *, Urbs> m_urbs;
};

} // namespace testing
