// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C core of the recovery bootloader, for tests in C++.
#define _Static_assert static_assert // as C11 writes it
extern "C" {
#include "base64.h"
#include "boot_policy.h"
#include "boot_services_impl.h"
#include "boot_session.h"
#include "bootloader_version.h"
#include "cbor_reader.h"
#include "cbor_writer.h"
#include "config_store.h"
#include "crc.h"
#include "flash_region.h"
#include "identity_store.h"
#include "line_entry.h"
#include "record_ring.h"
#include "smp_frame.h"
#include "smp_server.h"
#include "state_store.h"
}
#undef _Static_assert
