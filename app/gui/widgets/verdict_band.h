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

/// How a job ended, in a way that nobody can misread: a word, a sign of its own shape, a colour, a sentence.
class VerdictBand final : public QFrame
{
    Q_OBJECT

public:
    explicit VerdictBand(QWidget *parent = nullptr);

    void show(const VerdictView &verdict);

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void applyColors();

    VerdictView m_verdict{};
    QLabel *m_sign;
    Label *m_word;
    Label *m_sentence;
    Label *m_safety;
    Label *m_remedy;
    Label *m_notice;
    CommandView *m_lifting;
    Label *m_code;
    CopyButton *m_copy;
    QPushButton *m_close;
};

} // namespace gui
