"""Words in which trouble is reported: by customers, in a mail or a form, and in agents' notes.

Of each report one sentence names the product, one tells the symptom, one may call the trouble by
its name.
"""

SUBJECTS_NAMING = (
    "{Mention}, order {order_number}",
    "On {mention}",
    "A message about {mention}",
    "{Mention} since {day}",
    "Concerning {mention} ({order_number})",
    "Case of {mention}",
    "{product} and {mention}",
    "Re {mention}, ordered {day}",
    "What to do about {mention}",
    "{Noun}, {mention}",
    "{Mention}: what now?",
    "{day}: {mention}",
    "Asking about {mention}",
    "{order_number}, {mention}",
)
"""Subjects that call the trouble by its name."""

SUBJECTS = (
    "{product}, the one of {day}",
    "{order_number}: for the service desk",
    "Word from {first_name} {last_name} on {order_number}",
    "The {noun} of {day}",
    "{Noun}, and a question for you",
    "Your reply needed on {order_number}",
    "For whoever reads this: {product}",
    "{last_name}, order {order_number}",
    "{product} ({order_number}), please read",
    "Some words on the {product}",
)

OPENINGS = {
    "Email": (
        "Order {order_number}, which I placed on {day}, is for the {product}.",
        "On {day} I decided on the {product}, order {order_number}.",
        "The {product} went into my basket on {day}.",
        "Please open order {order_number}: it lists the {product}.",
        "I went for the {product} on {day}, and this message is what came of it.",
        "Since {day} an order for the {product} has stood under my name.",
        "You will see the {product} when you open order {order_number}.",
        "In your shop on {day}, my choice fell on the {product}.",
        "{day} is when I paid for the {product}.",
        "There is an order of mine, {order_number}, with the {product} on it.",
        "Let me come straight to the {product} that I put on order {order_number}.",
        "Among all your models I settled for the {product}, and that was on {day}.",
        "What I ordered under {order_number} was the {product}.",
        "I am the one who ordered the {product} on {day}.",
        "My name is {first_name} {last_name}, and the {product} is my order of {day}.",
        "It took me one evening, that of {day}, to pick the {product}.",
    ),
    "Web": (
        "Bought on {day}: {product}.",
        "{product}, order no. {order_number}.",
        "Ordered {day}: {product}.",
        "No. {order_number}, {product}.",
        "Line of order {order_number}: {product}.",
        "From {last_name}, {first_name}: {product} of {day}.",
        "{product} / {day} / {order_number}.",
        "Goods: {product}. Date: {day}.",
        "My order {order_number} reads {product}.",
        "Re the {product} ({day}).",
    ),
    "Chat": (
        "{first_name} {last_name} came in by chat, order {order_number}, {product}.",
        "Chat with {last_name}, {first_name}: the {product} of {day}.",
        "Picked up a chat on the {product}, order {order_number}.",
        "{first_name} wrote in the chat window about the {product} from {day}.",
        "Out of the chat queue: {product}, no. {order_number}.",
        "Live chat, {last_name}. Item is the {product}.",
        "{last_name} ordered the {product} on {day} and came to the chat today.",
        "On the line: {first_name} {last_name}. It is the {product} of {day}.",
    ),
}

SYMPTOMS = {
    "Email": (
        "In short, {symptom}.",
        "{Symptom}.",
        "It so happens that {symptom}.",
        "Now I find that {symptom}.",
        "This is how it stands: {symptom}.",
        "What I see is this: {symptom}.",
        "To put it simply, {symptom}.",
        "By now it is plain that {symptom}.",
        "As far as I can tell, {symptom}.",
        "My finding: {symptom}.",
        "I noticed the following: {symptom}.",
        "Here are the facts: {symptom}.",
    ),
    "Web": (
        "{Symptom}.",
        "What happened: {symptom}.",
        "Finding: {symptom}.",
        "Description: {symptom}.",
        "State today: {symptom}.",
        "Seen: {symptom}.",
    ),
    "Chat": (
        "As the customer has it, {symptom}.",
        "{first_name} tells us that {symptom}.",
        "Told me this: {symptom}.",
        "{Symptom}, says {first_name}.",
        "Stated: {symptom}.",
        "What we heard is that {symptom}.",
    ),
}

TOPICS = {
    "Email": (
        "What brings me here is {mention}.",
        "My subject today is {mention}.",
        "Everything in this message has to do with {mention}.",
        "If your form had a box for {mention}, I would tick it.",
        "The keyword would be {mention}.",
        "In the end it comes down to {mention}.",
        "I was told to put {mention} at the top of a message like this.",
        "Other customers may know it too: {mention}.",
        "File this under {mention}, please.",
        "So the matter is {mention}.",
    ),
    "Web": (
        "Topic: {mention}.",
        "Keyword: {mention}.",
        "Reason: {mention}.",
        "Box ticked: {mention}.",
        "Concerns {mention}.",
        "Subject of this form: {mention}.",
    ),
    "Chat": (
        "Topic of the chat: {mention}.",
        "Put down as {mention}.",
        "The customer's own words for it: {mention}.",
        "We are looking at {mention}.",
        "All of it about {mention}.",
        "In the queue as {mention}.",
    ),
}

WISHES = (
    "My wish is to {request}.",
    "What would settle it for me is to {request}.",
    "I would prefer to {request}.",
    "Is it possible for me to {request}?",
    "So I ask to {request}.",
    "The outcome I have in mind is to {request}.",
    "My aim is to {request}.",
    "If it were up to me, I would {request}.",
)

ORDERS = (
    ("opening", "symptom", "topic", "mood", "wish"),
    ("topic", "opening", "symptom", "wish", "mood"),
    ("mood", "opening", "symptom", "topic"),
    ("symptom", "opening", "topic", "mood", "wish"),
    ("opening", "topic", "mood", "symptom"),
    ("wish", "topic", "opening", "symptom", "mood"),
    ("symptom", "topic", "mood", "opening"),
    ("opening", "mood", "symptom", "wish", "topic"),
    ("topic", "symptom", "wish", "opening", "mood"),
    ("opening", "symptom", "mood", "topic"),
)
"""In what order a report may come out with things."""
