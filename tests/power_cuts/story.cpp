// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/story.h"

#include <QCryptographicHash>

#include <cstring>

namespace testing {

namespace {

constexpr qsizetype kChunk = 400;

const uint8_t *bytesOf(const QByteArray &bytes)
{
    return reinterpret_cast<const uint8_t *>(bytes.constData());
}

/// What fills the last write unit reads as if it were erased.
QByteArray padded(const QByteArray &bytes, qsizetype unit)
{
    return bytes + QByteArray((unit - bytes.size() % unit) % unit, '\xff');
}

} // namespace

Story::Story(SimulatedUnit &unit, Expectation &expectation) :
    m_unit(unit), m_expected(expectation), m_served(unit)
{
    noteBoot();
}

void Story::boot(bm_reset_reason reason)
{
    m_served.boot(reason);
    noteBoot();
}

void Story::noteBoot()
{
    if (current().isTrial()) {
        ++m_expected.trialBoots;
    } else if (!current().isRecovery()) {
        m_expected.candidateIsOut();
    }
}

bool Story::ask(const char *what, bm_service_result answer)
{
    if (answer != BM_SERVICE_OK && m_refusal.empty()) {
        m_refusal = std::string(what) + " is refused: " + std::to_string(answer);
    }
    return answer == BM_SERVICE_OK;
}

void Story::upload(const KnownImage &image)
{
    uploadPartly(image, image.bytes.size());
}

void Story::uploadPartly(const KnownImage &image, qsizetype length)
{
    const boot_services &services = *current().services;
    const QByteArray key = QCryptographicHash::hash(image.bytes, QCryptographicHash::Sha256);
    const QByteArray bytes = padded(image.bytes.first(length), m_unit.map.write_size);
    const quint32 whole = quint32(image.bytes.size());
    const quint8 slot = services.slot_for_upload();
    quint32 offset = 0;
    m_expected.uploading = &image;
    // Replacing what waits for its trial cancels that trial.
    m_expected.trial = m_expected.trial == Standing::No ? Standing::No : Standing::Asked;
    const bool isOpen = ask("an upload", services.slot_open(slot, bytesOf(key), whole, &offset));
    m_expected.trial = Standing::No;
    for (qsizetype at = offset; isOpen && offset < whole && at < bytes.size(); at += kChunk) {
        const QByteArray chunk = bytes.mid(at, kChunk);
        const quint32 last = quint32(at + chunk.size() - 1);
        if (!ask("an erase", services.slot_erase(slot, last - last % m_unit.map.sector_size))
            || !ask("a program",
                    services.slot_program(slot, quint32(at), chunk.constData(), quint32(chunk.size())))) {
            return;
        }
    }
}

void Story::uploadOverSmp(const KnownImage &image)
{
    m_expected.uploading = &image;
    m_expected.trial = m_expected.trial == Standing::No ? Standing::No : Standing::Asked;
    const QCborMap answer = m_served.upload(image.bytes, kChunk);
    m_expected.trial = Standing::No;
    const bool isWhole = answer.value(QStringLiteral("match")).toBool();
    ask("an upload over SMP", isWhole ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED);
}

void Story::requestTrial(const KnownImage &image, Force force)
{
    m_expected.candidate = &image;
    m_expected.candidateFinds = m_expected.goodFinds;
    m_expected.trialBoots = 0;
    m_expected.confirmation = Standing::No;
    m_expected.trial = Standing::Asked;
    if (ask("a trial",
            current().services->request_trial(bytesOf(image.hash),
                                              force == Force::Yes ? BM_TRIAL_FORCE : 0))) {
        m_expected.trial = Standing::Yes;
    }
}

void Story::confirm()
{
    if (!current().isTrial()) {
        ask("a confirmation, as nothing is on trial,", BM_SERVICE_NOT_ON_TRIAL);
        return;
    }
    m_expected.confirmation = Standing::Asked;
    if (ask("a confirmation", current().services->confirm())) {
        m_expected.candidateIsConfirmed(current().slot);
    }
}

void Story::revert(quint32 reason)
{
    m_expected.trial = current().isTrial() ? m_expected.trial : Standing::Asked;
    if (ask("a revert", current().services->revert(reason))) {
        m_expected.trial = Standing::No;
    }
}

void Story::writeConfig(const QByteArray &content, quint32 schema)
{
    const boot_services &services = *current().services;
    QByteArrayList &finds = current().isTrial() ? m_expected.candidateFinds : m_expected.goodFinds;
    const quint32 length = quint32(content.size());
    const quint32 first = length / 2 / BM_MAX_WRITE_SIZE * BM_MAX_WRITE_SIZE;
    const bool isWritten = ask("a configuration", services.config_open(schema, length))
        && ask("its first half", services.config_append(content.constData(), first))
        && ask("its second half", services.config_append(content.constData() + first, length - first));
    finds.append(content);
    if (isWritten && ask("its commitment", services.config_commit())) {
        finds = {content};
    }
}

void Story::writeIdentity()
{
    const bm_identity identity = sampleIdentity();
    m_expected.identity = Standing::Asked;
    if (ask("an identity", current().services->identity_write(&identity))) {
        m_expected.identity = Standing::Yes;
    }
}

void Story::unlock()
{
    const boot_services &services = *current().services;
    QByteArray challenge(BM_CHALLENGE_SIZE, '\0');
    services.challenge(reinterpret_cast<uint8_t *>(challenge.data()));
    const QByteArray message =
        QByteArray(BM_UNLOCK_CONTEXT, sizeof BM_UNLOCK_CONTEXT) + QByteArray(BM_UUID_SIZE, 'D') + challenge;
    ask("the unlocking", services.unlock(bytesOf(signatureBy(TestKey::Recovery, message))));
}

void Story::eraseRegion(bm_region region)
{
    const bool isConfig = region == BM_REGION_CONFIG_A || region == BM_REGION_CONFIG_B;
    const bool isGoodImage = region == BM_REGION_SLOT_A + int(m_expected.goodSlot);
    if (isGoodImage) {
        m_expected.spares.append(m_expected.good); // may run until it is gone, and is owed to nobody
        m_expected.good = nullptr;
    }
    m_expected.mayEvidenceBeGone = m_expected.mayEvidenceBeGone || region == BM_REGION_EVIDENCE;
    if (isConfig) {
        m_expected.goodFinds.append(QByteArray());
    }
    ask("an erasure", current().services->region_erase(region));
}

bm_identity sampleIdentity()
{
    bm_identity identity = {};
    std::strcpy(identity.product, "bench-sensor");
    std::strcpy(identity.hardware, "revA");
    std::strcpy(identity.serial, "BM-0001");
    std::memset(identity.device_id, 'D', sizeof identity.device_id);
    std::memset(identity.vendor_uuid, 'V', sizeof identity.vendor_uuid);
    std::memset(identity.class_uuid, 'C', sizeof identity.class_uuid);
    return identity;
}

} // namespace testing
