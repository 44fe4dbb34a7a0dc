"""What an agent is told before it is asked a question, and what it is reminded of."""

from collections.abc import Mapping
from dataclasses import dataclass

from orgsmith.prompts.render import environment

ACT, REACT, TOOLS = "act", "react", "tools"
"""How an agent speaks: one action in each reply, a thought and an action, or calls of functions."""

REMINDERS: Mapping[str, str] = {
    ACT: "Your reply holds no action. Reply with <execute> a statement </execute> or with "
    "<respond> the answer </respond>, and nothing else.",
    REACT: "Your reply holds no action. Reply with a <thought> in one line and after it with "
    "<execute> a statement </execute> or with <respond> the answer </respond>, and nothing else.",
    TOOLS: "Your reply calls no tool. Call one; if you know the answer, call respond with it.",
}
"""What an agent is told whose reply does nothing, by how it speaks."""

ONE_ACTION = "Only the first action of a reply is carried out."
ONE_CALL = "Only the first call of a reply is carried out."
"""What an agent is told that does several things at once."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an agent is told.

    `style` is how it speaks, `schema` the text of the org's objects or None if it must do without,
    `context` all that holds for the question, `turns` how many replies it has.
    """

    style: str
    company: str
    persona: str
    context: str
    turns: int
    schema: str | None = None

    def text(self) -> str:
        """The system message."""
        template = environment().get_template("agents/system.jinja")
        return template.render(
            style=self.style,
            company=self.company,
            persona=self.persona,
            context=self.context,
            turns=self.turns,
            schema=self.schema,
        ).strip()
