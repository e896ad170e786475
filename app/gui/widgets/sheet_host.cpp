// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/sheet_host.h"

#include "app/gui/widgets/plan_sheet.h"

#include <QApplication>
#include <QEvent>
#include <QPainter>

namespace gui {

namespace {

constexpr int kWidest = 720;
constexpr int kMargin = 16;

} // namespace

SheetHost::SheetHost(QWidget *page, QWidget *content) :
    QWidget(page), m_page(page), m_content(content), m_sheet(new PlanSheet(this))
{
    hide();
    page->installEventFilter(this);
}

void SheetHost::open(const PlanView &plan)
{
    m_focusBefore = QApplication::focusWidget();
    m_content->setEnabled(false);
    setGeometry(m_page->rect());
    show();
    raise();
    m_sheet->show(plan);
    placeSheet();
}

void SheetHost::close()
{
    hide();
    m_content->setEnabled(true);
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void SheetHost::placeSheet()
{
    const int wide = std::min(kWidest, width() - 2 * kMargin);
    const int high = std::min(m_sheet->heightForWidth(wide), height() - 2 * kMargin);
    m_sheet->setGeometry((width() - wide) / 2, (height() - high) / 2, wide, high);
}

void SheetHost::resizeEvent(QResizeEvent *)
{
    placeSheet();
}

void SheetHost::paintEvent(QPaintEvent *)
{
    constexpr int kDimming = 96; // of 255: what lies behind stays recognisable
    QPainter(this).fillRect(rect(), QColor(0, 0, 0, kDimming));
}

bool SheetHost::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_page && event->type() == QEvent::Resize)
        setGeometry(m_page->rect());
    return QWidget::eventFilter(watched, event);
}

} // namespace gui
