"""The moves of a conversation and who makes them."""

CUSTOMER = "customer"
AGENT = "agent"

SPEAKERS: dict[str, str] = {
    "report": CUSTOMER,
    "greet": AGENT,
    "ask_detail": AGENT,
    "give_detail": CUSTOMER,
    "check": AGENT,
    "offer": AGENT,
    "accept": CUSTOMER,
    "doubt": CUSTOMER,
    "reassure": AGENT,
    "confirm": AGENT,
    "thank": CUSTOMER,
    "close": AGENT,
    "chase": CUSTOMER,
}
"""Who says what; the moves themselves are declared with the latent variable CaseTimeline."""
