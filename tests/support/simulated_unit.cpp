// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_unit.h"

#include <algorithm>
#include <cstring>

namespace testing {

static SimulatedUnit *current = nullptr;

namespace {

constexpr quint32 kFlashAddress = 0x8000000;

bm_flash_map layOut(quint32 sectorSize, quint32 writeSize)
{
    constexpr quint32 sectors[BM_REGION_COUNT] = {2, 2, 1, 1, 1, 4, 4};
    bm_flash_map map = {
        .sector_size = sectorSize, .write_size = writeSize, .address = kFlashAddress, .regions = {}};
    quint32 offset = 0;
    for (int region = 0; region < BM_REGION_COUNT; ++region) {
        map.regions[region] = {.offset = offset, .size = sectors[region] * sectorSize};
        offset += map.regions[region].size;
    }
    return map;
}

} // namespace

SimulatedUnit::SimulatedUnit(quint32 sectorSize, quint32 writeSize) : map(layOut(sectorSize, writeSize))
{
    const bm_flash_region &last = map.regions[BM_REGION_COUNT - 1];
    flash.fill('\xff', last.offset + last.size);
    eraseCounts.fill(0, flash.size() / sectorSize);
    current = this;
}

SimulatedUnit::~SimulatedUnit()
{
    // A test that replaces its unit makes the new one first.
    if (current == this) {
        current = nullptr;
    }
}

void SimulatedUnit::provision()
{
    bm_identity identity = {};
    std::strcpy(identity.product, "bench-sensor");
    std::strcpy(identity.hardware, "revA");
    std::strcpy(identity.serial, "BM-0001");
    std::memset(identity.device_id, 'D', sizeof identity.device_id);
    std::memset(identity.vendor_uuid, 'V', sizeof identity.vendor_uuid);
    std::memset(identity.class_uuid, 'C', sizeof identity.class_uuid);
    identity_store_write(&identity);
}

void SimulatedUnit::writeImage(quint8 slot, const QByteArray &image)
{
    const bm_flash_region &region = map.regions[slot == 0 ? BM_REGION_SLOT_A : BM_REGION_SLOT_B];
    flash.replace(region.offset, region.size, image + QByteArray(region.size - image.size(), '\xff'));
}

QByteArray SimulatedUnit::readSlot(quint8 slot, qsizetype length) const
{
    return flash.mid(regionOffset(slot == 0 ? BM_REGION_SLOT_A : BM_REGION_SLOT_B), length);
}

void SimulatedUnit::confirmSlot(quint8 slot, const QByteArray &hash, quint32 minimum)
{
    record_ring store;
    boot_record record;
    state_store_load(&store, &record);
    record.active_slot = slot;
    record.minimum_rollback_index = minimum;
    std::memcpy(record.confirmed_image[slot], hash.constData(), BM_IMAGE_PREFIX_SIZE);
    record_ring_append(&store, &record);
}

void SimulatedUnit::setPending(quint8 slot, const QByteArray &hash, quint8 trials)
{
    record_ring store;
    boot_record record;
    state_store_load(&store, &record);
    record.pending_slot = slot;
    record.trials_remaining = trials;
    std::memcpy(record.pending_hash, hash.constData(), BM_HASH_SIZE);
    record_ring_append(&store, &record);
}

void SimulatedUnit::corrupt(bm_region region, quint32 offset, qsizetype length)
{
    for (qsizetype i = 0; i < length; ++i) {
        const qsizetype at = regionOffset(region) + offset + i;
        flash[at] = char(~flash[at]);
    }
}

void SimulatedUnit::cutPowerAt(int operation, qsizetype bytes)
{
    m_cutAt = writeCount + operation;
    m_cutAfter = bytes;
    writeSizes.clear();
}

void SimulatedUnit::restorePower()
{
    m_cutAt = -1;
    hasPower = true;
    writeSizes.clear();
    retained.fill('\xa5');
}

void SimulatedUnit::announce(quint32 offset, const QByteArray &after, bool isErase) const
{
    if (onWrite) {
        onWrite({.offset = offset,
                 .before = flash.mid(qsizetype(offset), after.size()),
                 .after = after,
                 .isErase = isErase});
    }
}

qsizetype SimulatedUnit::bytesThatArrive(qsizetype length)
{
    if (!hasPower || isFlashDead) {
        return 0;
    }
    writeSizes.append(length);
    if (writeCount++ == m_cutAt) {
        hasPower = false;
        return std::min(length, m_cutAfter);
    }
    return length;
}

bool SimulatedUnit::endWrite(bool isWhole)
{
    for (const quint32 offset : std::as_const(wornOut)) {
        flash[offset] = char(flash[offset] & ~1);
    }
    return isWhole && hasPower && !isFlashDead;
}

bool SimulatedUnit::program(quint32 offset, const void *data, size_t length)
{
    if (offset % map.write_size != 0 || length % map.write_size != 0 || offset > flash.size()
        || length > size_t(flash.size()) - offset) {
        return false;
    }
    announce(offset, QByteArray(static_cast<const char *>(data), qsizetype(length)), false);
    const qsizetype arriving = bytesThatArrive(qsizetype(length));
    const auto *bytes = static_cast<const quint8 *>(data);
    for (qsizetype i = 0; i < arriving; ++i) {
        const quint8 before = quint8(flash[offset + i]);
        brokeFlashRule = brokeFlashRule || (~before & bytes[i]) != 0;
        flash[offset + i] = char(before & bytes[i]);
    }
    return endWrite(arriving == qsizetype(length));
}

bool SimulatedUnit::erase(quint32 offset)
{
    const quint32 sectorSize = map.sector_size;
    if (offset % sectorSize != 0 || offset >= flash.size()) {
        return false;
    }
    if (failingErases > 0 || deadSectors.contains(offset)) {
        failingErases -= failingErases > 0 ? 1 : 0;
        return false;
    }
    announce(offset, QByteArray(sectorSize, '\xff'), true);
    const qsizetype arriving = bytesThatArrive(sectorSize);
    std::memset(flash.data() + offset, 0xff, size_t(arriving));
    eraseCounts[offset / sectorSize] += arriving > 0 ? 1 : 0;
    return endWrite(arriving == sectorSize);
}

SimulatedBoot::SimulatedBoot(SimulatedUnit &unit, bm_reset_reason reason)
{
    unit.resetReason = reason;
    unit.watchdogTimeout = 0;
    services = &boot_services_table;
    boot_session_open();
    slot = boot_policy_decide();
}

} // namespace testing

