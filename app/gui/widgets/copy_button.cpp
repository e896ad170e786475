// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/copy_button.h"

#include "app/gui/look/icon.h"

#include <QClipboard>
#include <QGuiApplication>

namespace gui {

CopyButton::CopyButton(const QString &text, QWidget *parent) : QPushButton(text, parent), m_text(text)
{
    setIcon(themedIcon(QStringLiteral("copy")));
    connect(this, &QPushButton::clicked, this, &CopyButton::copy);
}

void CopyButton::setContent(const QString &content)
{
    if (content == m_content)
        return;
    m_content = content;
    setText(m_text);
    setIcon(themedIcon(QStringLiteral("copy")));
}

void CopyButton::copy()
{
    QGuiApplication::clipboard()->setText(m_content);
    setText(tr("Copied"));
    setIcon(themedIcon(QStringLiteral("passed")));
}

} // namespace gui
