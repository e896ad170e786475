// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QWidget>

namespace gui {

class CopyButton;
class Label;

/// Command lines that take back what this computer decided, for whoever may, and a button that copies them.
/// Hidden when there are none. Its text has the ink of the palette that it is given.
class CommandView final : public QWidget
{
    Q_OBJECT

public:
    explicit CommandView(QWidget *parent = nullptr);

    void show(const LiftingView &lifting);

private:
    Label *m_note;
    Label *m_commands;
    CopyButton *m_copy;
};

} // namespace gui
