// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/bootmend_group.h"

#include "device_protocols/smp/reply_fields.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

#include <array>

namespace smp {

using core::Done;
using core::EvidenceEvent;
using core::FlashRegion;
using core::HealthCheck;
using core::Reason;
using core::RecoveryCause;
using core::ResetCause;
using core::Result;
using core::RollbackCause;
using core::Task;

static_assert(quint16(Group::Bootmend) == BM_SMP_GROUP);

namespace {

constexpr Command kBootState{Op::Read, Group::Bootmend, BM_SMP_BOOT_STATE};
constexpr Command kEvidence{Op::Read, Group::Bootmend, BM_SMP_EVIDENCE};
constexpr Command kIdentity{Op::Read, Group::Bootmend, BM_SMP_IDENTITY};
constexpr Command kFlashMap{Op::Read, Group::Bootmend, BM_SMP_FLASH_MAP};
constexpr Command kHealth{Op::Read, Group::Bootmend, BM_SMP_HEALTH};
constexpr Command kRevert{Op::Write, Group::Bootmend, BM_SMP_REVERT};
constexpr Command kConfiguration{Op::Read, Group::Bootmend, BM_SMP_CONFIG};
constexpr Command kChallenge{Op::Read, Group::Bootmend, BM_SMP_UNLOCK};
constexpr Command kUnlock{Op::Write, Group::Bootmend, BM_SMP_UNLOCK};
constexpr Command kReadRegion{Op::Read, Group::Bootmend, BM_SMP_REGION};
constexpr Command kEraseRegion{Op::Write, Group::Bootmend, BM_SMP_REGION};

// In evidence events that concern no slot (BM_SLOT_NONE of the bootloader).
constexpr int kNoSlot = 0xff;

// A log of two 4 KiB sectors holds fewer events than this; a device that never ends its list is stopped.
constexpr qsizetype kMostEvents = 10'000;

template<class Cause>
struct WireCause {
    int code;
    Cause cause;
};

constexpr std::array kRollbackCauses{
    WireCause{BM_ROLLBACK_NONE, RollbackCause::None},
    WireCause{BM_ROLLBACK_CRASHED, RollbackCause::Crashed},
    WireCause{BM_ROLLBACK_WATCHDOG, RollbackCause::Watchdog},
    WireCause{BM_ROLLBACK_NOT_CONFIRMED, RollbackCause::NotConfirmed},
    WireCause{BM_ROLLBACK_HEALTH, RollbackCause::Unhealthy},
    WireCause{BM_ROLLBACK_REQUESTED, RollbackCause::Requested},
    WireCause{BM_ROLLBACK_IMAGE_INVALID, RollbackCause::ImageInvalid},
    WireCause{BM_ROLLBACK_EXPIRED, RollbackCause::Expired},
    WireCause{BM_ROLLBACK_CRASH_LOOP, RollbackCause::CrashLoop},
    WireCause{BM_ROLLBACK_NO_WATCHDOG, RollbackCause::NoWatchdog},
};

constexpr std::array kRecoveryCauses{
    WireCause{BM_RECOVERY_NO_IMAGE, RecoveryCause::NoImage},
    WireCause{BM_RECOVERY_REQUESTED, RecoveryCause::Requested},
    WireCause{BM_RECOVERY_LINE, RecoveryCause::Line},
    WireCause{BM_RECOVERY_CRASH_LOOP, RecoveryCause::CrashLoop},
};

constexpr std::array kResetCauses{
    WireCause{BM_RESET_POWER_ON, ResetCause::PowerOn},
    WireCause{BM_RESET_REQUESTED, ResetCause::Requested},
    WireCause{BM_RESET_WATCHDOG, ResetCause::Watchdog},
    WireCause{BM_RESET_CRASH, ResetCause::Crash},
};

constexpr std::array kImageVerdicts{
    WireCause{BM_IMAGE_OK, std::optional<Reason>()},
    WireCause{BM_IMAGE_EMPTY, std::optional(Reason::PayloadMissing)},
    WireCause{BM_IMAGE_MALFORMED, std::optional(Reason::ImageMalformed)},
    WireCause{BM_IMAGE_HASH_WRONG, std::optional(Reason::HashMismatch)},
    WireCause{BM_IMAGE_KEY_UNKNOWN, std::optional(Reason::KeyUnknown)},
    WireCause{BM_IMAGE_SIGNATURE_WRONG, std::optional(Reason::SignatureInvalid)},
    WireCause{BM_IMAGE_OTHER_PRODUCT, std::optional(Reason::IncompatibleProduct)},
    WireCause{BM_IMAGE_OTHER_HARDWARE, std::optional(Reason::IncompatibleHardware)},
    WireCause{BM_IMAGE_ROLLBACK, std::optional(Reason::RollbackIndexTooLow)},
    WireCause{BM_IMAGE_BOOTLOADER_TOO_OLD, std::optional(Reason::BootloaderTooOld)},
    WireCause{BM_IMAGE_KEY_REVOKED, std::optional(Reason::KeyRevoked)},
};

constexpr std::array kEvidenceKinds{
    WireCause{BM_EVIDENCE_BOOT, EvidenceEvent::Kind::Boot},
    WireCause{BM_EVIDENCE_IMAGE_REFUSED, EvidenceEvent::Kind::ImageRefused},
    WireCause{BM_EVIDENCE_ROLLBACK, EvidenceEvent::Kind::RolledBack},
    WireCause{BM_EVIDENCE_CONFIRMED, EvidenceEvent::Kind::Confirmed},
    WireCause{BM_EVIDENCE_RECOVERY, EvidenceEvent::Kind::RecoveryEntered},
    WireCause{BM_EVIDENCE_STATE_LOST, EvidenceEvent::Kind::StateLost},
    WireCause{BM_EVIDENCE_UNLOCKED, EvidenceEvent::Kind::Unlocked},
    WireCause{BM_EVIDENCE_ERASED, EvidenceEvent::Kind::Erased},
    WireCause{BM_EVIDENCE_PROVISIONED, EvidenceEvent::Kind::Provisioned},
};

constexpr std::array kRegions{
    WireCause{BM_REGION_STATE, EvidenceEvent::Region::State},
    WireCause{BM_REGION_EVIDENCE, EvidenceEvent::Region::Evidence},
    WireCause{BM_REGION_IDENTITY, EvidenceEvent::Region::Identity},
    WireCause{BM_REGION_CONFIG_A, EvidenceEvent::Region::ConfigurationA},
    WireCause{BM_REGION_CONFIG_B, EvidenceEvent::Region::ConfigurationB},
    WireCause{BM_REGION_SLOT_A, EvidenceEvent::Region::SlotA},
    WireCause{BM_REGION_SLOT_B, EvidenceEvent::Region::SlotB},
};

/// A number that a newer device may have and we do not know becomes `unknown`.
template<class Cause, std::size_t count>
Cause causeOf(const std::array<WireCause<Cause>, count> &causes, int code, Cause unknown)
{
    for (const WireCause<Cause> &known : causes)
        if (known.code == code)
            return known.cause;
    return unknown;
}

/// The same without a word for numbers that we do not know.
template<class Cause, std::size_t count>
std::optional<Cause> knownCause(const std::array<WireCause<Cause>, count> &causes, std::optional<int> code)
{
    for (const WireCause<Cause> &known : causes)
        if (known.code == code)
            return known.cause;
    return std::nullopt;
}

bool parseStage(ReplyFields &fields)
{
    const QString stage = fields.text(QLatin1String("stage"));
    const bool isInRecovery = stage == QLatin1String("recovery");
    if (!isInRecovery && stage != QLatin1String("application"))
        fields.complain(QLatin1String("stage"), QStringLiteral("is neither application nor recovery"));
    return isInRecovery;
}

QList<std::optional<Reason>> parseObjections(ReplyFields &fields)
{
    const QLatin1String key("verdicts");
    QList<std::optional<Reason>> objections;
    if (!fields.has(key))
        return objections;
    for (const int verdict : fields.numbers(key))
        objections.append(causeOf(kImageVerdicts, verdict, std::optional(Reason::ImageMalformed)));
    return objections;
}

Result<BootReport> parseBootState(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("boot state"));
    const int rollback = fields.numberOr<int>(QLatin1String("rollback"), BM_ROLLBACK_NONE);
    const int reset = fields.numberOr<int>(QLatin1String("reset"), BM_RESET_POWER_ON);
    BootReport report;
    report.isInRecovery = parseStage(fields);
    report.objections = parseObjections(fields);
    report.state = {
        .runningSlot = fields.numberIfAny<int>(QLatin1String("running")),
        .runningHash = fields.bytesOrNone(QLatin1String("hash")),
        .activeSlot = fields.numberIfAny<int>(QLatin1String("active")),
        .pendingSlot = fields.numberIfAny<int>(QLatin1String("pending")),
        .trialsLeft = fields.numberOr<int>(QLatin1String("trials"), 0),
        .isConfirmed = fields.flagOr(QLatin1String("confirmed"), false),
        .minimumRollbackIndex = fields.numberOr<quint32>(QLatin1String("minimum"), 0),
        .lastRollback = causeOf(kRollbackCauses, rollback, RollbackCause::NotConfirmed),
        .rolledBackHash = fields.bytesOrNone(QLatin1String("rolled_back")),
        .bootCount = fields.number<quint32>(QLatin1String("boots")),
        .lastReset = causeOf(kResetCauses, reset, ResetCause::Crash),
        .sequence = fields.numberOr<quint32>(QLatin1String("sequence"), 0),
        .recoveryCause = knownCause(kRecoveryCauses, fields.numberIfAny<int>(QLatin1String("cause"))),
        .isUnlocked = fields.flagOr(QLatin1String("unlocked"), false),
    };
    return fields.result(report);
}

Result<IdentityReport> parseIdentity(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("identity"));
    const IdentityReport report{
        .identity = {.product = fields.text(QLatin1String("product")),
                     .hardwareRevision = fields.text(QLatin1String("hw")),
                     .serialNumber = fields.text(QLatin1String("serial")),
                     .hardwareId = fields.bytesOrNone(QLatin1String("device_id")),
                     .classId = fields.bytesOrNone(QLatin1String("class"))},
        .bootloader = fields.textOr(QLatin1String("bootloader"), {}),
    };
    return fields.result(report);
}

