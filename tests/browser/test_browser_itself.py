"""The browser that the other tests trust: it draws, it clicks, and it tells what a page says and asks for."""

import struct

PAGE = """<!doctype html><title>A page</title><button onclick="this.textContent = 'clicked'">click</button>
<script>{script}</script>"""


def test_when_a_page_is_drawn_then_it_can_be_clicked_and_photographed(page, heard, shots, tmp_path):
    (tmp_path / "page.html").write_text(PAGE.format(script=""), encoding="utf-8")
    page.goto(f"file://{tmp_path / 'page.html'}")
    page.get_by_role("button").click()
    assert page.get_by_role("button").text_content() == "clicked"
    head = page.screenshot(path=shots / "itself.png")[:24]
    assert struct.unpack(">II", head[16:24]) == (1440, 900)
    assert heard.requests == [f"file://{tmp_path / 'page.html'}"]


def test_when_a_page_complains_or_breaks_or_calls_out_then_it_is_heard(page, heard, tmp_path):
    script = "console.error('woe'); fetch('http://127.0.0.1:9/away').catch(() => 0); throw new Error('burst')"
    (tmp_path / "page.html").write_text(PAGE.format(script=script), encoding="utf-8")
    page.goto(f"file://{tmp_path / 'page.html'}")
    page.wait_for_load_state("networkidle")
    assert any("woe" in text for text in heard.faults) and any("burst" in text for text in heard.faults)
    assert "http://127.0.0.1:9/away" in heard.requests
    heard.pardon += ["woe", "burst", "127.0.0.1:9"]
    assert not heard.faults
