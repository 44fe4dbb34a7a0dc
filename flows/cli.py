"""The command `orgsmith`: its verbs, and how every failure becomes one line and an exit code.

Nothing heavy is imported here or in the modules of the verbs: `orgsmith --help` must be quick.
"""

import atexit
import os
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from orgsmith.flows import (
    answers_command,
    datasets_command,
    diff_command,
    evaluate_command,
    explain_command,
    export_command,
    generate_command,
    industries_command,
    leaderboard_command,
    query_command,
    sandbox_command,
    serve_command,
)
from orgsmith.flows.terminal import plain

INTERRUPTED = 130
TERMINATED = 128 + signal.SIGTERM

app = typer.Typer(
    name="orgsmith",
    help="Generate a synthetic CRM organisation: verified, versioned, as Parquet.",
    epilog="Example: orgsmith generate sportswear --scale 0.1 --seed 42",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
generate_command.add_to(app)
industries_command.add_to(app)
serve_command.add_to(app)
datasets_command.add_to(app)
diff_command.add_to(app)
query_command.add_to(app)
explain_command.add_to(app)
export_command.add_to(app)
sandbox_command.add_to(app)
evaluate_command.add_to(app)
leaderboard_command.add_to(app)
answers_command.add_to(app)


def main() -> None:
    """Entry point of the console script.

    The interpreter is not taken down piece by piece: tasks that are still at work in threads would
    hold that up (what they write appears whole or not at all), and libraries in C++ write
    complaints about it to stderr.
    """
    ended = Ended()
    # The first to be registered is the last to be called: all others have had their turn.
    atexit.register(ended.leave)
    try:
        ended.code = run(sys.argv[1:])
    except SystemExit as error:
        ended.code = error.code if isinstance(error.code, int) else 1
    if ended.code == INTERRUPTED:
        ended.leave()
    sys.exit(ended.code)


@dataclass
class Ended:
    """How the process ends."""

    code: int = 1

    def leave(self) -> None:
        """End it at once, everything that was said having been written."""
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(self.code)


def run(arguments: list[str]) -> int:
    """Run a command line; its exit code: 0 done, 1 failed, 2 wrong usage, 130 on Ctrl-C."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(args=arguments, prog_name="orgsmith", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:
            # Typer makes an exit code of Ctrl-C.
            raise KeyboardInterrupt
    except (KeyboardInterrupt, Abort):
        _complain("interrupted; run the same command again to go on where it was")
        return INTERRUPTED
    except BrokenPipeError:
        return _enough()
    except SystemExit as error:
        # Typer and rich make an exit code of it.
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        return _enough()
    except TyperException as error:
        _complain(_usage(error))
        return 2
    except Exception as error:
        return _failed(error)
    return code if isinstance(code, int) else 0


@app.callback(invoke_without_command=True)
def orgsmith(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    """Generate a synthetic CRM organisation: verified, versioned, as Parquet."""
    if version:
        from orgsmith.outputs.manifest import orgsmith_version

        typer.echo(f"orgsmith {orgsmith_version()}")
        raise typer.Exit


def _enough() -> int:
    """Whoever read our output has had enough of it (`| head`); that is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _failed(error: Exception) -> int:
    """One line for any failure; ORGSMITH_DEBUG=1 shows where it came from."""
    from orgsmith.schema.errors import OrgsmithError, PackError

    if os.environ.get("ORGSMITH_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, PackError):
        more = len(error.faults) - 1
        hint = f" (and {more} more: orgsmith industries check lists all)" if more else ""
        _complain(error.faults[0] + hint)
        return error.exit_code
    if isinstance(error, OrgsmithError):
        _complain(str(error))
        return error.exit_code
    if isinstance(error, OSError) and error.filename:
        _complain(f"{error.filename}: {error.strerror}")
        return 1
    text = str(error).strip().partition("\n")[0]
    _complain(
        f"unexpected {type(error).__name__}: {text}; this is a fault of Orgsmith: "
        "ORGSMITH_DEBUG=1 shows where, please report it"
    )
    return 1


def _usage(error: TyperException) -> str:
    """What was wrong with the command line, and which help tells more."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "orgsmith"
    return f"{' '.join(str(message).split()).rstrip('.')}; see {command} --help"


def _complain(text: str) -> None:
    sys.stderr.write(f"orgsmith: {plain(' '.join(text.split()))}\n")


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends us the ordinary way, so that the temporary server ends too."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
