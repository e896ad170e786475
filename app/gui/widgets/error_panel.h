// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace gui {

class CommandView;
class CopyButton;
class Label;

/// An error in its four parts: what happened, whether the unit is safe, what to do now, and the reason code
/// with a button that copies the details.
class ErrorPanel final : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorPanel(QWidget *parent = nullptr);

    void show(const ErrorView &error);
    void hideDismissButton();

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void applyColors();

    QLabel *m_sign;
    Label *m_what;
    Label *m_explanation;
    Label *m_safety;
    Label *m_remedy;
    CommandView *m_lifting;
    Label *m_code;
    CopyButton *m_copy;
    QPushButton *m_close;
};

} // namespace gui
