"""Pages in a real browser: nothing is fetched, nothing of others runs, tables sort, figures draw in either theme."""

from __future__ import annotations

from chromium import visited

from forecastlab.page import (
    Cell,
    Choice,
    Column,
    Html,
    Section,
    document,
    figure,
    name,
    switch,
    table,
    tag,
    texts,
    whisker,
)

EVIL = (
    '</script><script>document.title="ran"</script><img src=x onerror="document.title=1">'
    '<a href="http://evil.example">link</a> [md](javascript:alert(1)) =HYPERLINK("http://e","x") \x1b[31m {{7*7}} $x$'
)


BEFORE = """addEventListener('beforeprint', () => {
  window.seen = [document.querySelectorAll('.main-svg').length, document.documentElement.className];
})"""


def made(language="en"):
    said = texts(language)
    figures = [("b", 0.05, "best"), (EVIL, 0.11, "bad"), ("a", 0.051, "good"), ("c", float("nan"), "")]
    rows = [
        [name(word), Cell(said.percent(x), x, tone), Cell(whisker(x, x - 0.02, x + 0.02, (0, 0.2), 0.06, ""))]
        for word, x, tone in figures
    ]
    columns = [Column("Method"), Column("WAPE", "number"), Column("Interval", "picture")]
    days = ["2024-01-01", "2024-02-01", "2024-03-01"]
    lines = [{"type": "scatter", "name": EVIL, "x": days, "y": "y/{s}", "line": {"color": "@c0"}}]
    choice = Choice("s", "S", [("0", "one"), ("1", EVIL)])
    arrays = {"y/0": [1, 2, 3], "y/1": [30, 10, 20]}
    layout = {"showlegend": True, "yaxis": {"title": EVIL}}
    drawn = figure(EVIL, lines, layout, choices=[choice], arrays=arrays)
    bars = figure("bars", [{"type": "bar", "x": [EVIL, "b"], "y": [1, 2], "marker": {"color": "@c1"}}], {})
    sections = [
        Section("t", "Table", EVIL, table(columns, rows, said, EVIL)),
        Section("f", "Figure", "", drawn),
        Section("s", "Switch", "", switch("Which", [("first", bars), (EVIL, tag("p", "the second panel"))])),
    ]
    return document(EVIL, tag("p", EVIL), sections, Html("end"), said)


def opened(page, tmp_path, language="en"):
    file = tmp_path / "page.html"
    file.write_text(made(language), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    return page


def column(page, place):
    return page.locator(f"tbody tr > *:nth-child({place})").all_inner_texts()


def test_when_names_are_hostile_then_they_are_text_and_nothing_is_fetched(page, heard, tmp_path):
    opened(page, tmp_path)
    page.locator("#f .main-svg").first.wait_for()
    page.locator("#s .plot").scroll_into_view_if_needed()
    page.locator("#s .main-svg").first.wait_for()
    assert EVIL.replace("\x1b", "�").split()[0] in page.title() and page.title() != "ran"
    assert not page.locator("img, a[href*=evil], a[href^=javascript]").count()
    assert "<img src=x" in page.locator("#f .plot").text_content()
    assert all(url.startswith("file:") for url in heard.requests) and len(heard.requests) == 1
    inserted = """() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';
                  document.body.append(s); return window.ran ?? 'refused'; }"""
    heard.pardon.append("Content Security Policy")
    assert page.evaluate(inserted) == "refused"
    assert page.evaluate("fetch('https://example.org').then(() => 'fetched', () => 'refused')") == "refused"


def test_when_a_title_is_clicked_then_the_table_is_sorted_and_what_is_not_known_is_last(page, tmp_path):
    opened(page, tmp_path)
    page.get_by_role("button", name="WAPE").click()
    assert column(page, 2) == ["11.0%", "5.1%", "5.0%", "–"]
    page.get_by_role("button", name="WAPE").click()
    assert column(page, 2) == ["5.0%", "5.1%", "11.0%", "–"]
    page.get_by_role("button", name="Method").click()
    assert column(page, 1)[1:] == ["a", "b", "c"]


def test_when_something_else_is_chosen_then_that_is_seen(page, tmp_path):
    opened(page, tmp_path)
    page.locator("#f .main-svg").first.wait_for()
    drawn = "document.querySelector('#f .plot').data[0].y[0]"
    assert page.evaluate(drawn) == 1
    page.locator("#f select").select_option("1")
    assert page.evaluate(drawn) == 30
    page.locator("#s .choices select").select_option(index=1)
    assert page.get_by_text("the second panel").is_visible() and not page.locator("#s .chart").is_visible()


def test_when_the_theme_changes_then_page_and_figures_follow(page, tmp_path):
    opened(page, tmp_path)
    page.locator("#f .main-svg").first.wait_for()
    colour = "document.querySelector('#f .plot').data[0].line.color"
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour), page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html.dark")
    dark = page.evaluate(colour), page.evaluate(paper)
    assert dark != light and dark[1] == "rgb(18, 22, 28)"
    page.locator("#theme").select_option("light")
    assert (page.evaluate(colour), page.evaluate(paper)) == light


def test_when_it_is_read_on_a_phone_then_nothing_goes_sideways(browser, heard, tmp_path):
    with visited(browser, heard, viewport={"width": 375, "height": 700}, is_mobile=True, has_touch=True) as page:
        opened(page, tmp_path, "zh")
        page.locator("#f .plot").scroll_into_view_if_needed()
        page.locator("#f .main-svg").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert not heard.errors


def test_when_it_is_printed_then_every_figure_is_on_paper_in_light(browser, heard, tmp_path):
    with visited(browser, heard, color_scheme="dark", viewport={"width": 1200, "height": 200}) as page:
        opened(page, tmp_path)
        page.evaluate(BEFORE)
        assert page.pdf(print_background=True)[:4] == b"%PDF"
        drawn, theme = page.evaluate("window.seen")
        assert drawn >= 2 and theme == ""
        assert page.evaluate("document.documentElement.className") == "dark"
    assert not heard.errors
