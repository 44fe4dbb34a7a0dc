"""How customers sound, and what agents note down of it.

What an angry or a friendly customer says holds at least two words that show it, and what others
say holds none, so that a reader can tell.
"""

from collections.abc import Mapping, Sequence

Moods = Mapping[str, Sequence[str]]

TOLD: Moods = {
    "Negative": (
        "I am angry about it, and frankly this is a terrible way to run a shop.",
        "What a disappointing experience, I am truly upset.",
        "It is frustrating and, to be blunt, unacceptable.",
        "I have seldom been so annoyed, the whole thing is awful.",
        "Somebody ought to be ashamed, because this is a horrible mess.",
        "My mood is miserable and I am furious with your company.",
        "Such lousy work makes me mad.",
        "I feel outraged, and my family is upset as well.",
        "A dreadful affair, and it leaves me deeply disappointed.",
        "That is pathetic, and I am frustrated beyond words.",
        "Nobody here has a word for it but disgrace, and I am angry.",
        "How annoying, and how awful for your reputation.",
        "I hate to be treated like this, it is the worst I have seen from any shop.",
        "Each time I look at it I become more furious and more disappointed.",
        "Do you find this acceptable? I find it terrible, and I am mad.",
        "An annoying week lies behind me, and this disgrace was the low point.",
    ),
    "Neutral": (
        "I report this so that it is on record.",
        "You have all the details now.",
        "This is the state of things on my side.",
        "At the moment I have nothing to add.",
        "I looked at it twice and it stayed the same.",
        "Tell me what you make of it.",
        "I will watch my inbox for your reply.",
        "Say which information you need from me.",
        "How do we go on from here?",
        "All the papers are in a drawer at home.",
        "The next step is up to you.",
        "I have described it as it is.",
        "Write back when you know more.",
        "It has been like that since the first day.",
    ),
    "Positive": (
        "I am glad to be your customer and grateful for any advice.",
        "Your people have always been kind to me, so thank you in advance.",
        "Thanks a lot for reading this, you run a wonderful shop.",
        "I remain a happy customer and would appreciate your view.",
        "Everybody I have met at your shop was lovely and kind.",
        "It is a great shop all the same, and I am thankful for your time.",
        "I was delighted with your service before, and I am pleased to write to you again.",
        "You are such a wonderful team that I am happy to wait for your answer.",
        "A cheerful hello to all of you, and thanks for the lovely work you do.",
        "Thank you, I know that you take great care of people.",
        "I appreciate what you do, it is nice to have a shop like yours.",
        "I am grateful that there are kind people to turn to.",
        "Be assured that I am pleased with everything else, and thankful too.",
        "What a nice team you are, I am always glad to deal with you.",
    ),
}
"""What customers say of how they feel."""

NOTED: Moods = {
    "Negative": (
        "{first_name} is angry and calls the matter terrible.",
        "Customer is upset and sounds frustrated.",
        "The tone was furious, the word awful fell twice.",
        "Very annoyed, and disappointed in us.",
        "{last_name} spoke of a disgrace and was mad from the first line on.",
        "Finds our service lousy and is outraged.",
        "Mood at the start: miserable, close to furious.",
        "Called it a horrible week and us unacceptable.",
    ),
    "Neutral": (
        "{first_name} gave the facts and left it there.",
        "Stuck to the point from the first line on.",
        "No particular mood to write down.",
        "{last_name} typed in short, even sentences.",
        "Matter-of-fact throughout the chat.",
        "The account was sober and complete.",
        "Kept to what can be seen and measured.",
    ),
    "Positive": (
        "{first_name} stayed cheerful and was thankful for the chat.",
        "Glad to talk to us, and kind from beginning to end.",
        "Said thanks three times, a lovely customer.",
        "{last_name} was happy with us otherwise and nice about it.",
        "In great spirits, and grateful that somebody answered.",
        "Pleased with the quick pickup, wrote thank you twice.",
        "Has only wonderful things to say about the shop, and appreciates the chat.",
        "Delighted to find a person instead of a machine, and kind about the delay in typing.",
    ),
}
"""What agents note down of it."""

LATER: Moods = {
    "Negative": (
        "I am still annoyed, and the awful part is how long this goes on.",
        "My anger has not gone away, it has been a terrible week.",
        "This back and forth is frustrating and leaves me upset.",
        "A lousy story, and I stay disappointed.",
        "It remains a disgrace, and I am mad that I have to write at all.",
        "Being furious is tiring, and this is a dreadful waste of an evening.",
        "I have seen bad service before, but this was horrible.",
        "Frankly I find it pathetic, and I hate to repeat myself.",
    ),
    "Neutral": (
        "I will wait for your message.",
        "Write when there is news.",
        "So much from my side.",
        "The rest is up to you.",
        "I have made a note of it.",
        "I am at my desk until the evening.",
        "Use this address for the answer.",
        "I look into my inbox twice a day.",
    ),
    "Positive": (
        "Thanks, you are kind to stay with it.",
        "I am grateful that you take the time, thank you.",
        "It is lovely to be looked after like this, I am glad I wrote.",
        "You are great, and I appreciate every line.",
        "I am pleased with how this goes, and happy to wait.",
        "What a wonderful service, thanks to all of you.",
        "A nice message does cheer one up, thank you.",
        "I am delighted and thankful.",
    ),
}
"""What customers add later in a conversation."""
