"""Words for what the company keeps on file: products, price books, issues and articles."""

_FIRST_SYLLABLES = """
al an ar bel bor bri cal cor cru dal den dor el ena fal fen fir gal gor hal hel ila jor kal kel
kor lan lor lum mal mer mon nal nor ola or pel per quin ral ren rom sal sel sol tal tem tor ul val
ven vor wel wil yar zel
"""
FIRST_SYLLABLES = tuple(_FIRST_SYLLABLES.split())
_NEXT_SYLLABLES = """
ba bri ca da do du fa go ka la li lo ma mi mo na ne no pa ra re ri ro sa so ta te ti to va ve vi
vo wa za
"""
NEXT_SYLLABLES = tuple(_NEXT_SYLLABLES.split())
_LAST_SYLLABLES = """
bar can dan den dor dra fin gan hem kin lan len lis lon lor mar men mir nar nel nis nor ran ren
ris ros san sen sil tan ter tis tor van ven vin vor wen zan
"""
LAST_SYLLABLES = tuple(_LAST_SYLLABLES.split())
"""Names are put together from these: some seventy thousand, none of them a word."""

_QUALITIES = """
Able Agile Airy Ample Balanced Basic Bold Brisk Broad Compact Crisp Dense Early Even Firm Flat
Fleet Keen Level Long Matte Narrow Neat Nimble Open Outer Plain Quiet Rapid Round Sleek Slim
Smooth Solid Stout Straight Supple Tall Thin Tight True Upper Vast Wide
"""
QUALITIES = tuple(_QUALITIES.split())

MADE = (
    "{Name} stands for {material} from start to finish.",
    "Start with {material}, add a patient pattern cutter, and you have the {Name}.",
    "Underneath its plain looks hides {material}.",
    "For the {Name} our workshop turned to {material}.",
    "Touch it once and you will notice {material}.",
    "Its base is {material}, chosen after two winters of trials.",
    "With {material} we found what this {noun} had been waiting for.",
    "The pattern calls for {material} and little else.",
    "Nothing but {material} went into the shell of it.",
    "Spread out on the table, it shows {material}.",
    "At its heart lies {material}.",
    "Before anything else there was {material}; the {noun} grew around it.",
)
APART = (
    "{One}, and further on {two}, set it apart.",
    "Other makers leave out {one}; we put it in, along with {two}.",
    "You will come across {one}, and then {two}.",
    "Two ideas run through it: {one}, plus {two}.",
    "Ask for {one} and you will be shown this one, which brings {two} along.",
    "A drawing from our archive gave it {one}; later came {two}.",
    "Wearers point out {one} first and {two} second.",
    "Between {one} and {two} there is little left to wish for.",
    "Its calling card is {one}, its secret {two}.",
    "Where others stop, it goes on with {one} and {two}.",
    "Count on {one}; count on {two} as well.",
)
MEANT = (
    "We drew it for {use}.",
    "If you want something for {use}, stop here.",
    "There for {use}, and for the way home.",
    "Ask our testers what it is for, and they say: for {use}.",
    "Fit for {use}.",
    "For {use} and whatever comes after.",
    "Its place in the range is clear: this {noun} is for {use}.",
    "A {noun} needs a purpose, and this one is for {use}.",
    "Keep a corner of the closet free, and the {Name} for {use}.",
    "Last season we had nothing for {use}; now there is the {Name}.",
)

STANDARD = (
    "The everyday list: it holds on every day without a sale.",
    "What things cost in this shop when nothing is reduced.",
)
SALES = (
    "{first} through {last}: {discount_percent} percent below list. The idea: {tagline}.",
    "{Tagline}. Prices drop by {discount_percent} percent on {first} and rise after {last}.",
    "List prices minus {discount_percent} percent; opens {first}, closes {last}. {Tagline}.",
    "The sale under the motto '{tagline}' takes off {discount_percent} percent, {first} to {last}.",
)

MEMOS = (
    "{summary} Reports of that kind are kept here, whichever way they reach us.",
    "Use this heading where the following holds: {summary_low}",
    "{summary} When in doubt between two headings, read the sentence before this one again.",
    "Sort a report in here if it fits this description: {summary_low}",
)

TITLES = (
    "{subject} at a glance",
    "Desk handbook, chapter {subject}",
    "{subject}: who gets what, and how long",
    "Deciding on {subject}",
    "{subject}, house rules",
)
SUMMARIES = {
    "policy": (
        "{gist}",
        "Desk handbook: {gist_low}",
        "House rules in brief. {gist}",
    ),
    "other": ("{gist}", "A short read: {gist_low}", "Told in a few lines: {gist_low}"),
}
INTROS = {
    "policy": (
        "You have a case of {subject} on your desk. The lines below say what you can put forward.",
        "{subject} comes up every week. So that everybody is treated alike, keep to these lines.",
        "Read this page before you promise anything in a matter of {subject}.",
        "For {subject} the house has settled the following.",
        "Whoever handles {subject} works from this page and from no other.",
    ),
    "other": (
        "Customers and colleagues keep asking, so here it is in writing.",
        "The details follow line by line.",
        "A page to keep open while you work.",
        "None of this is secret, and most of it takes a minute to read.",
        "Whoever looks this up wants it brief, and so do we.",
        "Short and complete, we hope.",
    ),
}
OUTROS = {
    "policy": (
        "Whatever is absent from this page is not ours to give in such a case.",
        "Count from the day of the order to the day you write, then decide.",
        "Unsure which line applies? Show the case to a senior colleague first.",
        "Quote the line you rely on in your notes.",
    ),
    "other": (
        "Did we leave something out? Tell the service desk and we will add it.",
        "That is all there is to it.",
        "The label inside has the last word if it says something else.",
        "Pass the page on to whoever might need it.",
        "We read this page again each spring and keep it up to date.",
    ),
}
