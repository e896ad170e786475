// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/label.h"

#include "app/gui/models/unit_list_model.h"

#include <QTest>
#include <QTextDocument>

namespace {

const QString kHostile = QStringLiteral("<b>bold</b>\u001b[2J\u202e\u009b");
const QString kShown = QStringLiteral("<b>bold</b><U+001B>[2J<U+202E><U+009B>");

QString readAsRichText(const QString &toolTip)
{
    if (!Qt::mightBeRichText(toolTip))
        return toolTip;
    QTextDocument document;
    document.setHtml(toolTip);
    return document.toPlainText();
}

} // namespace

/// What a unit or a file says is text, wherever it is shown.
class TestLabel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLabelShowsForeignTextAsItIs()
    {
        gui::Label label(gui::TextSize::Body, kHostile);
        QCOMPARE(label.textFormat(), Qt::PlainText);
        QCOMPARE(label.text(), kShown);
        label.setText(QStringLiteral("two\nlines"));
        QCOMPARE(label.text(), QStringLiteral("two\nlines"));
        label.showText(kHostile);
        QCOMPARE(label.text(), kShown);
    }

    void soDoesAToolTip()
    {
        QVERIFY(Qt::mightBeRichText(kHostile)); // What Qt would do with it.
        QCOMPARE(readAsRichText(gui::plainToolTip(kHostile)), kShown);
        QCOMPARE(gui::plainToolTip({}), QString());
    }

    void soDoesTheListOfUnits()
    {
        gui::UnitListModel model;
        gui::UnitRow row;
        row.name = kHostile;
        model.show({row});
        const QString toolTip = model.index(0).data(Qt::ToolTipRole).toString();
        QVERIFY(readAsRichText(toolTip).startsWith(kShown));
    }
};

QTEST_MAIN(TestLabel)
#include "tst_label.moc"
