// SPDX-License-Identifier: Apache-2.0
#include "core/release/release_signers.h"

#include <QTest>

using core::PrivateKey;
using core::TrustStore;

namespace {

const QDateTime kNow(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC);
const QStringList kAll{QStringLiteral("*")};

/// A manifest for the channel "stable" of "bench-sensor".
core::SignedManifest manifestBy(const QList<PrivateKey> &keys)
{
    core::SignedManifest document;
    document.signedBytes = "{\"version\":\"1.0.0\"}";
    document.manifest.channel = QStringLiteral("stable");
    document.manifest.product = QStringLiteral("bench-sensor");
    for (const PrivateKey &key : keys)
        *core::addSignature(document, key);
    return document;
}

QString verdictOf(const core::SignedManifest &document, const TrustStore &store)
{
    const auto signers = core::checkSigners(document, store, kNow);
    return signers ? QString::number(signers->size()) : core::reasonCode(*signers.error().reason);
}

} // namespace

class TestReleaseSigners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsTheKeysThatMaySign()
    {
        QCOMPARE(verdictOf(manifestBy({m_first}), storeOf({m_first, m_second})), QStringLiteral("1"));
        QCOMPARE(verdictOf(manifestBy({m_first, m_second}), storeOf({m_first})), QStringLiteral("1"));
        QCOMPARE(verdictOf(manifestBy({m_first, m_second}), storeOf({m_first, m_second})),
                 QStringLiteral("2"));
        QCOMPARE(verdictOf(manifestBy({m_first}), storeOf({m_second})), QStringLiteral("KEY_UNKNOWN"));
        QCOMPARE(verdictOf(manifestBy({}), storeOf({m_second})), QStringLiteral("SIGNATURE_INVALID"));
    }

    void holdsThemToTheThreshold()
    {
        TrustStore store = storeOf({m_first, m_second});
        store.releaseThresholds.append({{QStringLiteral("stable")}, {QStringLiteral("bench-*")}, 2});
        store.releaseThresholds.append({{QStringLiteral("dev")}, kAll, 3});
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(verdictOf(manifestBy({m_first, m_stranger}), store), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(verdictOf(manifestBy({m_first, m_second}), store), QStringLiteral("2"));
        core::SignedManifest other = manifestBy({m_first});
        other.manifest.product = QStringLiteral("lamp");
        QCOMPARE(verdictOf(other, store), QStringLiteral("1"));
    }

    void aRevokedKeyCountsForNothing()
    {
        TrustStore store = storeOf({m_first, m_second});
        store.revocations.append({m_first.publicKey().keyId(), QStringLiteral("stolen"), kNow});
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("KEY_REVOKED"));
        QCOMPARE(verdictOf(manifestBy({m_stranger, m_first}), store), QStringLiteral("KEY_REVOKED"));
        QCOMPARE(verdictOf(manifestBy({m_first, m_second}), store), QStringLiteral("1"));
        store.releaseKeys.removeFirst();
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("KEY_REVOKED"));
        store.releaseThresholds.append({kAll, kAll, 2});
        QCOMPARE(verdictOf(manifestBy({m_first, m_second}), store), QStringLiteral("KEY_REVOKED"));
    }

    void aKeyCountsInItsTime()
    {
        TrustStore store = storeOf({m_first});
        core::ReleaseKey &record = store.releaseKeys[0];
        record.notBefore = kNow;
        record.notAfter = kNow.addDays(1);
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("1"));
        record.notBefore = kNow.addSecs(1);
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("KEY_EXPIRED"));
        record.notBefore = std::nullopt;
        record.notAfter = kNow;
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("KEY_EXPIRED"));
    }

    void aKeyCountsInItsScope()
    {
        TrustStore store = storeOf({m_first});
        store.releaseKeys[0].channels = {QStringLiteral("dev")};
        QCOMPARE(verdictOf(manifestBy({m_first}), store), QStringLiteral("KEY_UNKNOWN"));
    }

    void aWrongSignatureRefusesAll()
    {
        core::SignedManifest document = manifestBy({m_first, m_second});
        document.signatures[1].value[0] = char(document.signatures[1].value[0] ^ 1);
        QCOMPARE(verdictOf(document, storeOf({m_first, m_second})), QStringLiteral("SIGNATURE_INVALID"));
        QVERIFY2(verdictOf(document, storeOf({m_first})) == QStringLiteral("1"),
                 "a stranger's is nothing to us");
    }

private:
    static TrustStore storeOf(const QList<PrivateKey> &keys)
    {
        TrustStore store;
        for (const PrivateKey &key : keys)
            store.releaseKeys.append({key.publicKey(), kAll, kAll});
        return store;
    }

    const PrivateKey m_first = *PrivateKey::generate();
    const PrivateKey m_second = *PrivateKey::generate();
    const PrivateKey m_stranger = *PrivateKey::generate();
};

QTEST_GUILESS_MAIN(TestReleaseSigners)
#include "tst_release_signers.moc"
