"""The leaderboard as a page: complete, on its own, and unmoved by hostile names."""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orgsmith.arena.results import heat
from orgsmith.arena.results.cost_chart import cost_chart
from orgsmith.arena.results.drawing import MOST
from orgsmith.arena.results.leaderboard import boards
from orgsmith.arena.results.names import LONGEST, readable, title
from orgsmith.arena.results.page import FOLDER, render
from tests.arena.results.plausible import Made, frame, plausible, sample, unscored, wrong
from tests.arena.results.test_leaderboard import answers

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"'><b>quotes</b>&amp;",
    "</title></svg></style></td></tr></table><b>",
    "{{ 7 * 7 }} ${7 * 7} \\u003c",
    "']);document.title='owned';//",
    "datum['a']; a.b[0]",
    "\N{RIGHT-TO-LEFT OVERRIDE}desrever\x00\x1b[31m\n\u2028",
    "x" * 5_000,
    "toString",
    "__proto__",
    "signal",
    " ",
)

MADE = (
    Made("react", "lab/large", 0.6, epochs=3, questions=4),
    Made("tools", "lab/large", 0.7, tool_level="query", questions=2, price=0.05),
    Made("act", "local/free", 0.4, price=0.0, questions=4),
    Made("act", "local/unknown", 0.5, price=None, questions=4),
    Made("react", "gone/model", outage=1.0, questions=4),
    Made("constant", None, 0.2, price=0.0, questions=4),
    Made("solver", None, 1.5, price=0.0, questions=4),
)


