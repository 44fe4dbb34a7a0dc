"""The latent variables, declared like objects: what each hides, how it is drawn, and why so."""

from orgsmith.schema.declaration import Latent
from orgsmith.schema.latents.agents import (
    MISROUTING,
    RESPONSE_TIME,
    SKILL,
    TENURE,
)
from orgsmith.schema.latents.cases import (
    CASE_PLAN,
    CASE_TIMELINE,
    CUSTOMER_MOOD,
    POLICY_VIOLATION,
    PRODUCT_TROUBLE,
)
from orgsmith.schema.latents.company import (
    ISSUE_SOLUTION,
    KNOWLEDGE_FACT,
    PRODUCT_PROFILE,
    REGION_EFFECT,
    SOLUTION,
)
from orgsmith.schema.latents.customers import (
    BASKET,
    COMPLAINT_HABIT,
    SHOPPING_HABIT,
)

LATENTS: dict[str, Latent] = {
    declared.name: declared
    for declared in (
        SOLUTION,
        ISSUE_SOLUTION,
        KNOWLEDGE_FACT,
        TENURE,
        SKILL,
        RESPONSE_TIME,
        MISROUTING,
        REGION_EFFECT,
        PRODUCT_PROFILE,
        SHOPPING_HABIT,
        COMPLAINT_HABIT,
        PRODUCT_TROUBLE,
        CASE_PLAN,
        CASE_TIMELINE,
        CUSTOMER_MOOD,
        POLICY_VIOLATION,
        BASKET,
    )
}
