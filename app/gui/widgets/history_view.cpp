// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/history_view.h"

#include "app/gui/look/icon.h"
#include "app/gui/widgets/label.h"

#include <QGridLayout>

namespace gui {

namespace {

constexpr int kMostLines = 12; // More is the ledger's business; the rest is counted.
constexpr int kSpacing = 8;

} // namespace

HistoryView::HistoryView(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout), m_rest(new Label)
{
    m_rest->makeMuted();
    m_grid->setHorizontalSpacing(kSpacing);
    m_grid->setVerticalSpacing(kSpacing / 2);
    m_grid->setColumnStretch(2, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing / 2);
    layout->addLayout(m_grid);
    layout->addWidget(m_rest);
    setAccessibleName(tr("What happened"));
}

void HistoryView::addRow()
{
    const int line = int(m_rows.size());
    const Row row{new Label, new QLabel, new Label};
    row.time->setWordWrap(false);
    row.time->makeMuted();
    m_grid->addWidget(row.time, line, 0);
    m_grid->addWidget(row.sign, line, 1);
    m_grid->addWidget(row.text, line, 2);
    m_rows.append(row);
}

void HistoryView::show(const QList<HistoryLine> &lines)
{
    const qsizetype shown = std::min<qsizetype>(lines.size(), kMostLines);
    while (m_rows.size() < shown)
        addRow();
    const int side = fontMetrics().ascent() + 4;
    for (qsizetype index = 0; index < m_rows.size(); ++index) {
        const Row &row = m_rows[index];
        const bool isUsed = index < shown;
        row.time->setVisible(isUsed);
        row.sign->setVisible(isUsed);
        row.text->setVisible(isUsed);
        if (!isUsed)
            continue;
        const HistoryLine &line = lines[index];
        row.time->setText(line.time);
        row.text->setText(line.text);
        row.sign->setPixmap(
            iconPixmap(line.icon, stateColors(line.role, palette()).ink, side, devicePixelRatioF()));
    }
    m_rest->showText(lines.size() > shown ? tr("%n earlier", nullptr, int(lines.size() - shown)) : QString());
    setVisible(!lines.isEmpty());
}

} // namespace gui
