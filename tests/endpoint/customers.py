"""What customers say in the course of a conversation, beside how they feel about it."""

REPORTS = (
    "order {order_number} here, the {product}. {symptom}",
    "Hi {agent_first_name}, one about the {product}: {symptom}.",
    "{Symptom}. Talking about the {product} of {day}.",
    "Good to reach a person. It is the {noun} of {day}: {symptom}.",
    "The {product}, no. {order_number}. {Symptom}.",
    "This is {first_name}. {Symptom}, and it is the {product} I mean.",
    "It is order {order_number} that I come with: {symptom}.",
    "You have the {product} in your shop, I have it on order {order_number}. {Symptom}.",
)
"""How a chat is begun."""

DETAILS = (
    "{Detail_give}.",
    "Here is what you asked for: {detail_give}.",
    "As for what you wanted to know, {detail_give}.",
    "I checked, and {detail_give}.",
    "Let me answer that: {detail_give}.",
    "My reply is short: {detail_give}.",
    "You asked, so here it comes: {detail_give}.",
    "To your question I can say this much: {detail_give}.",
)

DOUBTS = (
    "By which day would that be done?",
    "How many days would go by until then?",
    "Between today and the end of it, how much time is that?",
    "Tell me first how long that takes.",
    "And on what day can I look for it?",
    "Does that take days, or weeks?",
    "I go by the calendar, so: how long?",
    "Before you start, give me the time it takes.",
)

ACCEPTS = {
    "granted": (
        "Do it that way, it is the very thing I asked for.",
        "Go ahead, my request was nothing else.",
        "That matches what I wrote, so proceed.",
        "You have my consent, it is what I was after.",
        "We have a deal, this is how I wanted it.",
    ),
    "other": (
        "It is not what I had asked for, but I take it.",
        "I wanted something else, yet I go along with your proposal.",
        "My request was a different one; still, go ahead.",
        "So be it, although I had asked for another way.",
        "Second choice, but do it.",
    ),
    "apart": (
        "Go ahead, and keep me posted on the part you have handed over.",
        "I take what you propose, and wait for word on the rest.",
        "You may proceed; what I asked for is then with the others.",
        "Consider this my consent, while the request itself goes its way.",
        "Proceed with it, and let the other desk write to me.",
    ),
    "": (
        "Go ahead with it.",
        "You have my consent.",
        "Proceed as you said.",
        "Do as you propose.",
        "That works, start it.",
    ),
}
"""Consent, by what has become of the request."""

THANKS = {
    "granted": (
        "I have what I came for, the case can be shut.",
        "It ended the way I asked for.",
        "Nothing is open any more on my side, my request has been met.",
        "I saw the confirmation, and it is as I wanted it.",
    ),
    "other": (
        "It ended another way than I had asked for, and that is that.",
        "The case can be shut, even if my request was a different one.",
        "I saw the confirmation. Not my first choice, but done.",
        "Nothing is open any more, although I had pictured it differently.",
    ),
    "apart": (
        "Your part is done, as far as I can see, and the rest I await.",
        "I saw the confirmation, and look out for word from the others.",
        "What you promised has been done, the request itself is on its way.",
        "From you I need nothing more, from the other desk an answer.",
    ),
    "": (
        "I saw the confirmation, nothing more is open.",
        "The case can be shut now.",
        "So that is done.",
        "With that we are through.",
    ),
}

CHASES = (
    "You have my answer, and I have had no word since.",
    "It has been quiet since my last message.",
    "What has become of order {order_number}?",
    "I wrote to you about the {noun}, and the file must still be open.",
    "Has my message been read?",
    "Some days have gone by, what is the state of things?",
)

GREETINGS = ("Good day", "Hello", "Good morning", "Hi", "Dear")
NOBODYS = ("everyone", "service desk", "all", "team", "folks")
CLOSINGS = {
    "Negative": ("Sincerely,", "Regards,", "Waiting for an answer,"),
    "Neutral": ("Regards,", "Yours,", "Until then,", "So long,"),
    "Positive": ("Thanks again,", "With a friendly wave,", "Gratefully,", "All good things,"),
}
