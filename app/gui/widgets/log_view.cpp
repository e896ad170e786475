// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/log_view.h"

#include "app/gui/widgets/copy_button.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QScrollBar>

namespace gui {

namespace {

constexpr int kSpacing = 8;
constexpr int kShownLines = 10;

} // namespace

LogView::LogView(QWidget *parent) :
    QWidget(parent), m_fold(new QPushButton), m_copy(new CopyButton(tr("Copy log"))),
    m_text(new QPlainTextEdit)
{
    m_fold->setObjectName(QStringLiteral("foldLog"));
    m_fold->setCheckable(true);
    m_text->setObjectName(QStringLiteral("unitLog"));
    m_text->setAccessibleName(tr("The unit's log"));
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    QFont fixed; // Only its family is told, so that the size stays that of the other text.
    fixed.setFamilies(QFontDatabase::systemFont(QFontDatabase::FixedFont).families());
    m_text->setFont(fixed);
    m_text->setFixedHeight(kShownLines * m_text->fontMetrics().lineSpacing() + 2 * kSpacing);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpacing);
    buttons->addWidget(m_fold);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addLayout(buttons);
    layout->addWidget(m_text);
    connect(m_fold, &QPushButton::toggled, this, &LogView::unfold);
    unfold(false);
    hide();
}

void LogView::show(const QStringList &lines)
{
    setVisible(!lines.isEmpty());
    if (lines == m_lines)
        return;
    m_lines = lines;
    nameTheFold();
    const QString text = lines.join(u'\n');
    m_copy->setContent(text);

    QScrollBar *place = m_text->verticalScrollBar();
    const int before = place->value();
    const bool isAtEnd = before == place->maximum();
    m_text->setPlainText(text);
    place->setValue(isAtEnd ? place->maximum() : before);
}

void LogView::unfold(bool isUnfolded)
{
    m_text->setVisible(isUnfolded);
    m_copy->setVisible(isUnfolded);
    nameTheFold();
}

void LogView::nameTheFold()
{
    const int count = int(m_lines.size());
    m_fold->setText(m_fold->isChecked() ? tr("Hide the unit's &log")
                                        : tr("Show the unit's &log (%1)").arg(count));
}

} // namespace gui
