"""Calls that a provider did not answer with a reply: whose doing that was, and what it says."""

from inspect_ai.model import ModelOutput, ModelUsage, StopReason

from orgsmith.arena.trial.replies import TooLongError

HOPELESS = frozenset({401, 403, 404})
"""Answers of HTTP that the next call would get too."""

REFUSED = frozenset({400, 413, 422})
"""Answers of HTTP to a call that could not be meant, or was not wanted."""

SAID = 300
"""Characters of a server's own message that are shown."""

_FILTERS = ("content_filter", "content_policy", "content policy", "data_inspection", "safety")
_MISSPOKEN = ("tool_use_failed", "failed to call a function", "invalid tool call")
_OTHERS = ("credit", "quota", "billing", "spending", "string too long")
"""What a message about limits is about, if not the length of a prompt."""

_LONG = ("context", "prompt", "input", "decoder")
_TOO = ("exceed", "too long", "too large", "longer than", "maximum", "must be <=", "limit")


def last_try(error: BaseException) -> BaseException:
    """What went wrong at last, where a call was tried more than once."""
    last = getattr(error, "last_attempt", None)
    return (last.exception() or error) if last is not None else error


def status_of(error: BaseException) -> int | None:
    """The status of HTTP that an error tells, by whatever name its library has for that."""
    told = (getattr(error, name, None) for name in ("status_code", "code", "status"))
    return next((each for each in told if isinstance(each, int)), None)


def timed_out(error: BaseException) -> bool:
    """Whether a call was given up: the model may have worked on it, and be paid for it."""
    return "Timeout" in type(error).__name__


def said_of(error: BaseException) -> str:
    """What a provider says, in a line, as far as it is shown."""
    line = _said(error)
    return line if len(line) <= SAID else f"{line[:SAID]}..."


def _said(error: BaseException) -> str:
    """What a provider says, in a line; and why, where its library only says that it failed."""
    told = getattr(error, "provider_message", None) or _message(error) or str(error)
    line = " ".join(str(told or type(error).__name__).split())
    why = " ".join(str(error.__cause__ or "").split())
    return f"{line} ({why})" if why and why not in line and line not in why else line


def as_output(error: BaseException, model: str) -> ModelOutput | None:
    """The reply that a refused call stands for, where its refusal is the agent's doing.

    Providers put into their own words that a prompt is too long, that a filter withholds a reply,
    or that the model's call of a tool could not be read; inspect-ai knows those of the largest.
    Nothing is paid for such a call.
    """
    if status_of(error) not in REFUSED:
        return None
    told = f"{_said(error)} {getattr(error, 'code', '')}".lower()
    reason: StopReason
    if any(word in told for word in _MISSPOKEN):
        reason = "stop"
    elif any(word in told for word in _FILTERS):
        reason = "content_filter"
    elif isinstance(error, TooLongError) or _is_too_long(told):
        reason = "model_length"
    else:
        return None
    stand_in = ModelOutput.from_content(model, "", stop_reason=reason)
    stand_in.usage = ModelUsage()
    return stand_in


def _is_too_long(told: str) -> bool:
    about = any(word in told for word in _LONG) and any(word in told for word in _TOO)
    return about and not any(word in told for word in _OTHERS)


def _message(error: BaseException) -> str | None:
    """The message in the body of an answer, as OpenAI's protocol has it."""
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else None
    status = status_of(error)
    return None if not told else f"{status}: {told}" if status else str(told)