Result<QList<FlashRegion>> parseFlashMap(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("flash map"));
    QList<FlashRegion> regions;
    for (ReplyFields &entry : fields.entries(QLatin1String("regions"))) {
        regions.append({.number = int(regions.size()),
                        .name = entry.text(QLatin1String("name")),
                        .offset = entry.number<quint32>(QLatin1String("offset")),
                        .size = entry.number<quint32>(QLatin1String("size")),
                        .sector = entry.number<quint32>(QLatin1String("sector"))});
        fields.adopt(entry);
    }
    return fields.result(regions);
}

Result<QList<HealthCheck>> parseHealth(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("health"));
    QList<HealthCheck> checks;
    for (ReplyFields &entry : fields.entries(QLatin1String("checks"))) {
        checks.append({.name = entry.text(QLatin1String("name")),
                       .isPassed = entry.flag(QLatin1String("ok")),
                       .detail = entry.textOr(QLatin1String("detail"), {})});
        fields.adopt(entry);
    }
    return fields.result(checks);
}

struct EvidencePage {
    QList<EvidenceEvent> events;
    std::optional<quint32> next; // where the rest begins
};

void addMeaning(EvidenceEvent &event)
{
    using Kind = EvidenceEvent::Kind;
    if (event.kind == Kind::Boot)
        event.reset = knownCause(kResetCauses, event.code);
    if (event.kind == Kind::RolledBack)
        event.rollback = knownCause(kRollbackCauses, event.code);
    if (event.kind == Kind::RecoveryEntered)
        event.recovery = knownCause(kRecoveryCauses, event.code);
    if (event.kind == Kind::Erased)
        event.erased = knownCause(kRegions, event.code);
    if (event.kind == Kind::ImageRefused)
        event.refusal = causeOf(kImageVerdicts, event.code, std::optional<Reason>());
}