class Read(HTMLParser):
    """What a page holds: tags and attributes, and the text of each kind of element."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._cell = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data


def drawings(content: str) -> list[str]:
    """The charts of a page."""
    return re.findall(r"<svg\b.*?</svg>", content, flags=re.DOTALL)


@pytest.fixture(scope="module")
def content() -> str:
    """A page with all that a board can have."""
    return render(boards(plausible(MADE)))


def test_all_entries_and_tasks_are_there(content: str) -> None:
    (board,) = boards(plausible(MADE))
    read = Read(content)

    named = {cell for row in read.rows for cell in row}
    for row in board.rows:
        assert sum(f"{row.tag}  {row.name}" in each for each in drawings(html.unescape(content)))
        assert any(cell.startswith(row.name) for cell in named)
    assert {title(task) for task in board.tasks} <= named
    assert {title(persona) for persona in board.personas} <= named
    for heading in ("Ranking", "Score against cost", "Score by task", "Consistency",
                    "Where agents fail", "Score by persona"):  # fmt: skip
        assert read.text.count(heading) >= 1
    assert len(drawings(content)) == 4


def test_the_ranking_says_what_is_known(content: str) -> None:
    ranking = {row[2]: row for row in Read(content).rows[1:8]}

    (board,) = boards(plausible(MADE))
    known = board.rows[1].entry.overall
    row = ranking[board.rows[1].name]
    assert known.score is not None
    assert known.score_interval is not None
    assert row[3] == f"{100 * known.score:.1f}"
    assert (
        row[4] == f"{100 * known.score_interval.low:.1f} to {100 * known.score_interval.high:.1f}"
    )
    assert known.success is not None
    ends = known.success_interval
    assert ends is not None
    assert row[5] == f"{100 * known.success:.1f} ({100 * ends.low:.1f} to {100 * ends.high:.1f})"
    partial = "lab/large (tools, query)partial: 20 of 40 questions; place 1 of 4 on these"
    assert ranking[partial][1] == "\N{EN DASH}"
    assert ranking["local/unknown (act)"][8] == "unknown"
    assert ranking["constant"][1] == ranking["solver"][1] == "baseline"


def test_what_cannot_stand_in_the_chart_of_costs_is_listed(content: str) -> None:
    (board,) = boards(plausible(MADE))
    tags = {row.name: row.tag for row in board.rows}

    beside = content.partition("Not in the chart:")[2].partition("</p>")[0]
    assert re.findall(r"(\w+) (\S+ \(\w+\)), score [\d.]+ %, (\w+ \w+)", beside) == [
        (tags["local/unknown (act)"], "local/unknown (act)", "cost unknown"),
        (tags["local/free (act)"], "local/free (act)", "no cost"),
    ]
    chart = cost_chart(board)
    assert chart is not None
    assert [row[1] for row in chart.rows] == ["lab/large (react)", "lab/large (tools, query)"]
    assert chart.tags == tuple(tags[row[1]] for row in chart.rows)


def test_nothing_outside_of_the_page_is_needed(content: str) -> None:
    read = Read(content)

    assert "http" not in content.replace("http-equiv", "")
    assert "//" not in content
    assert not {"script", "img", "iframe", "object", "use", "image"} & set(read.tags)
    assert [value for name, value in read.attributes if name == "href" and value != "data:,"] == []
    assert not re.search(r"@import|url\(|\ssrc\s*=|\son[a-z]+\s*=", content)
    assert "default-src 'none'" in content


def test_charts_are_xml_with_a_title_and_a_table(content: str) -> None:
    found = drawings(content)

    for each in found:
        root = ElementTree.fromstring(each)
        heading = root.find("title")
        assert heading is not None
        assert heading.text
        assert root.get("role") == "img"
        assert root.get("aria-label") == heading.text
        # Equal ids of two charts in a page would be one.
        assert [node.get("id") for node in root.iter() if node.get("id")] == []
    assert content.count("The same as a table") == len(found)


def test_charts_take_their_colours_from_the_page(content: str) -> None:
    style = (FOLDER / "leaderboard.css").read_text()
    declared = set(re.findall(r"(--[a-z0-9-]+):", style))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", "".join(drawings(content)) + style))

    assert used <= declared
    assert "--ink" in used
    drawn = "".join(drawings(content))
    fixed = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) - {"none", "transparent"}
    scores = [
        row.figures.score
        for board in boards(plausible(MADE))
        for each in board.rows
        for row in each.entry.tasks
    ]
    heats = {heat.fill(score) for score in scores if score is not None}
    assert {each for each in fixed if "var(" not in each} == heats | {"#000000", "#ffffff"}


def test_an_outage_is_not_scored_and_never_nought() -> None:
    content = render(boards(frame(answers("xxxx") + answers("xxxx", agent="act"))))

    rows = Read(content).rows
    for row in rows[1:3]:
        assert row[3] == "not scored"
        assert "not scored: no answer to any question counts" in row[2]
        assert row[-1] == "endpoint 4"
    cells = {cell for row in rows for cell in row}
    assert not cells & {"0.0", "0", "0 %", "0.0 (k=1)", "0.0 to 0.0"}
    (drawn,) = drawings(content)
    assert ">0<" not in drawn
    assert drawn.count(">\N{EN DASH}<") == 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_are_never_markup(hostile: str) -> None:
    names = dict.fromkeys(("model", "agent", "tool_level", "settings", "industry"), hostile)
    others = {"task": hostile, "persona": hostile, "dataset_version": hostile}
    rows = [
        sample(**names, **others),
        wrong(**names, **others, epoch=2, cause=hostile),
        sample(**others, industry=hostile),
        unscored(**others, industry=hostile, model=f"gone {hostile}"),
    ]

    content = render(boards(frame(rows)))

    read = Read(content)
    assert not {"script", "img", "b\n"} & set(read.tags)
    plain = Read(render(boards(frame([
        {name: "x" if value == hostile else value for name, value in row.items()}
        | ({"model": "gone"} if row["model"] == f"gone {hostile}" else {}) for row in rows
    ]))))  # fmt: skip
    assert [tag for tag in read.tags if tag not in ("text", "tspan")] == [
        tag for tag in plain.tags if tag not in ("text", "tspan")
    ]
    assert readable(hostile).strip() in html.unescape(content)
    assert re.search("[\x00\x1b\u202e\u2028]", content) is None
    for each in drawings(content):
        ElementTree.fromstring(each)


def test_long_names_are_cut_in_their_middle() -> None:
    assert readable("a" * 100 + "b" * 100) == "a" * (LONGEST // 2) + " ... " + "b" * (LONGEST // 2)


def test_no_results_yet() -> None:
    read = Read(render([]))
    assert "There are no results yet" in read.text
    assert "table" not in read.tags


def test_charts_that_would_be_empty_are_left_out() -> None:
    content = render(boards(frame(answers("1", agent="solver", model=None, cost_usd=0.0))))

    assert len(drawings(content)) == 1
    for heading in ("Consistency</h3>", "Where agents fail", "Score against cost"):
        assert heading not in content


def test_every_board_has_its_own_place() -> None:
    both = [sample(), sample(fingerprint="a" * 64, industry="banking", seed=None)]

    content = render(boards(frame(both)))

    assert content.count('<section class="board"') == 2
    for number in (1, 2):
        assert content.count(f'id="board-{number}"') == 1
        assert content.count(f'href="#board-{number}"') == 1
    assert "hidden" in content


def test_charts_of_many_entries_say_what_they_leave_out() -> None:
    content = render(
        boards(frame([row for n in range(MOST + 2) for row in answers("10", model=f"model-{n}")]))
    )

    assert f"The chart shows the first {MOST} of {MOST + 2} entries." in content
    assert all(f"model-{n} (react)" in content for n in range(MOST + 2))


def test_colours_of_the_heat_map_can_be_read_and_told_apart_without_colour() -> None:
    shares = [n / 50 for n in range(51)]
    seen = [heat.luminance(rgb(heat.fill(each))) for each in shares]

    assert seen == sorted(seen)
    for share, lightness in zip(shares, seen, strict=True):
        words = heat.luminance(rgb(heat.on_fill(share)))
        lighter, darker = max(words, lightness) + 0.05, min(words, lightness) + 0.05
        assert lighter / darker >= 4.5


def test_series_have_contrast_in_light_and_dark() -> None:
    light, _, dark = (
        (FOLDER / "leaderboard.css").read_text().partition("prefers-color-scheme: dark")
    )

    for scheme in (light, dark.partition("\n}\n")[0]):
        colours = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6})", scheme))
        card = heat.luminance(rgb(colours["--card"])) + 0.05
        for name, colour in colours.items():
            own = heat.luminance(rgb(colour)) + 0.05
            ratio = max(own, card) / min(own, card)
            if name.startswith("--series"):
                assert ratio >= 3, name
            elif name in ("--ink", "--quiet", "--mark"):
                assert ratio >= 4.5, name


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of #rrggbb."""
    red, green, blue = (float(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return red, green, blue


def test_a_browser_shows_it_as_it_is(page: Callable[[str], str], tmp_path: Path) -> None:
    rows = [row for n, each in enumerate(HOSTILE) for row in answers("10", model=f"{n} {each}")]
    content = render(boards(frame(rows)))
    file = tmp_path / "leaderboard.html"
    file.write_text(content, encoding="utf-8")

    shown = Read(page(file.as_uri()))

    assert "<title>Leaderboard - Orgsmith</title>" in page(file.as_uri())
    assert not {"script", "img"} & set(shown.tags)
    assert shown.rows == Read(content).rows
