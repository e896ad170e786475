// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_root.h"
#include "tests/support/root_samples.h"

#include <QTest>

using core::ErrorKind;
using core::PrivateKey;
using core::Reason;
using core::TrustDraft;
using core::TrustRoot;
using test_support::SampleRoot;

namespace {

template<class Value>
QString verdictOf(const core::Result<Value> &result)
{
    if (result)
        return QStringLiteral("accepted");
    return result.error().reason ? core::reasonCode(*result.error().reason) : result.error().detail;
}

} // namespace

class TestTrustRoot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesTheWayThroughBytes()
    {
        const SampleRoot sample;
        TrustDraft draft = sample.draft();
        draft.store.releaseKeys[0].notBefore = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
        draft.store.releaseKeys[0].notAfter = QDateTime(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC);
        draft.store.releaseThresholds.append({{QStringLiteral("stable")}, {QStringLiteral("*")}, 2});
        draft.store.recoveryKeys.append({PrivateKey::generate()->publicKey(), {QStringLiteral("lamp")}});
        draft.store.provisioningKeys.append({PrivateKey::generate()->publicKey(), {QStringLiteral("lamp")}});
        draft.store.revocations.append(
            {QString(64, u'a'), QStringLiteral("lost"), test_support::kRootExpires});
        const TrustRoot root = sample.rootOf(draft);
        QCOMPARE(root.version, 1);
        QCOMPARE(root.expires, test_support::kRootExpires);
        QCOMPARE(root.grants.expires, root.expires);
        QCOMPARE(*core::toBytes(root.grants), *core::toBytes(draft.store));
        QCOMPARE(root.document.signatures.size(), 2);
        QCOMPARE(verdictOf(core::checkSignatures(root)), QStringLiteral("accepted"));
        QCOMPARE(core::unsignedDocument(root)->signedBytes, root.document.signedBytes);
    }

    void countsOnlyRootKeys()
    {
        const SampleRoot sample;
        const auto signedBy = [&sample](const QList<PrivateKey> &keys) {
            return verdictOf(
                core::checkSignatures(*core::parseTrustRoot(*core::toBytes(sample.draft(), keys))));
        };
        QCOMPARE(signedBy({}), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(signedBy({sample.rootKeys[0]}), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(signedBy({sample.rootKeys[0], sample.releaseKey}), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(signedBy({sample.rootKeys[2], sample.releaseKey, sample.rootKeys[0]}),
                 QStringLiteral("accepted"));
        QVERIFY2(!core::toBytes(sample.draft(), {sample.rootKeys[0], sample.rootKeys[0]}),
                 "one key counts once");
    }

    void refusesAnAlteredRoot()
    {
        const SampleRoot sample;
        QByteArray bytes = sample.bytesOf(sample.draft());
        bytes.replace("2030-01-01", "2031-01-01");
        QCOMPARE(verdictOf(core::checkSignatures(*core::parseTrustRoot(bytes))),
                 QStringLiteral("SIGNATURE_INVALID"));
    }

    void refusesWhatContradictsItself()
    {
        const SampleRoot sample;
        const auto refusal = [&sample](const TrustDraft &draft) {
            const auto bytes = core::toBytes(draft, {});
            return bytes ? QStringLiteral("accepted") : bytes.error().detail;
        };
        TrustDraft twoRoles = sample.draft();
        twoRoles.store.bootKeys.append({sample.releaseKey.publicKey(), {QStringLiteral("*")}});
        QVERIFY(refusal(twoRoles).contains(QStringLiteral("in two roles")));
        TrustDraft revoked = sample.draft();
        revoked.store.revocations.append(
            {sample.releaseKey.publicKey().keyId(), QStringLiteral("lost"), test_support::kRootExpires});
        QVERIFY(refusal(revoked).contains(QStringLiteral("which is revoked")));
        TrustDraft unreachable = sample.draft();
        unreachable.root->threshold = 4;
        QVERIFY(refusal(unreachable).contains(QStringLiteral("more than there are root keys")));
    }

    void followsOneVersionAtATime()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        const TrustRoot second = sample.rootOf(sample.next(first));
        const TrustRoot third = sample.rootOf(sample.next(second));
        QCOMPARE(second.version, 2);
        QCOMPARE(third.version, 3);
        QCOMPARE(verdictOf(core::checkSuccessor(first, second)), QStringLiteral("accepted"));
        QCOMPARE(verdictOf(core::checkSuccessor(first, third)), QStringLiteral("ROOT_SKIPPED"));
        QCOMPARE(verdictOf(core::checkSuccessor(second, first)), QStringLiteral("ROOT_REPLAYED"));
        TrustDraft other = sample.next(first);
        other.root->expires = other.root->expires.addDays(1);
        QCOMPARE(verdictOf(core::checkSuccessor(second, sample.rootOf(other))),
                 QStringLiteral("ROOT_FORKED"));
    }

    void followsAChain()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        const TrustRoot second = sample.rootOf(sample.next(first));
        const TrustRoot third = sample.rootOf(sample.next(second));
        QCOMPARE(core::followChain(first, {})->version, 1);
        QCOMPARE(core::followChain(first, {first, second, third})->version, 3);
        QCOMPARE(core::followChain(second, {first, second, third})->version, 3);
        QCOMPARE(verdictOf(core::followChain(first, {third})), QStringLiteral("ROOT_SKIPPED"));
        QCOMPARE(core::followChain(third, {first, second})->version, 3);
    }

    /// Rotation of all root keys: the old threshold and the new one.
    void needsTheOldKeysAndTheNew()
    {
        const SampleRoot old;
        const SampleRoot fresh;
        const TrustRoot first = old.first();
        TrustDraft draft = old.next(first);
        draft.root->keys = fresh.publicKeys();
        const auto verdict = [&](const QList<PrivateKey> &keys) {
            return verdictOf(core::checkSuccessor(first, *core::parseTrustRoot(*core::toBytes(draft, keys))));
        };
        QCOMPARE(verdict(old.rootKeys.first(2)), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(verdict(fresh.rootKeys.first(2)), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(verdict({old.rootKeys[0], fresh.rootKeys[0], fresh.rootKeys[1]}),
                 QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(verdict(old.rootKeys.first(2) + fresh.rootKeys.last(2)), QStringLiteral("accepted"));
    }

    void keepsEveryRevocation()
    {
        const SampleRoot sample;
        TrustDraft draft = sample.draft();
        const QString keyId = sample.releaseKey.publicKey().keyId();
        QVERIFY(core::revokeKey(draft, {keyId, QStringLiteral("stolen"), test_support::kRootExpires})
                    .has_value());
        QVERIFY(draft.store.releaseKeys.isEmpty());
        QVERIFY(!core::revokeKey(draft, {keyId, QStringLiteral("again"), test_support::kRootExpires})
                     .has_value());
        const TrustRoot first = sample.rootOf(draft);
        TrustDraft forgetful = sample.next(first);
        forgetful.store.revocations.clear();
        const auto checked = core::checkSuccessor(first, sample.rootOf(forgetful));
        QVERIFY(!checked && checked.error().reason == core::Reason::KeyRevoked);
        QVERIFY(checked.error().detail.contains(keyId));
    }

    void expires()
    {
        const TrustRoot root = SampleRoot().first();
        QCOMPARE(verdictOf(core::checkExpiry(root, {root.expires.addSecs(-1)})), QStringLiteral("accepted"));
        QCOMPARE(verdictOf(core::checkExpiry(root, {root.expires})), QStringLiteral("ROOT_EXPIRED"));
    }
};

QTEST_GUILESS_MAIN(TestTrustRoot)
#include "tst_trust_root.moc"
