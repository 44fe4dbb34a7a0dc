"""`orgsmith evaluate`: an agent answers a dataset's questions, and is scored."""

from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json, Out
from orgsmith.flows.terminal import say

if TYPE_CHECKING:
    from orgsmith.flows.trials import Evaluated

EXAMPLES = """\
Example: orgsmith evaluate --agent react --model openai/gpt-4o-mini --limit 5 --max-cost 2

Example: orgsmith evaluate sportswear --agent tools --tool-level composed --model ollama/llama3.1

Example: orgsmith evaluate --agent solver
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(evaluate)


def evaluate(
    dataset: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATASET]",
            help="A dataset's folder, INDUSTRY or INDUSTRY/VERSION. [default: the newest]",
            show_default=False,
        ),
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="act|react|tools|tools+query|solver|constant|random",
            help="Who answers. [default: react with --model, else solver]",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="PROVIDER/MODEL",
            help="The model that speaks for the agent: a provider that inspect-ai knows, such as "
            "openai, anthropic, google, vllm, ollama.",
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the model is served, if not by its provider."),
    ] = None,
    tool_level: Annotated[
        str | None,
        typer.Option(
            metavar="basic|standard|composed",
            help="Tools of tools and tools+query: raw queries, the reference set, or one for each "
            "part of a business question. [default: standard]",
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Tasks that are asked. [default: all]"),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option(metavar="N", help="Questions of each task. [default: all]"),
    ] = None,
    epochs: Annotated[
        str | None,
        typer.Option(metavar="K", help="How often each is asked, for pass^k. [default: 1]"),
    ] = None,
    turns: Annotated[
        str | None,
        typer.Option(metavar="N", help="Replies an agent has for a question. [default: 20]"),
    ] = None,
    temperature: Annotated[
        str | None, typer.Option(metavar="T", help="That of the model, 0 to 2. [default: 0]")
    ] = None,
    max_tokens: Annotated[
        str | None, typer.Option(metavar="N", help="Tokens of one reply. [default: 2048]")
    ] = None,
    observation: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Characters that an agent is shown at a time. [default: 10000]"
        ),
    ] = None,
    no_rules: Annotated[
        bool, typer.Option("--no-rules", help="Leave the rules of the tasks out of the context.")
    ] = False,
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="USD", help="Stop before calls of this run can cost more; resumable."),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache",
            help="Neither read nor keep replies of the model; what is finished stays so.",
        ),
    ] = False,
    out: Out = None,
    runs: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where runs are kept. [default: outputs/runs]"),
    ] = None,
    json: Json = False,
) -> None:
    """Let an agent answer a dataset's questions, and score it beside the baselines.

    Killed or failed, the same command goes on where it was: nothing that was answered is asked, or
    paid for, again. Settings not given here are taken from ORGSMITH_* variables, .env and
    [tool.orgsmith] of pyproject.toml.
    """
    with progress.Shown() as shown, progress.watched(shown):
        from orgsmith.flows.trial_settings import load_trial_settings
        from orgsmith.flows.trials import evaluate as put_on_trial

        settings = load_trial_settings(
            dataset=dataset,
            agent=agent,
            model=model,
            base_url=base_url,
            tool_level=tool_level,
            tasks=tasks,
            limit=limit,
            epochs=epochs,
            turns=turns,
            temperature=temperature,
            max_tokens=max_tokens,
            observation=observation,
            rules=False if no_rules else None,
            max_cost=max_cost,
            cache_replies=False if no_cache else None,
            out=out,
            runs=runs,
        )
        evaluated = put_on_trial(settings, shown)
    _print(evaluated, as_json=json)
    if evaluated.unfinished is not None:
        from orgsmith.flows.trials import UnfinishedError

        raise UnfinishedError(evaluated.unfinished)


def _print(evaluated: "Evaluated", *, as_json: bool) -> None:
    from orgsmith.flows.board_output import as_rows, print_board
    from orgsmith.flows.trials import PAGE

    page = evaluated.folder / PAGE
    if as_json:
        import json

        told = {
            "run": str(evaluated.run),
            "page": str(page),
            "unfinished": evaluated.unfinished,
            "results": as_rows([evaluated.board]),
        }
        say(json.dumps(told, indent=2))
        return
    print_board(evaluated.board, by_task=True)
    say(f"run: {evaluated.run}")
    say(f"leaderboard: {page}")
