// SPDX-License-Identifier: Apache-2.0
#include "app/texts/diagnosis_texts.h"
#include "app/texts/user_texts.h"

#include <QSet>
#include <QTest>

using core::BootStage;
using core::DeviceSnapshot;
using core::Slot;

namespace {

bool isComplete(const texts::UserText &text)
{
    return !text.title.isEmpty() && !text.explanation.isEmpty() && !text.remedy.isEmpty();
}

Slot image(int index, quint8 minor)
{
    Slot slot;
    slot.index = index;
    slot.size = 1024;
    slot.holdsImage = true;
    slot.version = {1, minor, 0, 0};
    slot.hash = QByteArray(32, char('a' + index));
    return slot;
}

DeviceSnapshot healthy()
{
    DeviceSnapshot unit;
    unit.stage = BootStage::Running;
    unit.slots = {image(0, 0), Slot{.index = 1}};
    unit.slots[0].isRunning = true;
    unit.slots[0].isConfirmed = true;
    return unit;
}

} // namespace

class TestUserTexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyReasonHasATitleAnExplanationAndARemedy()
    {
        QSet<QString> titles;
        for (const core::Reason reason : core::allReasons()) {
            const texts::UserText text = texts::forReason(reason);
            QVERIFY2(isComplete(text), qPrintable(core::reasonCode(reason)));
            QVERIFY2(!titles.contains(text.title), qPrintable(text.title));
            titles.insert(text.title);
        }
    }

    void everyErrorKindHasATitleAnExplanationAndARemedy()
    {
        for (int kind = 0; kind <= int(core::ErrorKind::Internal); ++kind)
            QVERIFY2(isComplete(texts::forError({core::ErrorKind(kind), {}})),
                     qPrintable(QString::number(kind)));
    }

    void theReasonSpeaksBeforeTheKind()
    {
        const core::Error error{core::ErrorKind::Untrusted, {}, core::Reason::KeyUnknown};
        QCOMPARE(texts::forError(error).title, texts::forReason(core::Reason::KeyUnknown).title);
    }

    void everyOutcomeHasItsOwnWord()
    {
        QSet<QString> words;
        for (int outcome = 0; outcome <= int(core::Outcome::Cancelled); ++outcome)
            words.insert(texts::verdictWord(core::Outcome(outcome)));
        QCOMPARE(words.size(), int(core::Outcome::Cancelled) + 1);
    }

    void everyFindingHasASentenceOfItsOwn()
    {
        QSet<QString> sentences;
        const int last = int(core::Finding::InterruptedNothing);
        for (int finding = 0; finding <= last; ++finding)
            sentences.insert(texts::findingSentence({core::Question::Health, core::Finding(finding)}));
        QCOMPARE(sentences.size(), last + 1);
        // The table stands in the order of the findings.
        const core::DiagnosisAnswer fits{core::Question::Package, core::Finding::PackageFits};
        QVERIFY(texts::findingSentence(fits).contains(QStringLiteral("made for this unit")));
        const core::DiagnosisAnswer newer{core::Question::Configuration, core::Finding::ConfigurationTooNew};
        QVERIFY(texts::findingSentence(newer).contains(QStringLiteral("newer schema")));
        const core::DiagnosisAnswer holds{core::Question::Health, core::Finding::HealthHolds};
        QVERIFY(texts::findingSentence(holds).contains(QStringLiteral("own checks hold")));
    }

    void everyQuestionMarkAndStepHasWords()
    {
        for (int question = 0; question <= int(core::Question::InterruptedStep); ++question)
            QVERIFY(!texts::questionTitle(core::Question(question)).isEmpty());
        QSet<QString> words;
        for (int mark = 0; mark <= int(core::Mark::Unknown); ++mark)
            words.insert(texts::markWord(core::Mark(mark)));
        QCOMPARE(words.size(), 4);
        QSet<QString> steps;
        for (int step = 0; step <= int(core::NextStep::ReportRelease); ++step)
            steps.insert(texts::nextStepSentence(core::NextStep(step)));
        QCOMPARE(steps.size(), int(core::NextStep::ReportRelease) + 1);
    }

    void tellsWhyAUnitIsInRecovery()
    {
        DeviceSnapshot unit;
        unit.stage = BootStage::InRecovery;
        unit.bootState = core::BootState{.recoveryCause = core::RecoveryCause::CrashLoop};
        QVERIFY(texts::bootSentence(unit).contains(QStringLiteral("because every image crashes")));
    }

    void tellsWhatTheBootloaderHasAgainstAnImage()
    {
        core::EvidenceEvent event{.kind = core::EvidenceEvent::Kind::ImageRefused, .slot = 1};
        event.refusal = core::Reason::KeyRevoked;
        QCOMPARE(texts::evidenceSentence(event),
                 QStringLiteral("Slot B was refused by the bootloader: Signed by a revoked key"));
        event.kind = core::EvidenceEvent::Kind::Erased;
        event.erased = core::EvidenceEvent::Region::SlotB;
        QCOMPARE(texts::evidenceSentence(event), QStringLiteral("Slot B was erased"));
    }

    void saysWhatBootsNextOnAConfirmedUnit()
    {
        QCOMPARE(texts::bootSentence(healthy()),
                 QStringLiteral("Runs A 1.0.0, confirmed. The same boots at the next start."));
    }

    void saysThatAPendingImageIsTriedOnce()
    {
        DeviceSnapshot unit = healthy();
        unit.slots[1] = image(1, 1);
        unit.slots[1].isPending = true;
        QCOMPARE(
            texts::bootSentence(unit),
            QStringLiteral("Runs A 1.0.0, confirmed. B holds 1.1.0 and will be tried once at the next start; "
                           "if it does not confirm, A 1.0.0 runs again."));
    }

    void saysThatATrialGoesBack()
    {
        DeviceSnapshot unit = healthy();
        unit.stage = BootStage::OnTrial;
        unit.slots[0].isRunning = false;
        unit.slots[1] = image(1, 1);
        unit.slots[1].isRunning = true;
        QCOMPARE(texts::bootSentence(unit),
                 QStringLiteral(
                     "Runs B 1.1.0 on trial. Unless it is confirmed, A 1.0.0 runs again at the next start."));
    }

    void saysThatABrickedUnitStaysInRecovery()
    {
        DeviceSnapshot unit;
        unit.stage = BootStage::InRecovery;
        unit.slots = {Slot{.index = 0}, Slot{.index = 1}};
        QVERIFY(texts::bootSentence(unit).contains(QStringLiteral("stays there until it is recovered")));
    }

    void onlyProvenOutcomesMayBeShipped()
    {
        for (int outcome = 0; outcome <= int(core::Outcome::Cancelled); ++outcome) {
            const core::Verdict verdict{.outcome = core::Outcome(outcome)};
            const bool saysShip = texts::safetySentence(verdict).contains(QStringLiteral("may be shipped"));
            QCOMPARE(saysShip, core::exitCode(verdict) == 0 && verdict.outcome != core::Outcome::Staged);
        }
    }
};

QTEST_GUILESS_MAIN(TestUserTexts)
#include "tst_user_texts.moc"
