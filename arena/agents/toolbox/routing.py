"""Who of those on duty should take a new case."""

from orgsmith.arena.agents.toolbox.articles import issue_named
from orgsmith.arena.agents.toolbox.finding import product_named
from orgsmith.arena.agents.toolbox.rankings import told
from orgsmith.arena.record import Record
from orgsmith.arena.solver import case_routing
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.tasks import glossary
from orgsmith.arena.tasks.question import Asked


def rank_agents_on_duty(desk: Desk, issue: str, product: str | None = None) -> Record:
    """Rank the agents on duty today for a new case about an issue and a product.

    First by most closed cases of the issue; those who are equal by most closed cases about the
    product; those who are still equal by fewest open cases. Closed cases count within the 365 days
    before today. "answer" is the Id of the agent who comes first; None if several are equal to the
    end.

    Args:
        issue: Name or Id of the issue that the new case is about.
        product: Name or Id of the product (Product2) that the new case names; leave it out if none.
    """
    name = issue_named(desk, issue)["name"]
    about = "" if product is None else product_named(desk, product)["Name"]
    # The solver reads issue and product from the words of a case: here they are all its words.
    context = glossary.spelled("Issues:", {name: (name,)})
    words = {"subject": name, "description": about}
    return told(case_routing.solve(desk, Asked("tool", desk.today, words, context)))
