"""What the turns of all agents have in common: how one begins, and what may end the work."""

from collections.abc import Sequence

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
)
from inspect_ai.tool import ToolDef

from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import Contestant
from orgsmith.arena.agents.world import World
from orgsmith.arena.trial.conduct import CONTEXT_FULL, FILTERED, Conduct
from orgsmith.arena.trial.guard import ContextFullError, ask


def opening(world: World, contestant: Contestant, item: Item) -> list[ChatMessage]:
    """What an agent is told, and then asked."""
    return [
        ChatMessageSystem(content=world.briefing(contestant, item)),
        ChatMessageUser(content=item.question.question),
    ]


async def reply(
    messages: list[ChatMessage], tools: Sequence[ToolDef], conduct: Conduct, item: Item
) -> ChatMessageAssistant | None:
    """The agent's next reply; None if there can be none, which is noted.

    Raises:
        OrgsmithError: the model's endpoint does not answer, or no call can be paid for.
    """
    try:
        output = await ask(messages, tools, conduct, item.task_id)
    except ContextFullError:
        conduct.end(CONTEXT_FULL)
        return None
    if output.stop_reason == "content_filter":
        messages.append(output.message)
        conduct.end(FILTERED)
        return None
    return output.message
