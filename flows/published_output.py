"""What `orgsmith generate` prints at the end."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from orgsmith.flows.published import Published
    from orgsmith.prompts.model.usage import Usage


def show(published: "Published", seconds: dict[str, float], as_json: bool) -> None:
    """What was made, what the checks said, how long it took, and where it is."""
    if as_json:
        import json
        from dataclasses import asdict

        result = {
            "dataset": str(published.path),
            "objects": {
                name: {"rows": each.rows, "refused": each.refused, "duplicates": each.duplicates}
                for name, each in published.objects.items()
            },
            "usage": {name: asdict(each) for name, each in published.usage.items()},
            "checks": dict(published.checks),
            "questions": dict(published.questions),
            "removed": [str(path) for path in published.retired],
            "accepted_drift": list(published.drifts),
            "tasks": {"all": published.tasks, "done_before": published.remembered},
            "seconds": {phase: round(spent, 2) for phase, spent in seconds.items()},
        }
        typer.echo(json.dumps(result, indent=2))
        return
    from orgsmith.flows.progress import told
    from orgsmith.flows.tables import print_table
    from orgsmith.prompts.model.usage import NO_USAGE

    usage = published.usage
    print_table(
        (
            "object",
            "rows",
            "refused",
            "duplicates",
            *(("calls", "kT", "USD") if usage else ()),
        ),
        [
            (
                name,
                f"{each.rows:,}",
                f"{each.refused:,}",
                f"{each.duplicates:,}",
                *(_used(usage.get(name)) if usage else ()),
            )
            for name, each in published.objects.items()
        ],
    )
    if usage:
        typer.echo(f"model: {told(sum(usage.values(), NO_USAGE))}")
    said = ", ".join(
        f"{count} {status.replace('_', ' ')}" for status, count in sorted(published.checks.items())
    )
    typer.echo(f"checks: {said}")
    if published.questions:
        asked, tasks = sum(published.questions.values()), len(published.questions)
        typer.echo(f"questions: {asked:,} of {tasks} tasks, each answered twice alike")
    if published.remembered:
        typer.echo(f"{published.remembered} of {published.tasks} tasks had been done before")
    typer.echo("seconds: " + ", ".join(f"{phase} {spent:.1f}" for phase, spent in seconds.items()))
    for drift in published.drifts:
        typer.echo(f"accepted drift: {drift}")
    typer.echo(f"published: {published.path}")
    for gone in published.retired:
        typer.echo(f"removed, older than those kept: {gone}")


def _used(usage: "Usage | None") -> tuple[str, str, str]:
    """Calls, thousands of tokens and cost of an object."""
    if usage is None:
        return "", "", ""
    tokens = usage.prompt_tokens + usage.completion_tokens
    cost = "unknown" if usage.cost_usd is None else f"{usage.cost_usd:,.4f}"
    return f"{usage.calls:,}", f"{tokens / 1e3:,.1f}", cost