EvidenceEvent parseEvent(ReplyFields &entry)
{
    const int kind = entry.number<int>(QLatin1String("kind"));
    const std::optional<int> slot = entry.numberIfAny<int>(QLatin1String("slot"));
    EvidenceEvent event{
        .sequence = entry.number<quint32>(QLatin1String("seq")),
        .bootCount = entry.number<quint32>(QLatin1String("boot")),
        .kind = causeOf(kEvidenceKinds, kind, EvidenceEvent::Kind::Other),
        .slot = slot == kNoSlot ? std::nullopt : slot,
        .code = entry.numberOr<int>(QLatin1String("code"), 0),
        .image = entry.bytesOrNone(QLatin1String("image")),
    };
    addMeaning(event);
    return event;
}

Result<EvidencePage> parseEvidence(const QCborMap &reply, quint32 from)
{
    ReplyFields fields(reply, QStringLiteral("evidence"));
    EvidencePage page;
    for (ReplyFields &entry : fields.entries(QLatin1String("events"))) {
        page.events.append(parseEvent(entry));
        fields.adopt(entry);
    }
    page.next = fields.numberIfAny<quint32>(QLatin1String("next"));
    if (page.next && *page.next <= from)
        fields.complain(QLatin1String("next"), QStringLiteral("does not go on"));
    return fields.result(page);
}

Result<core::StoredConfiguration> parseConfiguration(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("configuration"));
    const core::StoredConfiguration found{.schema = fields.number<quint32>(QLatin1String("schema")),
                                          .sequence = fields.numberOr<quint32>(QLatin1String("seq"), 0),
                                          .size = fields.numberOr<quint32>(QLatin1String("len"), 0)};
    return fields.result(found);
}

Result<QByteArray> parseChallenge(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("challenge"));
    const QByteArray challenge = fields.bytesOrNone(QLatin1String("challenge"));
    if (challenge.size() != qsizetype(BM_CHALLENGE_SIZE))
        fields.complain(QLatin1String("challenge"), QStringLiteral("is not 32 bytes"));
    return fields.result(challenge);
}

