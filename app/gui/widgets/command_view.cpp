// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/command_view.h"

#include "app/gui/widgets/copy_button.h"
#include "app/gui/widgets/label.h"

#include <QFontDatabase>
#include <QHBoxLayout>

namespace gui {

namespace {

constexpr int kSpacing = 8;

/// A digest has no place for a line to break. For the eye only; the button copies the plain text.
QString breakable(const QString &command)
{
    constexpr int kGroup = 8;
    QString text;
    for (qsizetype index = 0; index < command.size(); ++index) {
        if (index > 0 && index % kGroup == 0)
            text += QChar(0x200b);
        text += command[index];
    }
    return text;
}

} // namespace

CommandView::CommandView(QWidget *parent) :
    QWidget(parent), m_note(new Label(TextSize::Body, tr("Whoever may decide that takes it back with:"))),
    m_commands(new Label), m_copy(new CopyButton(tr("Copy c&ommand")))
{
    m_commands->setObjectName(QStringLiteral("liftingCommands"));
    m_commands->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_copy->setAccessibleDescription(tr("Copies the command line to the clipboard"));
    auto *line = new QHBoxLayout;
    line->setSpacing(kSpacing);
    line->addWidget(m_commands, 1);
    line->addWidget(m_copy, 0, Qt::AlignTop);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_note);
    layout->addLayout(line);
    hide();
}

void CommandView::show(const QStringList &commands)
{
    const QString plain = commands.join(u'\n');
    QStringList shown;
    for (const QString &command : commands)
        shown.append(breakable(command));
    m_commands->setText(shown.join(u'\n'));
    m_commands->setAccessibleName(plain);
    m_copy->setContent(plain);
    setVisible(!commands.isEmpty());
}

} // namespace gui
