// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/command_view.h"

#include "app/gui/widgets/copy_button.h"
#include "app/gui/widgets/label.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QRegularExpression>

namespace gui {

namespace {

constexpr int kSpacing = 8;

/// A digest is not for reading; the button copies all of it.
QString shortened(const QString &command)
{
    static const QRegularExpression digest(QStringLiteral("\\b([0-9a-f]{12})[0-9a-f]{48}([0-9a-f]{4})\\b"));
    return QString(command).replace(digest, QStringLiteral("\\1…\\2"));
}

} // namespace

CommandView::CommandView(QWidget *parent) :
    QWidget(parent), m_note(new Label), m_commands(new Label), m_copy(new CopyButton(tr("Copy c&ommand")))
{
    m_commands->setObjectName(QStringLiteral("liftingCommands"));
    QFont fixed; // Only its family is told, so that the size stays that of the other text.
    fixed.setFamilies(QFontDatabase::systemFont(QFontDatabase::FixedFont).families());
    m_commands->setFont(fixed);
    m_copy->setObjectName(QStringLiteral("copyLifting"));
    m_copy->setAccessibleDescription(tr("Copies the command line to the clipboard"));
    auto *text = new QVBoxLayout;
    text->setSpacing(kSpacing / 2);
    text->addWidget(m_note);
    text->addWidget(m_commands);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addLayout(text, 1);
    layout->addWidget(m_copy, 0, Qt::AlignBottom);
    hide();
}

void CommandView::show(const LiftingView &lifting)
{
    const QString plain = lifting.commands.join(u'\n');
    QStringList shown;
    for (const QString &command : lifting.commands)
        shown.append(shortened(command));
    m_commands->setText(shown.join(u'\n'));
    m_commands->setAccessibleName(plain);
    m_copy->setContent(plain);
    m_note->setText(lifting.note);
    setVisible(!lifting.commands.isEmpty());
}

} // namespace gui
