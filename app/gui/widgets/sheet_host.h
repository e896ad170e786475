// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPointer>
#include <QWidget>

namespace gui {

class PlanSheet;
struct PlanView;

/// Holds the plan sheet over a page: dims what is behind, keeps the keyboard inside, and gives it back to
/// where it was.
class SheetHost final : public QWidget
{
    Q_OBJECT

public:
    /// Covers `page`, and disables `content` while the sheet is open.
    SheetHost(QWidget *page, QWidget *content);

    PlanSheet &sheet() { return *m_sheet; }
    void open(const PlanView &plan);
    void close();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void placeSheet();

    QWidget *m_page;
    QWidget *m_content;
    PlanSheet *m_sheet;
    QPointer<QWidget> m_focusBefore;
};

} // namespace gui
