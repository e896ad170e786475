// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <QWidget>

class QPlainTextEdit;
class QPushButton;

namespace gui {

class CopyButton;

/// What a unit printed beside its answers: folded away until somebody asks for it, and not there at all while
/// there is nothing.
class LogView final : public QWidget
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);

    /// The lines so far. Whoever reads at the end stays there; whoever looks further up is left alone.
    void show(const QStringList &lines);

private:
    void unfold(bool isUnfolded);
    void nameTheFold();

    QPushButton *m_fold;
    CopyButton *m_copy;
    QPlainTextEdit *m_text;
    QStringList m_lines;
};

} // namespace gui
