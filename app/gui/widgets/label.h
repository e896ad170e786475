// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

namespace gui {

/// A tool tip that says just this: Qt would read mark-up out of it.
QString plainToolTip(const QString &text);

/// The three sizes of text, relative to the system's font.
enum class TextSize { Body, Heading, Title };

QFont sizedFont(const QFont &base, TextSize size);

/// Text that wraps, follows the application font, and never reads mark-up out of what a unit says, nor lets
/// it change the order of what is read (texts::harmless()).
class Label final : public QLabel
{
    Q_OBJECT

public:
    explicit Label(TextSize size = TextSize::Body, const QString &text = {}, QWidget *parent = nullptr);

    void setText(const QString &text); // in place of QLabel's

    /// Shows the text, or hides the label when there is none.
    void showText(const QString &text);

    /// Secondary text.
    void makeMuted();

    /// Lets the text be marked and copied with the mouse and the keyboard.
    void makeCopyable();

protected:
    void changeEvent(QEvent *event) override;

private:
    void applySize();

    TextSize m_size;
};

} // namespace gui
