// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

namespace usb {

/// What libusb's code means (libusb 1.0, "Error handling": enum libusb_error). `during`: what was tried.
core::Error errorOf(int code, const char *during);

/// What the end of a transfer means (enum libusb_transfer_status), for every one but "completed".
core::Error errorOfStatus(int status);

} // namespace usb
