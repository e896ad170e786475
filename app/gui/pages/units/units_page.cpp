// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/units_page.h"

#include "app/gui/models/unit_delegate.h"
#include "app/gui/models/unit_list_model.h"
#include "app/gui/pages/units/unit_detail.h"
#include "app/gui/widgets/dropped_release.h"
#include "app/gui/widgets/empty_panel.h"
#include "app/gui/widgets/label.h"
#include "app/gui/widgets/plan_sheet.h"
#include "app/gui/widgets/sheet_host.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QListView>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace gui {

namespace {

const QString kSplitKey = QStringLiteral("units/split");
constexpr int kListWidth = 288;
constexpr int kNarrowestList = 240;

} // namespace

UnitsPage::UnitsPage(UnitService &service, QWidget *parent) :
    QWidget(parent), m_presenter(new UnitsPresenter(service, this)), m_model(new UnitListModel(this)),
    m_list(new QListView), m_detail(new UnitDetail), m_empty(new EmptyPanel), m_split(new QSplitter),
    m_stack(new QStackedWidget), m_sheetHost(nullptr)
{
    setAcceptDrops(true);
    setFocusProxy(m_list);
    m_split->setChildrenCollapsible(false);
    m_split->addWidget(makeList());
    m_split->addWidget(m_detail);
    m_split->setStretchFactor(1, 1);
    m_split->setSizes({kListWidth, 3 * kListWidth});
    m_split->restoreState(QSettings().value(kSplitKey).toByteArray());
    connect(m_split, &QSplitter::splitterMoved, this,
            [this] { QSettings().setValue(kSplitKey, m_split->saveState()); });

    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_split);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    m_sheetHost = new SheetHost(this, m_stack);
    connectPresenter();
    showList();
}

QWidget *UnitsPage::makeList()
{
    m_list->setObjectName(QStringLiteral("unitList"));
    m_list->setAccessibleName(tr("Units"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new UnitDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setMinimumWidth(kNarrowestList);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid())
                    m_presenter->select(m_model->row(current.row()).name);
            });
    return m_list;
}

void UnitsPage::connectPresenter()
{
    connect(m_presenter, &UnitsPresenter::listChanged, this, &UnitsPage::showList);
    connect(m_presenter, &UnitsPresenter::detailChanged, this, &UnitsPage::showDetail);
    connect(m_presenter, &UnitsPresenter::planChanged, this, &UnitsPage::showPlan);
    connect(m_presenter, &UnitsPresenter::fileWanted, this, &UnitsPage::askForFile);
    connect(m_detail, &UnitDetail::chosen, m_presenter, &UnitsPresenter::act);
    connect(m_detail, &UnitDetail::stopRequested, m_presenter, &UnitsPresenter::stopJob);
    connect(m_detail, &UnitDetail::outcomeDismissed, m_presenter, &UnitsPresenter::dismissOutcome);
    connect(&m_sheetHost->sheet(), &PlanSheet::started, m_presenter, &UnitsPresenter::startPlan);
    connect(&m_sheetHost->sheet(), &PlanSheet::left, m_presenter, &UnitsPresenter::leavePlan);
    connect(m_empty, &EmptyPanel::lookAgainRequested, this, &UnitsPage::lookAgainRequested);
    connect(m_empty, &EmptyPanel::openBenchRequested, this, &UnitsPage::openBenchRequested);
}

void UnitsPage::showList()
{
    QList<UnitRow> rows = m_presenter->rows();
    const bool isEmpty = rows.isEmpty();
    m_model->show(std::move(rows));
    if (isEmpty)
        m_empty->show(m_presenter->empty());
    m_stack->setCurrentWidget(isEmpty ? static_cast<QWidget *>(m_empty) : m_split);
    const QModelIndex selected = m_model->indexOf(m_presenter->selected());
    if (selected.isValid() && m_list->currentIndex() != selected)
        m_list->setCurrentIndex(selected);
}

void UnitsPage::showDetail()
{
    const std::optional<UnitView> unit = m_presenter->detail();
    if (!unit)
        return;
    QWidget *focused = QApplication::focusWidget();
    const bool wasInside = focused && m_detail->isAncestorOf(focused);
    m_detail->show(*unit, m_presenter->isPreparing());
    if (wasInside && !focused->isVisible())
        m_list->setFocus(Qt::OtherFocusReason); // The button is gone; the keyboard stays with the unit.
}

void UnitsPage::showPlan()
{
    if (!m_presenter->plan())
        return m_sheetHost->close();
    m_sheetHost->open(*m_presenter->plan());
}

void UnitsPage::askForFile(JobKind kind)
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Choose a release"), {}, releaseFileFilter());
    if (!file.isEmpty())
        m_presenter->chooseFile(file, kind);
}

void UnitsPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedRelease(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void UnitsPage::dropEvent(QDropEvent *event)
{
    const QString file = droppedRelease(*event->mimeData());
    if (file.isEmpty())
        return;
    event->acceptProposedAction();
    m_presenter->takeDroppedRelease(file);
}

} // namespace gui
