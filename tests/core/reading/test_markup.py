"""HTML becomes what its reader sees."""

from __future__ import annotations

import pytest

from twinpost.core.reading.markup import text_of_html


def test_blocks_are_lines_and_blanks_collapse() -> None:
    assert (
        text_of_html("<p>Dear\n  Luc,</p><div>one</div><div>two<br>three</div>")
        == "Dear Luc,\n\none\ntwo\nthree"
    )


def test_entities_and_hard_blanks_are_read() -> None:
    assert text_of_html("l&#39;&eacute;cole&nbsp;&amp; 5 &lt; 6") == "l'école & 5 < 6"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">STOP</div>',
        "<div style='color:red; DISPLAY : none'><div>STOP</div>STOP</div>",
        '<span style="visibility: hidden">STOP</span>',
        '<span style="mso-hide:all">STOP</span>',
        '<font style="font-size:0px">STOP</font>',
        '<i style="opacity:0">STOP</i>',
        "<p hidden>STOP</p>",
        "<!-- STOP -->",
        "<!--[if mso]>STOP<![endif]-->",
        "<script>if (a < b) say('</p>STOP')</script>",
        "<style>STOP {}</style>",
        "<head><title>STOP</title></head>",
        "<select><option>STOP</option></select>",
        "<!-- STOP",
    ],
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    assert text_of_html(f"before {hidden}").strip() == "before"


@pytest.mark.parametrize(
    "shown",
    [
        '<span style="opacity:0.9">YES</span>',
        '<span style="font-size:0.9em">YES</span>',
        '<p class="hidden-print">YES</p>',
        '<p title="a > b">YES</p>',
        "<p title='it''s' x>YES</p>",
        "<unknown>YES</unknown>",
        "<p>YES",
    ],
)
def test_what_is_seen_is_read(shown: str) -> None:
    assert text_of_html(shown) == "YES"


def test_quotes_are_marked_as_in_plain_text() -> None:
    page = "new<blockquote>old<blockquote>older</blockquote></blockquote>new again"
    assert [line for line in text_of_html(page).split("\n") if line.strip("> ")] == [
        "new",
        "> old",
        ">> older",
        "new again",
    ]


def test_a_link_is_named_after_its_words() -> None:
    page = '<a href="https://we.tl/a?x=1&amp;y=2">here</a> <a href="https://we.tl/b">https://we.tl/b</a>'
    assert text_of_html(page) == "here <https://we.tl/a?x=1&y=2> https://we.tl/b"


def test_a_link_that_is_no_web_address_is_not_named() -> None:
    assert text_of_html('<a href="javascript:x()">here</a>') == "here"


def test_preformatted_lines_stay() -> None:
    assert text_of_html("<pre>a\n  b</pre>") == "a\n  b"


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<",
            "<!",
            "<!--",
            "<a ",
            '<a "',
            "<a '\"",
            "<div>",
            "<font color=1><p>",
            "<blockquote>x",
            "&",
            "&#",
        ),
        *("<td><div>", "<title>", "<script>", "<p hidden>", "<a href=x>y", "</p>", "<pre>\n", "<a href"),
    ],
)
def test_no_repetition_makes_the_page_grow(piece: str) -> None:
    page = piece * (300_000 // len(piece))
    assert len(text_of_html(page)) <= 2 * len(page)
