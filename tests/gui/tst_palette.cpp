// SPDX-License-Identifier: Apache-2.0
#include "app/gui/look/palette.h"

#include <QTest>

using gui::contrast;
using gui::StateRole;

namespace {

constexpr double kReadable = 4.5; // WCAG 2.1, 1.4.3
constexpr double kVisible = 3.0; // WCAG 2.1, 1.4.11: of shapes, such as the focus ring

} // namespace

class TestPalette : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastIsThatOfTheStandard()
    {
        QCOMPARE(contrast(Qt::white, Qt::black), 21.0);
        QCOMPARE(contrast(Qt::white, Qt::white), 1.0);
        QVERIFY(qAbs(contrast(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
    }

    void textCanBeRead_data() { addThemes(); }
    void textCanBeRead()
    {
        QFETCH(QPalette, palette);
        for (const auto text : {QPalette::WindowText, QPalette::Text, gui::kMutedText, QPalette::Link}) {
            QVERIFY(contrast(palette.color(text), palette.color(QPalette::Window)) >= kReadable);
            QVERIFY(contrast(palette.color(text), palette.color(QPalette::Base)) >= kReadable);
            QVERIFY(contrast(palette.color(text), palette.color(QPalette::AlternateBase)) >= kReadable);
        }
        QVERIFY(contrast(palette.color(QPalette::ButtonText), palette.color(QPalette::Button)) >= kReadable);
        QVERIFY(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight))
                >= kReadable);
        QVERIFY(contrast(palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase))
                >= kReadable);
    }

    void statesCanBeRead_data() { addThemes(); }
    void statesCanBeRead()
    {
        QFETCH(QPalette, palette);
        for (const auto role : {StateRole::Neutral, StateRole::Running, StateRole::Good, StateRole::Caution,
                                StateRole::Bad, StateRole::Unknown}) {
            const gui::StateColors colors = gui::stateColors(role, palette);
            const QByteArray which = QByteArray::number(int(role));
            QVERIFY2(contrast(colors.ink, palette.color(QPalette::Base)) >= kReadable, which);
            QVERIFY2(contrast(colors.ink, palette.color(QPalette::Window)) >= kReadable, which);
            QVERIFY2(contrast(colors.ink, colors.tint) >= kReadable, which);
            QVERIFY2(contrast(colors.onFill, colors.fill) >= kReadable, which);
            QVERIFY2(contrast(palette.color(QPalette::WindowText), colors.tint) >= kReadable, which);
        }
        const QColor selected = gui::stateColors(StateRole::Running, palette).tint;
        QVERIFY(contrast(palette.color(gui::kMutedText), selected) >= kReadable); // a selected row's link
        QVERIFY(contrast(palette.color(QPalette::Link), selected) >= kVisible); // its focus ring
    }

    void eachStateHasItsOwnColour_data() { addThemes(); }
    void eachStateHasItsOwnColour()
    {
        QFETCH(QPalette, palette);
        QSet<QRgb> fills;
        for (int role = 0; role <= int(StateRole::Unknown); ++role)
            fills.insert(gui::stateColors(StateRole(role), palette).fill.rgb());
        QCOMPARE(fills.size(), int(StateRole::Unknown) + 1);
    }

private:
    static void addThemes()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::newRow("light") << gui::lightPalette();
        QTest::newRow("dark") << gui::darkPalette();
    }
};

QTEST_GUILESS_MAIN(TestPalette)
#include "tst_palette.moc"
