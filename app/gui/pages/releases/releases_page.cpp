// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/releases/releases_page.h"

#include "app/gui/device_thread/unit_service.h"
#include "app/gui/widgets/card.h"
#include "app/gui/widgets/chip.h"
#include "app/gui/widgets/command_view.h"
#include "app/gui/widgets/dropped_release.h"
#include "app/gui/widgets/label.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QPushButton>
#include <QScrollArea>

namespace gui {

namespace {

constexpr int kPadding = 24;
constexpr int kSection = 16;
constexpr int kSpacing = 8;
constexpr int kWidest = 880;

QWidget *makeCard(const ReleaseView &release)
{
    auto *card = new Card;
    auto *title = new QHBoxLayout;
    title->setSpacing(kSpacing);
    title->addWidget(new Label(TextSize::Heading, release.title), 1);
    auto *chip = new Chip;
    chip->show({release.judgement, release.icon, release.role});
    title->addWidget(chip);

    auto *facts = new QGridLayout;
    facts->setHorizontalSpacing(kSection);
    facts->setVerticalSpacing(kSpacing / 2);
    facts->setColumnStretch(1, 1);
    for (qsizetype row = 0; row < release.facts.size(); ++row) {
        auto *label = new Label(TextSize::Body, release.facts[row].label);
        label->setWordWrap(false);
        label->makeMuted();
        facts->addWidget(label, int(row), 0, Qt::AlignTop);
        facts->addWidget(new Label(TextSize::Body, release.facts[row].value), int(row), 1);
    }

    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(kSection, kSection, kSection, kSection);
    layout->setSpacing(kSpacing);
    layout->addLayout(title);
    layout->addLayout(facts);
    if (!release.remedy.isEmpty())
        layout->addWidget(new Label(TextSize::Body, release.remedy));
    auto *lifting = new CommandView;
    layout->addWidget(lifting);
    lifting->show(release.lifting);
    card->setAccessibleName(QStringLiteral("%1: %2").arg(release.title, release.judgement));
    return card;
}

} // namespace

ReleasesPage::ReleasesPage(UnitService &service, QWidget *parent) :
    QWidget(parent), m_service(service),
    m_empty(new Label(TextSize::Body,
                      tr("No release is at hand. Open a bench, add a release file, or drop one here."))),
    m_cards(new QVBoxLayout)
{
    setAcceptDrops(true);
    m_empty->makeMuted();
    m_cards->setSpacing(kSpacing);
    connect(&service, &UnitService::releasesListed, this, &ReleasesPage::show);

    auto *column = new QWidget;
    column->setMaximumWidth(kWidest);
    auto *sections = new QVBoxLayout(column);
    sections->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    sections->setSpacing(kSection);
    sections->addLayout(makeHeader());
    sections->addWidget(m_empty);
    sections->addLayout(m_cards);
    sections->addStretch();

    auto *page = new QWidget;
    page->setMinimumHeight(1); // Its height follows from its width.
    auto *row = new QHBoxLayout(page);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(column, 1);
    row->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

QLayout *ReleasesPage::makeHeader()
{
    auto *add = new QPushButton(tr("&Add a release…"));
    add->setObjectName(QStringLiteral("addRelease"));
    connect(add, &QPushButton::clicked, this, &ReleasesPage::askForFile);
    auto *header = new QHBoxLayout;
    header->addWidget(new Label(TextSize::Title, tr("Releases")), 1);
    header->addWidget(add);
    return header;
}

void ReleasesPage::show(const QList<ReleaseOffer> &releases)
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const ReleaseView &release : releaseViews(releases))
        m_cards->addWidget(makeCard(release));
    m_empty->setVisible(releases.isEmpty());
}

void ReleasesPage::askForFile()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Add a release"), {}, releaseFileFilter());
    if (!file.isEmpty())
        m_service.addRelease(file);
}

void ReleasesPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedRelease(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void ReleasesPage::dropEvent(QDropEvent *event)
{
    const QString file = droppedRelease(*event->mimeData());
    if (file.isEmpty())
        return;
    event->acceptProposedAction();
    m_service.addRelease(file);
}

} // namespace gui
