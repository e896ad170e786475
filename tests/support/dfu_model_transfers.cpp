// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dfu_model.h"

#include <algorithm>
#include <utility>

namespace testing {

namespace {

// Statuses by their numbers (USB DFU 1.1, section 6.1.2).
constexpr std::uint8_t kOk = 0x00;
constexpr std::uint8_t kErrProgram = 0x06;
constexpr std::uint8_t kErrAddress = 0x08;
constexpr std::uint8_t kErrNotDone = 0x09;
constexpr std::uint8_t kErrVendor = 0x0b;
constexpr std::uint8_t kErrStalledPacket = 0x0f;

// DfuSe's commands (AN3156).
constexpr std::uint8_t kSetPointer = 0x21;
constexpr std::uint8_t kErase = 0x41;
constexpr std::uint8_t kReadUnprotect = 0x92;
constexpr std::uint16_t kCommandBlock = 0;
constexpr std::uint16_t kFirstDataBlock = 2;

std::uint32_t addressIn(const Bytes &command)
{
    return std::uint32_t(command[1]) | std::uint32_t(command[2]) << 8 | std::uint32_t(command[3]) << 16
        | std::uint32_t(command[4]) << 24;
}

std::uint8_t statusOf(DfuFlash::Outcome outcome)
{
    switch (outcome) {
    case DfuFlash::Outcome::Done:
        return kOk;
    case DfuFlash::Outcome::NotErased:
        return kErrProgram;
    default:
        return kErrAddress;
    }
}

} // namespace

DfuModel::Answer DfuModel::download(const DfuSetup &setup, const Bytes &payload)
{
    const bool isAllowed = (m_traits.attributes & 0x01) != 0 && (m_state == Idle || m_state == DownloadIdle)
        && setup.length <= m_traits.transferSize;
    if (!isAllowed)
        return fail(kErrStalledPacket);
    if (setup.length == 0)
        return endOfDownload();
    m_isTouched = true;
    m_isManifested = false;
    m_syncsLeft = m_traits.extraSyncs;
    if (m_state == Idle)
        m_firstBlockAt = m_world.now();
    if (m_traits.isDfuSe) {
        m_command = payload;
        m_commandBlock = setup.value;
        m_isPending = true;
    } else {
        writePlain(payload);
    }
    m_state = DownloadSync;
    return {Answer::Kind::Done, {}, payload.size()};
}

DfuModel::Answer DfuModel::endOfDownload()
{
    if (m_state != DownloadIdle && !m_traits.isDfuSe) // ST's leave from dfuIDLE as well.
        return fail(kErrNotDone);
    m_state = ManifestSync;
    if (m_traits.isDfuSe && m_traits.leaving == DfuTraits::Leaving::GoneAtBlock) {
        leaveBus(Mode::RunTime, m_traits.restartTime);
        return gone();
    }
    return {};
}

void DfuModel::writePlain(const Bytes &payload)
{
    if (m_state == Idle)
        m_image.clear();
    work(m_traits.blockTime);
    if (m_traits.isWriteProtected)
        m_commandStatus = kErrVendor;
    else if (m_image.size() + payload.size() > m_traits.flashSize)
        m_commandStatus = kErrAddress;
    else
        m_image.insert(m_image.end(), payload.begin(), payload.end());
}

void DfuModel::execute()
{
    m_isPending = false;
    m_state = DownloadBusy;
    m_commandStatus = m_commandBlock == kCommandBlock ? executeCommand() : executeData();
}

std::uint8_t DfuModel::executeCommand()
{
    const std::uint8_t command = m_command[0];
    const bool isWhole = m_command.size() == 1;
    if (!isWhole && m_command.size() != 5)
        return kErrStalledPacket;
    work(m_traits.blockTime);
    if (command == kSetPointer && !isWhole) {
        m_pointer = addressIn(m_command);
        return kOk;
    }
    if (command == kReadUnprotect && isWhole) {
        m_flash.eraseAll();
        m_traits.isReadProtected = m_traits.isWriteProtected = false;
        leaveBus(Mode::Dfu, m_traits.restartTime);
        return kOk;
    }
    if (command != kErase)
        return kErrStalledPacket;
    if (m_traits.isWriteProtected)
        return kErrVendor;
    work(m_traits.eraseTime);
    if (!isWhole)
        return statusOf(m_flash.erase(m_alternate, addressIn(m_command)));
    m_flash.eraseAll();
    return kOk;
}

std::uint8_t DfuModel::executeData()
{
    work(m_traits.blockTime);
    if (m_commandBlock < kFirstDataBlock)
        return kErrStalledPacket;
    if (m_traits.isWriteProtected)
        return kErrVendor;
    const std::uint32_t at =
        m_pointer + std::uint32_t(m_commandBlock - kFirstDataBlock) * m_traits.transferSize;
    const std::uint8_t status = statusOf(m_flash.write(m_alternate, at, m_command));
    const bool isOption = m_traits.memories[m_alternate].title.find("Option") != std::string::npos;
    if (isOption && status == kOk) { // They are taken over by a reset of the chip.
        ++m_optionWrites;
        leaveBus(Mode::Dfu, m_traits.restartTime);
    }
    return status;
}

DfuModel::Answer DfuModel::upload(const DfuSetup &setup)
{
    const bool isAllowed = (m_traits.attributes & 0x02) != 0 && (m_state == Idle || m_state == UploadIdle)
        && setup.length <= m_traits.transferSize;
    if (!isAllowed)
        return fail(kErrStalledPacket);
    if (m_traits.isReadProtected)
        return fail(kErrVendor);
    m_isTouched = true;
    Answer given = m_traits.isDfuSe ? dfuSeUpload(setup.value, setup.length) : plainUpload(setup.length);
    if (m_traits.readBackLies)
        std::fill(given.data.begin(), given.data.end(), std::uint8_t(0));
    return given;
}

DfuModel::Answer DfuModel::plainUpload(std::size_t length)
{
    if (m_state == Idle)
        m_uploadAt = 0;
    const std::size_t count = std::min(length, m_image.size() - m_uploadAt);
    const auto begin = m_image.begin() + std::ptrdiff_t(m_uploadAt);
    Bytes data(begin, begin + std::ptrdiff_t(count));
    m_uploadAt += count;
    m_state = count < length ? Idle : UploadIdle;
    return {Answer::Kind::Done, data, 0};
}

DfuModel::Answer DfuModel::dfuSeUpload(std::uint16_t number, std::size_t length)
{
    if (number == kCommandBlock) {
        m_state = Idle;
        return {Answer::Kind::Done, {0x00, kSetPointer, kErase, kReadUnprotect}, 0};
    }
    if (number < kFirstDataBlock)
        return fail(kErrStalledPacket);
    const std::uint32_t at = m_pointer + std::uint32_t(number - kFirstDataBlock) * m_traits.transferSize;
    const std::optional<Bytes> data = m_flash.read(m_alternate, at, length);
    if (!data)
        return fail(kErrAddress);
    m_state = data->size() < length ? Idle : UploadIdle;
    return {Answer::Kind::Done, *data, 0};
}

} // namespace testing
