"""How every node's columns are drawn from its parents: one function for each.

A function is pure: what it returns depends on the organisation, its parents' frames and the block
alone, and every random number comes from a stream of its own.
"""

from orgsmith.flows.draw.agents import draw_tenure, draw_user
from orgsmith.flows.draw.baskets import draw_basket
from orgsmith.flows.draw.cases import draw_case, draw_case_history
from orgsmith.flows.draw.catalogue import (
    draw_product2,
    draw_product_category,
    draw_product_category_product,
    draw_product_profile,
)
from orgsmith.flows.draw.habits import draw_complaint_habit, draw_shopping_habit
from orgsmith.flows.draw.knowledge import (
    draw_issue,
    draw_issue_solution,
    draw_knowledge,
    draw_knowledge_fact,
    draw_solution,
)
from orgsmith.flows.draw.messages import draw_email_message, draw_live_chat_transcript
from orgsmith.flows.draw.mood import draw_customer_mood
from orgsmith.flows.draw.offers import draw_policy_violation
from orgsmith.flows.draw.orders import draw_order, draw_order_item
from orgsmith.flows.draw.parents import Draw, Parents
from orgsmith.flows.draw.people import draw_account, draw_contact
from orgsmith.flows.draw.places import draw_region_effect
from orgsmith.flows.draw.plan import draw_case_plan
from orgsmith.flows.draw.prices import draw_pricebook2, draw_pricebook_entry
from orgsmith.flows.draw.skills import draw_misrouting, draw_response_time, draw_skill
from orgsmith.flows.draw.timeline import draw_case_timeline
from orgsmith.flows.draw.trouble import draw_product_trouble

__all__ = ["DRAW", "Draw", "Parents"]

DRAW: dict[str, Draw] = {
    "User": draw_user,
    "Account": draw_account,
    "Contact": draw_contact,
    "Issue__c": draw_issue,
    "ProductCategory": draw_product_category,
    "Product2": draw_product2,
    "ProductCategoryProduct": draw_product_category_product,
    "Pricebook2": draw_pricebook2,
    "PricebookEntry": draw_pricebook_entry,
    "Knowledge__kav": draw_knowledge,
    "Order": draw_order,
    "OrderItem": draw_order_item,
    "Case": draw_case,
    "CaseHistory__c": draw_case_history,
    "EmailMessage": draw_email_message,
    "LiveChatTranscript": draw_live_chat_transcript,
    "Solution": draw_solution,
    "IssueSolution": draw_issue_solution,
    "KnowledgeFact": draw_knowledge_fact,
    "Tenure": draw_tenure,
    "Skill": draw_skill,
    "ResponseTime": draw_response_time,
    "Misrouting": draw_misrouting,
    "RegionEffect": draw_region_effect,
    "ProductProfile": draw_product_profile,
    "ShoppingHabit": draw_shopping_habit,
    "ComplaintHabit": draw_complaint_habit,
    "ProductTrouble": draw_product_trouble,
    "CasePlan": draw_case_plan,
    "CaseTimeline": draw_case_timeline,
    "CustomerMood": draw_customer_mood,
    "PolicyViolation": draw_policy_violation,
    "Basket": draw_basket,
}