Result<QByteArray> parsePiece(const QCborMap &reply, quint32 size)
{
    ReplyFields fields(reply, QStringLiteral("region"));
    const QByteArray data = fields.bytesOrNone(QLatin1String("data"));
    if (data.isEmpty() || data.size() > qsizetype(size))
        fields.complain(QLatin1String("data"), QStringLiteral("is not what was asked for"));
    return fields.result(data);
}

bool isCode(const core::Error &error, quint32 code)
{
    return error.deviceCode == core::DeviceCode{BM_SMP_GROUP, int(code)};
}

/// A refusal for want of an unlock is the person's business, not a failed transfer.
core::Error explained(core::Error error)
{
    if (isCode(error, BM_SMP_ERR_LOCKED)) {
        error.kind = core::ErrorKind::NotAllowedNow;
        error.reason = Reason::UnitLocked;
    }
    if (isCode(error, BM_SMP_ERR_WRONG_SIGNATURE)) {
        error.kind = core::ErrorKind::Untrusted;
        error.reason = Reason::UnlockRefused;
    }
    return error;
}

} // namespace

Task<BootReport> BootmendGroup::bootState(Patience patience)
{
    QCborMap nothing;
    const QCborMap reply = co_await m_client.request(kBootState, std::move(nothing), patience);
    co_return parseBootState(reply);
}

Task<IdentityReport> BootmendGroup::identity(Patience patience)
{
    QCborMap nothing;
    const QCborMap reply = co_await m_client.request(kIdentity, std::move(nothing), patience);
    co_return parseIdentity(reply);
}

Task<QList<FlashRegion>> BootmendGroup::flashMap()
{
    const QCborMap reply = co_await m_client.request(kFlashMap);
    co_return parseFlashMap(reply);
}

Task<QList<HealthCheck>> BootmendGroup::health()
{
    const QCborMap reply = co_await m_client.request(kHealth);
    co_return parseHealth(reply);
}

Task<QList<EvidenceEvent>> BootmendGroup::evidence()
{
    QList<EvidenceEvent> events;
    quint32 from = 0;
    for (;;) {
        QCborMap body;
        if (from > 0)
            body[QLatin1String("from")] = from;
        const QCborMap reply = co_await m_client.request(kEvidence, std::move(body));
        const EvidencePage page = co_await parseEvidence(reply, from);
        events.append(page.events);
        if (!page.next || events.size() >= kMostEvents)
            co_return events;
        from = *page.next;
    }
}

Task<Done> BootmendGroup::revert(core::RevertCause cause)
{
    QCborMap body;
    body[QLatin1String("reason")] = cause == core::RevertCause::Unhealthy
        ? qint64(BM_REVERT_REASON_HEALTH)
        : qint64(BM_REVERT_REASON_REQUESTED);
    co_await m_client.request(kRevert, std::move(body));
    co_return Done{};
}

Task<std::optional<core::StoredConfiguration>> BootmendGroup::configuration()
{
    const Result<QCborMap> reply = co_await core::attempt(m_client.request(kConfiguration));
    if (!reply && isCode(reply.error(), BM_SMP_ERR_NO_CONFIG))
        co_return std::optional<core::StoredConfiguration>();
    if (!reply)
        co_return core::passOn(reply.error());
    const core::StoredConfiguration found = co_await parseConfiguration(*reply);
    co_return std::optional(found);
}

Task<QByteArray> BootmendGroup::challenge()
{
    const QCborMap reply = co_await m_client.request(kChallenge);
    co_return parseChallenge(reply);
}

Task<Done> BootmendGroup::unlock(QByteArray signature)
{
    QCborMap body;
    body[QLatin1String("sig")] = signature;
    const Result<QCborMap> reply = co_await core::attempt(m_client.request(kUnlock, std::move(body)));
    if (!reply)
        co_return core::passOn(explained(reply.error()));
    co_return Done{};
}

Task<QByteArray> BootmendGroup::readRegion(int region, quint32 offset, quint32 size)
{
    QCborMap body;
    body[QLatin1String("region")] = region;
    body[QLatin1String("off")] = offset;
    body[QLatin1String("len")] = size;
    const Result<QCborMap> reply = co_await core::attempt(m_client.request(kReadRegion, std::move(body)));
    if (!reply)
        co_return core::passOn(explained(reply.error()));
    co_return parsePiece(*reply, size);
}

Task<Done> BootmendGroup::eraseRegion(int region)
{
    QCborMap body;
    body[QLatin1String("region")] = region;
    const Result<QCborMap> reply =
        co_await core::attempt(m_client.request(kEraseRegion, std::move(body), kErasing));
    if (!reply)
        co_return core::passOn(explained(reply.error()));
    co_return Done{};
}

} // namespace smp