using testing::current;

extern "C" {

const bm_flash_map *port_flash_map(void)
{
    return &current->map;
}

const uint8_t *port_flash_memory(void)
{
    return reinterpret_cast<const uint8_t *>(current->flash.constData());
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    return current->program(offset, data, length);
}

bool port_flash_erase(uint32_t offset)
{
    return current->erase(offset);
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    const size_t count = std::min(capacity, size_t(current->received.size()));
    std::memcpy(to, current->received.constData(), count);
    current->received.remove(0, qsizetype(count));
    return count;
}

void port_line_write(const uint8_t *data, size_t length)
{
    current->sent.append(reinterpret_cast<const char *>(data), qsizetype(length));
}

uint32_t port_now_ms(void)
{
    return current->now;
}

void port_idle(uint32_t timeout_ms)
{
    current->now += timeout_ms;
}

const bm_timing *port_timing(void)
{
    return &current->timing;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    current->watchdogTimeout = current->hasWatchdog ? timeout_ms : 0;
    return current->hasWatchdog;
}

void port_watchdog_kick(void)
{
    current->kickCount++;
}

void port_reset(void)
{
    qFatal("a test that resets replaces the service");
}

bm_reset_reason port_reset_reason(void)
{
    return current->resetReason;
}

void *port_retained(void)
{
    return current->retained.data();
}

bool port_recovery_is_requested(void)
{
    return current->isButtonHeld;
}

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = uint32_t(current->loadArea.size());
    return reinterpret_cast<uint8_t *>(current->loadArea.data());
}

void port_start_payload(const uint8_t *, uint32_t, const boot_services *)
{
    qFatal("tests stop before the jump");
}
}
