// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/unit_detail.h"

#include "app/gui/look/icon.h"
#include "app/gui/widgets/chip.h"
#include "app/gui/widgets/copy_button.h"
#include "app/gui/widgets/error_panel.h"
#include "app/gui/widgets/history_view.h"
#include "app/gui/widgets/job_panel.h"
#include "app/gui/widgets/label.h"
#include "app/gui/widgets/log_view.h"
#include "app/gui/widgets/primary_button.h"
#include "app/gui/widgets/slot_map.h"
#include "app/gui/widgets/verdict_band.h"

#include <QGridLayout>
#include <QMenu>

namespace gui {

namespace {

constexpr int kPadding = 24;
constexpr int kSection = 16;
constexpr int kSpacing = 8;
constexpr int kWidest = 880; // Longer lines are hard to read.
constexpr int kNameCharacters = 24;

/// Lets a long path go over several lines; for the eye only, the copy button copies the plain text.
QString breakable(QString path)
{
    return path.replace(u'/', QStringLiteral("/\u200b"));
}

} // namespace

UnitDetail::UnitDetail(QWidget *parent) :
    QScrollArea(parent), m_name(new Label(TextSize::Title)), m_stage(new Chip),
    m_copyIdentity(new CopyButton(tr("Copy &identity"))), m_identity(new QGridLayout),
    m_verdict(new VerdictBand), m_error(new ErrorPanel), m_slots(new SlotMap), m_sentence(new Label),
    m_actions(new QWidget), m_primary(new PrimaryButton), m_more(new QPushButton(tr("&More"))),
    m_idleNote(new Label), m_job(new JobPanel),
    m_historyTitle(new Label(TextSize::Heading, tr("What happened"))), m_history(new HistoryView),
    m_log(new LogView)
{
    setObjectName(QStringLiteral("unitDetail"));
    m_name->setObjectName(QStringLiteral("unitName"));
    m_primary->setObjectName(QStringLiteral("primaryAction"));
    m_more->setObjectName(QStringLiteral("moreActions"));
    m_sentence->setObjectName(QStringLiteral("bootSentence"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    arrange();

    connect(m_primary, &QPushButton::clicked, this, [this] {
        if (m_offer)
            Q_EMIT chosen(ActionOffer(*m_offer));
    });
    connect(m_job, &JobPanel::stopRequested, this, &UnitDetail::stopRequested);
    connect(m_verdict, &VerdictBand::dismissed, this, &UnitDetail::outcomeDismissed);
    connect(m_error, &ErrorPanel::dismissed, this, &UnitDetail::outcomeDismissed);
}

void UnitDetail::arrange()
{
    auto *column = new QWidget;
    column->setMaximumWidth(kWidest);
    auto *sections = new QVBoxLayout(column);
    sections->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    sections->setSpacing(kSection);
    sections->addLayout(makeHeader());
    sections->addWidget(m_verdict);
    sections->addWidget(m_error);
    sections->addWidget(m_job);
    sections->addWidget(m_log);
    sections->addWidget(makeSlotCard());
    m_actions->setLayout(makeActions());
    sections->addWidget(m_actions);
    sections->addWidget(m_historyTitle);
    sections->addWidget(m_history);
    sections->addStretch();

    auto *page = new QWidget;
    auto *layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(column, 1);
    layout->addStretch();
    page->setMinimumHeight(
        1); // Otherwise the height is asked for at the narrowest width, and scrolls for nothing.
    setWidget(page);
}

QLayout *UnitDetail::makeHeader()
{
    auto *title = new QHBoxLayout;
    title->setSpacing(kSpacing + kSpacing / 2);
    m_name->setWordWrap(false);
    title->addWidget(m_name);
    title->addWidget(m_stage, 0, Qt::AlignVCenter);
    title->addStretch(1);
    title->addWidget(m_copyIdentity);

    m_identity->setHorizontalSpacing(kSection);
    m_identity->setVerticalSpacing(kSpacing / 2);
    m_identity->setColumnStretch(1, 2);
    m_identity->setColumnStretch(3, 3);
    auto *header = new QVBoxLayout;
    header->setSpacing(kSpacing);
    header->addLayout(title);
    header->addLayout(m_identity);
    return header;
}

QWidget *UnitDetail::makeSlotCard()
{
    auto *card = new Card;
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(kSection, kSection, kSection, kSection);
    layout->setSpacing(kSpacing + kSpacing / 2);
    layout->addWidget(m_slots);
    layout->addWidget(m_sentence);
    return card;
}

QLayout *UnitDetail::makeActions()
{
    m_more->setMenu(new QMenu(m_more));
    m_more->setAccessibleDescription(tr("Everything else that can be done with this unit"));
    m_idleNote->makeMuted();
    auto *layout = new QHBoxLayout;
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_primary);
    layout->addWidget(m_more);
    layout->addWidget(m_idleNote, 1);
    layout->addStretch();
    return layout;
}

void UnitDetail::show(const UnitView &unit, bool isPreparing)
{
    const QFontMetrics metrics = m_name->fontMetrics();
    m_name->setText(
        metrics.elidedText(unit.name, Qt::ElideMiddle, kNameCharacters * metrics.averageCharWidth()));
    m_name->setToolTip(plainToolTip(unit.name));
    m_stage->show({unit.stage, unit.stageIcon, unit.stageRole});
    m_copyIdentity->setContent(unit.identityText);
    showIdentity(unit.identity);
    m_slots->show(unit.slots);
    m_sentence->setText(unit.sentence);
    m_verdict->setVisible(unit.verdict.has_value());
    if (unit.verdict)
        m_verdict->show(*unit.verdict);
    m_error->setVisible(unit.error.has_value());
    if (unit.error)
        m_error->show(*unit.error);
    m_job->setVisible(unit.job.has_value());
    if (unit.job)
        m_job->show(*unit.job);
    showActions(unit, isPreparing);
    m_historyTitle->setVisible(!unit.history.isEmpty());
    m_history->show(unit.history);
    m_log->show(unit.log);
}

/// Two pairs a row, so that the verdict and the action stay in sight on a small screen; the link, which is
/// last and may be a long path, has a row of its own.
void UnitDetail::arrangeIdentity(int count)
{
    while (m_identityLabels.size() < count) {
        auto *label = new Label;
        label->setWordWrap(false);
        label->makeMuted();
        m_identityLabels.append(label);
        m_identityValues.append(new Label);
    }
    while (QLayoutItem *item = m_identity->takeAt(0))
        delete item; // The labels stay.
    for (int index = 0; index < count; ++index) {
        const bool isLast = index == count - 1;
        const int row = isLast ? (index + 1) / 2 : index / 2;
        const int column = isLast ? 0 : 2 * (index % 2);
        m_identity->addWidget(m_identityLabels[index], row, column, Qt::AlignTop);
        m_identity->addWidget(m_identityValues[index], row, column + 1, 1, isLast ? 3 : 1, Qt::AlignTop);
    }
    m_identityCount = count;
}

void UnitDetail::showIdentity(const QList<Labelled> &identity)
{
    if (m_identityCount != int(identity.size()))
        arrangeIdentity(int(identity.size()));
    for (qsizetype index = 0; index < m_identityLabels.size(); ++index) {
        const Labelled line = identity.value(index);
        m_identityLabels[index]->showText(line.label);
        m_identityValues[index]->showText(breakable(line.value));
        m_identityValues[index]->setAccessibleName(line.label);
    }
}

void UnitDetail::showActions(const UnitView &unit, bool isPreparing)
{
    m_offer = unit.primary;
    m_actions->setVisible(!unit.job);
    m_primary->setVisible(m_offer.has_value());
    if (m_offer) {
        m_primary->setText(isPreparing ? tr("Preparing the plan…") : m_offer->text);
        m_primary->setToolTip(plainToolTip(m_offer->hint));
    }
    m_more->setVisible(!unit.others.isEmpty());
    m_idleNote->showText(unit.idleNote);
    fillMenu(unit.others);
}

void UnitDetail::fillMenu(const QList<ActionOffer> &offers)
{
    QMenu *menu = m_more->menu();
    if (menu->isVisible())
        return; // What the operator is about to click must not change under the hand.
    menu->clear();
    for (const ActionOffer &offer : offers) {
        const QString text = offer.hint.isEmpty() ? offer.text : tr("%1  (%2)").arg(offer.text, offer.hint);
        connect(menu->addAction(text), &QAction::triggered, this, [this, offer] { Q_EMIT chosen(offer); });
    }
}

} // namespace gui
