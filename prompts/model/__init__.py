"""A language model as writer and as reader: calls, their answers kept for good, tokens and cost.

providers, prices   which model, where it is served, what a token costs
asks                how many records a call asks for, and which texts are written before which
shape               how instructor puts a reply model into a request and reads the answer
answers             every answer, on the disk before it is used
usage               what was spent, and the limit that is never passed
calls               sends what is not answered yet, a bounded number at a time
writer, reader      ask for texts, and read them again without the variables
paraphrase          says composed questions in other words, slots and form of answer kept
drafter             asks for an industry pack, section by section
"""
