// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace gui {

class Label;

/// What happened to a unit, newest first: the milestones, not the packets.
class HistoryView final : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryView(QWidget *parent = nullptr);

    void show(const QList<HistoryLine> &lines);

private:
    struct Row {
        Label *time;
        QLabel *sign;
        Label *text;
    };

    void addRow();

    QGridLayout *m_grid;
    QList<Row> m_rows;
    Label *m_rest;
};

} // namespace gui
