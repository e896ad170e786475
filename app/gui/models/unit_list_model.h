// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QAbstractListModel>

namespace gui {

/// The units as rows. Resets when units come or go; whoever selects by name selects again then.
class UnitListModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void show(QList<UnitRow> rows);
    const UnitRow &row(int index) const { return m_rows[index]; }
    QModelIndex indexOf(const QString &name) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    bool hasSameNames(const QList<UnitRow> &rows) const;

    QList<UnitRow> m_rows;
};

} // namespace gui
