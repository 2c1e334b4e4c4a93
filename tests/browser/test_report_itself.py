"""The report of a study in a real browser: it can be read by anybody, anywhere, and what others named runs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import visited
from made_up_study import Shape, made_up

from forecastlab.task.report.write import SECTIONS
from forecastlab.task.report.write import page as written

EVIL = (
    "</script><script>window.ran=1</script><img src=x onerror=window.ran=1>",
    '=HYPERLINK("http://evil.example","x") [x](javascript:window.ran=1)',
    "\x1b[31mred\u202e <a href=http://evil.example>x</a> %{y} {series} $x$ `rm`",
)
HOSTILE = Shape(
    methods=("theta", "naive", *EVIL), segments=EVIL, departments=("food", "<b>tools</b>"), dataset=EVIL[0],
    segmentation=EVIL[1], unit="<i>EUR",
)  # fmt: skip
SIZES = "[...document.querySelectorAll('.plot')].map((each) => each.data?.length ?? 0)"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """The same study in English and in Chinese, and one with hostile names."""
    folder = tmp_path_factory.mktemp("report")
    shape = Shape(segments=("mature", "active", "declining", "lost"))
    studies = {"en": made_up(shape), "zh": made_up(shape, language="zh"), "hostile": made_up(HOSTILE)}
    found = {name: folder / f"{name}.html" for name in studies}
    for name, study in studies.items():
        found[name].write_text(written(study), encoding="utf-8")
    return found


def opened(page, file):
    """The report with all of its figures drawn."""
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    for plot in page.locator(".plot:visible").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    return page


def column(page, section, place):
    return page.locator(f"#{section} tbody").first.locator(f"tr > *:nth-child({place})").all_inner_texts()


def test_when_a_reviewer_opens_it_then_the_verdict_is_first_and_nothing_is_fetched(page, heard, files, shots):
    opened(page, files["en"])
    top = page.locator(".verdict").bounding_box()
    assert top["y"] + top["height"] < 500
    assert page.locator(".verdict p").first.inner_text().startswith("theta is")
    shown = page.locator("main > section").evaluate_all("all => all.map(each => each.id)")
    of_others = ("oracle", "search", "over_time", "people", "uplift", "lists")
    assert shown == [key for key, _ in SECTIONS if key not in of_others]
    assert all(page.evaluate(SIZES))
    page.screenshot(path=shots / "report-top.png")
    page.screenshot(path=shots / "report.png", full_page=True)
    assert heard.requests == [files["en"].as_uri()]


def test_when_a_screen_is_wide_then_every_section_is_named_without_scrolling(browser, heard, files):
    with visited(browser, heard, viewport={"width": 1400, "height": 900}) as page:
        opened(page, files["en"])
        cut = (
            "[...document.querySelectorAll('nav ul, #leaderboard .table')].filter((e) => e.scrollWidth > e.clientWidth)"
        )
        assert page.locator("nav a").count() > 9
        assert page.evaluate(f"{cut}.length") == 0


def test_when_a_title_is_clicked_then_the_leaderboard_is_sorted(page, files):
    opened(page, files["en"])
    page.locator("#leaderboard").get_by_role("button", name="Test").first.click()
    figures = [float(text.rstrip("%")) for text in column(page, "leaderboard", 4)]
    assert figures == sorted(figures, reverse=True) and len(figures) == 3
    page.locator("#leaderboard").get_by_role("button", name="Method").first.click()
    assert column(page, "leaderboard", 1) == ["ets", "naive", "theta"]


def test_when_series_fold_and_method_are_chosen_then_the_figure_shows_them(page, files, shots):
    opened(page, files["en"])
    figure = page.locator("#forecasts figure")
    whole = page.evaluate("document.querySelector('#forecasts .plot').data.at(-1).y.length")
    assert whole == 6 * 3 + 5  # six folds of three steps, and gaps between them
    figure.locator("select").nth(1).select_option("0")
    figure.locator("select").nth(0).select_option(label="active")
    figure.locator("select").nth(3).select_option(label="naive")
    lines = page.evaluate("document.querySelector('#forecasts .plot').data.map((each) => [each.name, each.y.length])")
    assert lines == [
        ["95% interval", 6], ["80% interval", 6], ["The other method", 3], ["Forecast", 3], ["Actual", 3],
    ]  # fmt: skip
    page.locator("#forecasts").screenshot(path=shots / "report-forecasts.png")
    page.locator("#bar select").select_option(label="naive")
    assert page.locator("#bar table:visible").count() == 1


def test_when_names_are_hostile_then_they_are_text(page, heard, files, shots):
    opened(page, files["hostile"])
    for choice in page.locator("main select").all():
        if choice.is_visible() and choice.locator("option").count() > 1:
            choice.select_option(index=1)
    assert page.evaluate("window.ran") is None
    assert not page.locator("img, main b:has-text('tools'), a[href*=evil], a[href^='javascript']").count()
    assert page.locator("svg a").count() == 0
    shown = column(page, "leaderboard", 1)
    assert any("<script>window.ran=1" in text for text in shown) and any("=HYPERLINK(" in text for text in shown)
    assert not any("\x1b" in text or "\u202e" in text for text in page.locator("body").all_inner_texts())
    assert heard.requests == [files["hostile"].as_uri()]
    page.screenshot(path=shots / "report-hostile.png")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_when_it_is_read_on_a_phone_in_the_dark_then_nothing_goes_sideways(browser, heard, files, shots, language):
    phone = {"viewport": {"width": 375, "height": 700}, "is_mobile": True, "has_touch": True, "color_scheme": "dark"}
    with visited(browser, heard, **phone) as page:
        opened(page, files[language])
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)"
        page.screenshot(path=shots / f"report-phone-{language}.png", full_page=True)
    assert not heard.errors


def test_when_it_is_in_chinese_then_verdict_dates_and_figures_are_too(page, files, shots):
    opened(page, files["zh"])
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert (
        "theta" in page.locator(".verdict").inner_text()
        and "业务要求误差不超过 10%" in page.locator(".verdict").inner_text()
    )
    assert "2023年1月1日" in page.locator(".facts").inner_text()
    assert "月" in page.locator("#forecasts .plot").text_content()
    assert page.locator("main").get_by_text("排行榜").count() == 1
    page.screenshot(path=shots / "report-zh.png", full_page=True)


def test_when_it_is_printed_then_every_section_is_on_paper(browser, heard, files, shots):
    with visited(browser, heard, color_scheme="dark") as page:
        opened(page, files["en"])
        pdf = page.pdf(path=shots / "report.pdf", format="A4", print_background=True)
        assert pdf.count(b"/Type /Page\n") >= 4
        page.set_viewport_size({"width": 720, "height": 1000})
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 720
        assert page.locator("#forecasts select").first.is_visible()  # paper says what was chosen
    assert not heard.errors
