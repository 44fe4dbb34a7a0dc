"""What a run shows while it works: a line on stderr that says what is done and how far it is."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING

from orgsmith.flows.logs import log
from orgsmith.flows.terminal import plain
from orgsmith.prompts.model.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """Phases of a run, how long each took, and how far the present one is. Shows nothing."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        """Wall-clock seconds of each finished phase, in order; a phase entered twice adds up."""
        self._phase: str | None = None
        self._since = time.perf_counter()
        self.used: dict[str, Usage] = {}
        """What a model's calls have used up, by object."""
        self._lock = threading.Lock()

    def phase(self, title: str, total: int | None = None) -> None:
        """End the present phase and begin another, of `total` steps if they can be counted."""
        self.end()
        self._phase = title
        log(title, total=total)
        self.show(title, total)

    def end(self) -> None:
        """End the present phase."""
        now = time.perf_counter()
        if self._phase is not None:
            self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._since
        self._phase, self._since = None, now

    def show(self, title: str, total: int | None) -> None:
        """Show a new phase."""

    def advance(self, step: str, rows: int = 0) -> None:
        """One step of the present phase is done, and made so many rows."""
        made = f": {rows:,} rows" if rows else ""
        log(f"{self._phase} {step}{made}", phase=self._phase, step=step, rows=rows)
        self.show_step(step, rows)

    def show_step(self, step: str, rows: int) -> None:
        """Show that a step is done."""

    def spend(self, name: str, usage: Usage) -> None:
        """A model answered a call for an object; called from any thread."""
        with self._lock:
            # Taken out and put back: the object answered last stands last.
            self.used[name] = self.used.pop(name, NO_USAGE) + usage
            self.show_used()

    def show_used(self) -> None:
        """Show what calls have used up so far."""

    def tell(self, text: str) -> None:
        """Say something that the user should know at once."""
        log(text, logging.WARNING)
        self.show_told(text)

    def show_told(self, text: str) -> None:
        """Show it."""


class TerminalProgress(Progress):
    """Shows the phases as a live line on the terminal."""

    def __init__(self, bar: "Bar") -> None:
        super().__init__()
        self._bar = bar
        self._task: TaskID | None = None
        self._total: int | None = None
        self._done = 0
        self._rows = 0
        self._step = ""

    def show(self, title: str, total: int | None) -> None:
        """A new phase takes the place of the one before."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(title, total=total, note="")
        self._total, self._done, self._rows = total, 0, 0

    def show_step(self, step: str, rows: int) -> None:
        """Move the bar on."""
        self._done += 1
        self._rows += rows
        self._step = step
        if self._task is not None:
            self._bar.update(self._task, advance=1, note=self._note())

    def show_used(self) -> None:
        """Calls, tokens and cost so far, and those of the object that was answered last."""
        if self._task is not None:
            self._bar.update(self._task, note=self._note())

    def _note(self) -> str:
        of = f"/{self._total}" if self._total else ""
        made = f", {self._rows:,} rows" if self._rows else ""
        used = [f"{name} {told(usage)}" for name, usage in list(self.used.items())[-1:]]
        if self.used:
            used.append(f"in all {told(sum(self.used.values(), NO_USAGE))}")
        return plain("  ".join([f"{self._done}{of}{made}", self._step, *used]))

    def show_told(self, text: str) -> None:
        """A line above the bar, which stays."""
        self._bar.console.print(plain(text), highlight=False, markup=False)


def told(usage: Usage) -> str:
    """Calls, tokens and cost in a few words; a cost that is not known is said to be unknown."""
    tokens = usage.prompt_tokens + usage.completion_tokens
    cached = f" + {usage.cached_calls:,} kept" if usage.cached_calls else ""
    return f"{usage.calls:,} calls{cached}, {tokens:,} tokens, {dollars(usage.cost_usd)}"


def dollars(cost: float | None) -> str:
    """An amount, or that it is not known."""
    return "unknown cost" if cost is None else f"${cost:,.4f}"


_CURRENT: ContextVar[Progress] = ContextVar("progress")


def current() -> Progress:
    """The progress of the run this is part of; a silent one where nobody watches."""
    progress = _CURRENT.get(None)
    if progress is None:
        progress = Progress()
        _CURRENT.set(progress)
    return progress


@contextmanager
def watched(progress: Progress) -> Iterator[Progress]:
    """Makes `current()` this progress inside the block."""
    token = _CURRENT.set(progress)
    try:
        yield progress
    finally:
        progress.end()
        _CURRENT.reset(token)


class Shown:
    """A context in which progress is shown if stderr is a terminal."""

    def __init__(self) -> None:
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        from rich.console import Console

        console = Console(stderr=True)
        if not console.is_terminal:
            return Progress()
        from rich import progress as rich

        self._bar = rich.Progress(
            rich.SpinnerColumn(),
            rich.TextColumn("{task.description}"),
            rich.BarColumn(bar_width=24),
            rich.TimeElapsedColumn(),
            rich.TextColumn("{task.fields[note]}", markup=False),
            console=console,
            transient=True,
        )
        self._bar.start()
        return TerminalProgress(self._bar)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
