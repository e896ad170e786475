// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPushButton>

namespace gui {

/// Copies a text to the clipboard, and says that it did.
class CopyButton final : public QPushButton
{
    Q_OBJECT

public:
    explicit CopyButton(const QString &text, QWidget *parent = nullptr);

    void setContent(const QString &content);

private:
    void copy();

    QString m_text;
    QString m_content;
};

} // namespace gui
