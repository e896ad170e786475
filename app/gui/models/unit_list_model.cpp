// SPDX-License-Identifier: Apache-2.0
#include "app/gui/models/unit_list_model.h"

#include "app/gui/widgets/label.h"

#include <algorithm>

namespace gui {

namespace {

bool hasName(const UnitRow &row, const QString &name)
{
    return row.name == name;
}

} // namespace

bool UnitListModel::hasSameNames(const QList<UnitRow> &rows) const
{
    return std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                      [](const UnitRow &one, const UnitRow &other) { return hasName(one, other.name); });
}

void UnitListModel::show(QList<UnitRow> rows)
{
    if (hasSameNames(rows)) {
        m_rows = std::move(rows);
        if (!m_rows.isEmpty())
            Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

QModelIndex UnitListModel::indexOf(const QString &name) const
{
    const auto found = std::find_if(m_rows.cbegin(), m_rows.cend(),
                                    [&name](const UnitRow &row) { return hasName(row, name); });
    return found == m_rows.cend() ? QModelIndex() : index(int(found - m_rows.cbegin()));
}

int UnitListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant UnitListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const UnitRow &row = m_rows[index.row()];
    if (role == Qt::DisplayRole)
        return row.name; // also what typing ahead searches
    const QString sentence =
        tr("%1: %2 %3, %4, %5").arg(row.name, row.product, row.version, row.stage, row.link);
    if (role == Qt::AccessibleTextRole)
        return sentence;
    if (role == Qt::ToolTipRole)
        return plainToolTip(sentence);
    return {};
}

} // namespace gui
