// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QCryptographicHash>
#include <QTest>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.payload = QByteArray(1501, 'n'), .major = 2, .rollbackIndex = 2};

const QString kOff = QStringLiteral("off");
const QString kLen = QStringLiteral("len");
const QString kSha = QStringLiteral("sha");
const QString kData = QStringLiteral("data");
const QString kMatch = QStringLiteral("match");

QCborMap groupError(int code)
{
    return {{QStringLiteral("err"), QCborMap{{QStringLiteral("group"), 1}, {QStringLiteral("rc"), code}}}};
}

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

} // namespace

class TestSmpUpload : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<SimulatedUnit> m_unit;
    std::unique_ptr<ServedUnit> m_served;
    QByteArray m_image = kNew.bytes();

    QCborMap send(const QCborMap &request)
    {
        return m_served->ask(2, 1, 1, request).value_or(QCborMap{{QStringLiteral("no answer"), true}});
    }

    QCborMap first(qsizetype size, const QByteArray &key = {})
    {
        QCborMap request = {{kOff, 0}, {kLen, m_image.size()}, {kData, m_image.first(size)}};
        if (!key.isEmpty()) {
            request.insert(kSha, key);
        }
        return request;
    }

private Q_SLOTS:
    void init()
    {
        m_unit = std::make_unique<SimulatedUnit>();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kOld.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kOld.hash(), 1);
        m_served = std::make_unique<ServedUnit>(*m_unit);
    }

    void cleanup()
    {
        QVERIFY(!m_unit->brokeFlashRule);
        QCOMPARE(m_unit->readSlot(BM_SLOT_A, kOld.bytes().size()), kOld.bytes());
    }

    void storesChunksOfAnySize_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {32, 33, 39, 40, 100, 255, 256, 400, 421}) {
            QTest::addRow("%d", size) << size;
        }
    }

    void storesChunksOfAnySize()
    {
        QFETCH(int, size);
        m_unit->writeImage(BM_SLOT_B, QByteArray(4096, '\0')); // what was there has to be erased
        const QCborMap last = m_served->upload(m_image, size);
        QCOMPARE(last, (QCborMap{{kOff, m_image.size()}, {kMatch, true}}));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, m_image.size()), m_image);
    }

    void erasesJustAheadOfTheData()
    {
        m_unit->writeImage(BM_SLOT_B, QByteArray(4096, '\0'));
        send(first(64));
        // The sector that is written, and the one behind it: the first erased sector tells where to resume.
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, 4096).last(2048), QByteArray(2048, '\0'));
        QCOMPARE(m_unit->eraseCounts.last(), 0);
    }

    void tellsTheExpectedOffset()
    {
        QCOMPARE(send(first(100)), (QCborMap{{kOff, 100}}));
        for (const int wrong : {1, 99, 101, 1600}) {
            QCOMPARE(send({{kOff, wrong}, {kData, QByteArray(10, 'x')}}), (QCborMap{{kOff, 100}}));
        }
        QCOMPARE(send({{kOff, 100}, {kData, m_image.mid(100, 50)}}), (QCborMap{{kOff, 150}}));
    }

    void asksForTheStartWhenNothingWasBegun()
    {
        QCOMPARE(send({{kOff, 100}, {kData, QByteArray(10, 'x')}}), (QCborMap{{kOff, 0}}));
    }

    void goesOnWhereTheSameFileStopped()
    {
        const QByteArray key = sha256(m_image);
        send(first(200, key));
        send({{kOff, 200}, {kData, m_image.mid(200, 300)}});
        const int writes = m_unit->writeCount;
        QCOMPARE(send(first(200, key)), (QCborMap{{kOff, 500}}));
        QCOMPARE(m_unit->writeCount, writes);
        QCOMPARE(m_served->upload(m_image).value(kMatch), QCborValue(true));
    }

    void startsAnewForAnotherFile()
    {
        send(first(200, sha256(m_image)));
        QCOMPARE(send(first(64, QByteArray(32, 'o'))), (QCborMap{{kOff, 64}}));
        send(first(200));
        QCOMPARE(send(first(64)), (QCborMap{{kOff, 64}})); // without a key there is nothing to resume
    }

    void aShortenedKeyIsNone()
    {
        const QByteArray key = sha256(m_image).first(16);
        QCOMPARE(send(first(200, key)), (QCborMap{{kOff, 200}}));
        QCborMap last = send(first(64, key));
        QCOMPARE(last, (QCborMap{{kOff, 64}}));
        while (last[kOff].toInteger() < m_image.size()) {
            last = send({{kOff, last[kOff]}, {kData, m_image.mid(last[kOff].toInteger(), 400)}});
        }
        QCOMPARE(last, (QCborMap{{kOff, m_image.size()}})); // and no "match"
    }

    void goesOnWhereTheUnitWasBeforeAReset()
    {
        const QByteArray key = sha256(m_image);
        send(first(400, key));
        send({{kOff, 400}, {kData, m_image.mid(400, 400)}});
        send({{kOff, 800}, {kData, m_image.mid(800, 300)}});
        m_served->boot();
        const int writes = m_unit->writeCount;
        QCOMPARE(send({{kOff, 1100}, {kData, m_image.mid(1100, 400)}}), (QCborMap{{kOff, 0}}));
        QCOMPARE(send(first(400, key)), (QCborMap{{kOff, 1024}})); // whole sectors, and none of this chunk
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, 1024), m_image.first(1024));
        QCOMPARE(m_served->upload(m_image, 300).value(kMatch), QCborValue(true));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, m_image.size()), m_image);
        QVERIFY(m_unit->writeCount > writes);
    }

    void goesOnAfterEveryReset()
    {
        const QByteArray key = sha256(m_image);
        QCborMap answer = send(first(100, key));
        int requests = 1;
        for (; !answer.contains(kMatch) && requests < 100; ++requests) {
            if (requests % 5 == 0) {
                m_served->boot();
                answer = send(first(100, key));
            }
            const qint64 offset = answer[kOff].toInteger();
            answer = send({{kOff, offset}, {kData, m_image.mid(offset, 300)}});
        }
        QCOMPARE(answer, (QCborMap{{kOff, m_image.size()}, {kMatch, true}}));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, m_image.size()), m_image);
    }

    void saysMatchWhenAllWasThereBeforeTheReset()
    {
        m_served->upload(m_image, 400);
        m_served->boot();
        const QByteArray before = m_unit->flash;
        QCOMPARE(send(first(100, sha256(m_image))), (QCborMap{{kOff, m_image.size()}, {kMatch, true}}));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, 4096), before.mid(m_unit->regionOffset(BM_REGION_SLOT_B), 4096));
    }

    void startsAnewAfterAReset_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        const QByteArray key = sha256(m_image);
        QTest::newRow("another file") << key << QByteArray(32, 'o');
        QTest::newRow("no key before") << QByteArray() << key;
        QTest::newRow("no key after") << key << QByteArray();
        QTest::newRow("a shortened key") << key << key.first(16);
    }

    void startsAnewAfterAReset()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        send(first(400, before));
        send({{kOff, 400}, {kData, m_image.mid(400, 400)}});
        send({{kOff, 800}, {kData, m_image.mid(800, 400)}});
        m_served->boot();
        QCOMPARE(send(first(100, after)), (QCborMap{{kOff, 100}}));
    }

    void startsAnewWhenTheFileHasAnotherLength()
    {
        const QByteArray key = sha256(m_image);
        send(first(400, key));
        QCborMap other = first(100, key);
        other[kLen] = m_image.size() + 1;
        QCOMPARE(send(other), (QCborMap{{kOff, 100}}));
    }

    void goesBackToTheLastGoodPacket()
    {
        // Two are under way, and the first of them is lost: what comes out of order changes nothing.
        const QByteArray key = sha256(m_image);
        send(first(400, key));
        const QByteArray before = m_unit->flash;
        QCOMPARE(send({{kOff, 800}, {kData, m_image.mid(800, 400)}}), (QCborMap{{kOff, 400}}));
        QCOMPARE(m_unit->flash, before);
        QCOMPARE(send({{kOff, 400}, {kData, m_image.mid(400, 400)}}), (QCborMap{{kOff, 800}}));
        // The same packet again, whose answer was lost.
        QCOMPARE(send({{kOff, 400}, {kData, m_image.mid(400, 400)}}), (QCborMap{{kOff, 800}}));
    }

    void answersTwoPacketsInFlight()
    {
        const QByteArray key = sha256(m_image);
        const auto framed = [](const QCborMap &request) {
            return ServedUnit::framed(ServedUnit::packet(2, 1, 1, request.toCborValue().toCbor()));
        };
        const QByteArrayList answers = m_served->exchange(
            framed(first(400, key)) + framed({{kOff, 400}, {kData, m_image.mid(400, 400)}}));
        QCOMPARE(answers.size(), 2);
        QCOMPARE(QCborValue::fromCbor(answers.at(1).mid(8)).toMap(), (QCborMap{{kOff, 800}}));
    }

    void repeatsALastAnswerThatWasLost()
    {
        const QCborMap last = m_served->upload(m_image, 400);
        const int writes = m_unit->writeCount;
        QCOMPARE(send({{kOff, 1600}, {kData, m_image.mid(1600)}}), last);
        QCOMPARE(send(first(100, sha256(m_image))), last);
        QCOMPARE(m_unit->writeCount, writes);
    }

    void writesAgainWhatWasDamagedAfterTheUpload()
    {
        m_served->upload(m_image, 400);
        m_unit->corrupt(BM_REGION_SLOT_B, 70);
        QCOMPARE(send(first(100, sha256(m_image))), (QCborMap{{kOff, 100}}));
    }

    void saysThatTheFileIsAnother()
    {
        QCborMap last = send(first(400, QByteArray(32, 'w')));
        while (last[kOff].toInteger() < m_image.size()) {
            last = send({{kOff, last[kOff]}, {kData, m_image.mid(last[kOff].toInteger(), 400)}});
        }
        QCOMPARE(last, (QCborMap{{kOff, m_image.size()}, {kMatch, false}}));
        QCOMPARE(send(first(100, QByteArray(32, 'w'))), (QCborMap{{kOff, 100}}));
    }

    void refusesTheFirstChunk_data()
    {
        QTest::addColumn<QCborMap>("request");
        QTest::addColumn<QCborMap>("answer");
        const QByteArray image = kNew.bytes();
        const QByteArray chunk = image.first(64);
        const QCborMap good = {{kOff, 0}, {kLen, image.size()}, {kData, chunk}};
        const auto changed = [good](const QString &key, const QCborValue &value) {
            QCborMap map = good;
            map.insert(key, value);
            return map;
        };
        const QCborMap invalid = {{QStringLiteral("rc"), 3}};
        QTest::newRow("no length") << QCborMap{{kOff, 0}, {kData, chunk}} << groupError(21);
        QTest::newRow("no offset") << QCborMap{{kLen, 900}, {kData, chunk}} << groupError(20);
        QTest::newRow("no data") << QCborMap{{kOff, 0}, {kLen, 900}} << invalid;
        QTest::newRow("short data") << changed(kData, chunk.first(31)) << groupError(22);
        QTest::newRow("no image") << changed(kData, QByteArray(64, 'x')) << groupError(23);
        QTest::newRow("larger than the slot") << changed(kLen, 4097) << groupError(30);
        QTest::newRow("far too large") << changed(kLen, 0xffffffff) << groupError(30);
        QTest::newRow("beyond 32 bits") << changed(kLen, Q_INT64_C(0x100000000)) << invalid;
        QTest::newRow("more data than length") << changed(kLen, 40) << groupError(31);
        QTest::newRow("no length at all") << changed(kLen, 0) << groupError(31);
        QTest::newRow("offset as text") << changed(kOff, QStringLiteral("0")) << invalid;
        QTest::newRow("negative offset") << changed(kOff, -1) << invalid;
        QTest::newRow("slot beyond 8 bits") << changed(QStringLiteral("image"), 0x101) << groupError(14);
        QTest::newRow("running slot") << changed(QStringLiteral("image"), 1) << groupError(9);
        QTest::newRow("no such slot") << changed(QStringLiteral("image"), 3) << groupError(14);
    }

    void refusesTheFirstChunk()
    {
        QFETCH(QCborMap, request);
        QFETCH(QCborMap, answer);
        const QByteArray before = m_unit->flash;
        QCOMPARE(send(request), answer);
        QCOMPARE(m_unit->flash, before);
    }

    void refusesMoreDataThanAnnounced()
    {
        QCborMap short_ = first(300);
        short_[kLen] = 400;
        send(short_);
        const QByteArray before = m_unit->flash;
        QCOMPARE(send({{kOff, 300}, {kData, m_image.mid(300, 101)}}), groupError(31));
        QCOMPARE(m_unit->flash, before);
        // Whatever goes wrong ends the upload.
        QCOMPARE(send({{kOff, 300}, {kData, m_image.mid(300, 100)}}), (QCborMap{{kOff, 0}}));
    }

    void refusesADowngradeWhenAskedTo()
    {
        const QByteArray image = BootImage{.major = 0, .minor = 9}.bytes();
        QCborMap request = {{kOff, 0}, {kLen, image.size()}, {kData, image.first(64)}};
        request.insert(QStringLiteral("upgrade"), true);
        QCOMPARE(send(request), groupError(27));
        request.insert(QStringLiteral("upgrade"), false);
        QCOMPARE(send(request), (QCborMap{{kOff, 64}}));
    }

    void takesNothingDuringATrial()
    {
        m_served->upload(m_image);
        QVERIFY(m_served->ask(2, 1, 0, {{QStringLiteral("hash"), kNew.hash()}}).has_value());
        m_served->boot(BM_RESET_REQUESTED);
        QVERIFY(m_served->current().isTrial());
        QCOMPARE(send(first(64)), groupError(9));
    }

    void cancelsThePendingTrialOfTheSlotThatItReplaces()
    {
        m_served->upload(m_image);
        m_served->ask(2, 1, 0, {{QStringLiteral("hash"), kNew.hash()}});
        QCOMPARE(send(first(64)), (QCborMap{{kOff, 64}}));
        m_served->boot(BM_RESET_REQUESTED);
        QVERIFY(!m_served->current().isTrial());
        QCOMPARE(m_served->current().slot, quint8(BM_SLOT_A));
    }

    void endsTheUploadWhenTheFlashFails()
    {
        send(first(64));
        m_unit->isFlashDead = true;
        QCOMPARE(send({{kOff, 64}, {kData, m_image.mid(64, 64)}}), groupError(12));
        m_unit->isFlashDead = false;
        QCOMPARE(send({{kOff, 64}, {kData, m_image.mid(64, 64)}}), (QCborMap{{kOff, 0}}));
    }

    void bringsBackABrickedUnit()
    {
        m_unit->corrupt(BM_REGION_SLOT_A, 60);
        m_served->boot();
        QCOMPARE(m_served->current().slot, quint8(BM_SLOT_NONE));
        QCOMPARE(m_served->upload(m_image).value(kMatch), QCborValue(true));
        QCOMPARE(m_unit->readSlot(BM_SLOT_A, m_image.size()), m_image);
        QVERIFY(m_served->ask(2, 1, 0, {{QStringLiteral("hash"), kNew.hash()}})
                    .value()
                    .contains(QStringLiteral("images")));
        m_served->boot(BM_RESET_REQUESTED);
        QCOMPARE(m_served->current().slot, quint8(BM_SLOT_A));
        QVERIFY(m_served->current().isTrial());
        QVERIFY(m_served->ask(2, 1, 0, {{QStringLiteral("confirm"), true}})
                    .value()
                    .contains(QStringLiteral("images")));
        m_unit->writeImage(BM_SLOT_A, kOld.bytes()); // what cleanup() looks for
    }
};

QTEST_GUILESS_MAIN(TestSmpUpload)
#include "tst_smp_upload.moc"
