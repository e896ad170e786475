// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/releases/release_words.h"

#include <QWidget>

class QVBoxLayout;

namespace gui {

class Label;
class UnitService;

/// The releases that are at hand: what each is, for whom, and whether it may be trusted.
class ReleasesPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ReleasesPage(UnitService &service, QWidget *parent = nullptr);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QLayout *makeHeader();
    void show(const QList<ReleaseOffer> &releases);
    void askForFile();

    UnitService &m_service;
    Label *m_empty;
    QVBoxLayout *m_cards;
};

} // namespace gui
