"""What a newcomer to the service desk is told of its records: the optional half of a context."""

DOMAIN = "\n".join(
    (
        "An account is a customer, its contact the person who writes. The account's shipping "
        "address tells the state (ShippingState).",
        "A case refers to the line of an order it is about (OrderItemId__c), and through it to the "
        "product and to the order with its day (EffectiveDate), and to the kind of trouble "
        "(IssueId__c).",
        "CaseHistory__c holds the steps of a case: Case Creation, each Owner Assignment, Case "
        "Closed. The first assignment has no previous owner (OldValue__c is empty); in every later "
        "one the case was handed over from the agent in OldValue__c to the one in NewValue__c.",
        "A case's OwnerId is the agent it was last assigned to. DutyStart__c and DutyEnd__c of a "
        "user say from which day to before which day an agent is on duty.",
        "What was said in a case stands in its EmailMessage records, each with the text it answers "
        "quoted below, or in its LiveChatTranscript, a line for each utterance.",
        "Knowledge__kav holds the articles: the policy of each issue, advice on products, and what "
        "holds for the whole company.",
    )
)
