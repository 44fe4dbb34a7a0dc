"""What agents say. They name a remedy in an offer and in what has come of it, and nowhere else."""

OPENERS = (
    "Hi {first_name}, you have reached {agent_first_name}. Go ahead.",
    "{agent_first_name} speaking, hello {first_name}. What has happened?",
    "A good day to you, {first_name}, my name is {agent_first_name}. Where shall I look?",
    "Hello {first_name}, {agent_first_name} on the other end. Tell me.",
    "{first_name}, hi, {agent_first_name} has picked up. Where shall we begin?",
    "This chat has gone to me, {agent_first_name}. How are you, {first_name}, and what is up?",
)

TAKEN_OVER = (
    "The case was with a colleague of mine until now.",
    "A colleague had your case before and has handed it to me.",
    "Until today one of my colleagues looked after this; from now on it is me.",
    "I have read what my colleague, who had this case first, wrote down.",
)

HEARD = {
    "Negative": (
        "You are cross, and I can see why.",
        "I have read how much this bothers you.",
        "That it came to this is on us.",
        "I would rather have met you on a better day.",
    ),
    "Neutral": (
        "I have read your message from top to bottom.",
        "The facts are clear to me.",
        "Your description helps.",
        "I went over what you wrote.",
    ),
    "Positive": (
        "What a kind message to start the shift with.",
        "Your message made the whole desk smile.",
        "It is good to read a friendly line.",
        "Your patience is a gift to us.",
    ),
}
"""How an agent takes up what a customer has reported, by its tone."""

IDENTIFIED = (
    "In front of me is the {product}, ordered {day}; the file carries the heading {issue}.",
    "My screen shows the order of {day}, the {product}, and {issue} as heading.",
    "The {product} from {day} it is, and I put this down as {issue}.",
    "Under {issue} I have noted your order of {day} for the {product}.",
    "Yours is the {product} that was ordered on {day}. In our books this is {issue}.",
    "I see one order, that of {day}, for the {product}, and marked the case {issue}.",
    "Noted: {product}, order day {day}, heading {issue}.",
)

ASKED = (
    "For the file I lack one thing. {detail_ask}",
    "Would you tell me this: {detail_ask}",
    "One gap is left in my notes. {detail_ask}",
    "Before I go further: {detail_ask}",
    "Here is my only question. {detail_ask}",
    "Something I cannot look up from here: {detail_ask}",
)
AFTERWARDS = (
    "With that in hand I can decide.",
    "The decision follows once I have your line.",
    "After that it is my turn again.",
    "A word or two will do.",
)

CHECKED = (
    "Give me two minutes with the file.",
    "I go through the entries now, stay with me.",
    "Reading up on it, one moment.",
    "Let me see what the system has on it.",
    "Hold on while I look at the order's pages.",
)

TOOK_NOTE = (
    "Your answer is in the file.",
    "I have added what you told me.",
    "With your answer the picture is whole.",
    "That was the piece I lacked.",
)
"""After a customer has answered a question."""

YES = (
    "I may do the very thing you asked us for.",
    "Your request fits the rules of the house.",
    "You asked, and I may say yes.",
    "There is nothing that speaks against your request.",
)
NO = (
    "What you asked for is not possible in this case.",
    "The way you suggested is closed to me.",
    "To the solution you named I have to say no.",
    "I looked at what you had in mind, and it cannot be done here.",
)
PASSED_ON = (
    "Your request itself lies with another desk, and I have handed it to them.",
    "What you asked for is decided elsewhere; my note about it is on their table.",
    "I sent your request on to the people in charge of it.",
    "The request has gone to those who can act on it, they will write to you.",
)
OFFERED = (
    "On my part I can {offer}.",
    "My proposal is to {offer}.",
    "The rules allow me to {offer}.",
    "It is in my power to {offer}.",
    "Say the word, and I will {offer}.",
    "The step I suggest is to {offer}.",
    "I am ready to {offer}.",
    "Let me {offer}.",
)
OFFERED_INSTEAD = (
    "In its place I can {offer}.",
    "What the rules do allow is that I {offer}.",
    "Let me {offer} instead.",
    "The other way is open: I can {offer}.",
    "There is a second road, which is to {offer}.",
)
ANSWER_PLEASE = (
    "Does that suit you?",
    "Are we agreed?",
    "Give me a sign and it happens.",
    "One word from you is enough.",
    "I start as soon as you agree.",
)

REASSURED = (
    "It takes {fulfilment}, counted from your yes.",
    "The usual time is {fulfilment}.",
    "From experience: {fulfilment}.",
    "Put {fulfilment} into your calendar.",
    "We are looking at {fulfilment}, no longer.",
    "Counted from now, {fulfilment}.",
)
STAND_BY = (
    "I keep an eye on it until then.",
    "Should it drag on, write to me.",
    "That is what the last cases took.",
    "It starts the minute you agree.",
)

CONFIRMED = (
    "It is done: {outcome}.",
    "Here is the result: {outcome}.",
    "{Outcome}.",
    "As agreed, {outcome}.",
    "You can cross it off your list: {outcome}.",
)
CONFIRMED_BOTH = (
    "Two things to tell. {Settled}. And {outcome}.",
    "{Settled}, and {outcome}.",
    "First, {settled}. Second, {outcome}.",
    "I can report that {settled}. Besides, {outcome}.",
    "{Settled}. {Outcome}.",
)
"""Where something settles the trouble itself."""
FAREWELLS = (
    "With this I mark the case as finished.",
    "The file goes into the cabinet now.",
    "If something new comes up, you know the address.",
    "So much from me.",
)

CLOSED = (
    "I leave the chat now, have a good rest of the day.",
    "Then this window can be shut. Goodbye, {first_name}.",
    "It was a pleasure, {first_name}. Bye for now.",
    "That brings us to the end, take care.",
    "Until another time, {first_name}.",
)

GREETINGS = ("Good day {first_name},", "Dear {first_name},", "Hello {first_name},")
CLOSINGS = ("With regards,", "Yours,", "From the service desk,", "Until soon,", "Faithfully,")
