"""The service desk: its agents, the cases, and what was said in them."""

from orgsmith.schema.declaration import Field, Kind, NearDuplicates, Object, Scaling
from orgsmith.schema.objects.standard import (
    EMAIL_PATTERN,
    ID,
    created_date,
    email,
    lookup,
    phone,
    picklist,
    text,
)
from orgsmith.schema.objects.variables import (
    CASE_VARIABLES,
    CHAT_VARIABLES,
    EMAIL_VARIABLES,
)

USER = Object(
    name="User",
    label="User",
    plural="Users",
    key_prefix="005",
    description="A service agent",
    scaling=Scaling.ROOT,
    drawn_from=("Tenure",),
    identity=("Username",),
    fields=(
        ID,
        text("Name", "Full name", 121),
        text("FirstName", "First name", 40),
        text("LastName", "Last name", 80),
        email("Email", "Email address", unique=True),
        phone("Phone number"),
        email("Username", "Login name", unique=True),
        text("Alias", "Short name, at most eight characters", 8, unique=True),
        Field(
            "ProfileId",
            Kind.STRING,
            "Id of the profile Service Agent",
            pattern=r"^00e[0-9a-zA-Z]{12}[A-Z0-5]{3}$",
        ),
        Field("IsActive", Kind.BOOLEAN, "Whether the agent is on duty on the as-of date"),
        Field("DutyStart__c", Kind.DATE, "First day on duty"),
        Field(
            "DutyEnd__c",
            Kind.DATE,
            "Day after the last day on duty; empty while on duty",
            nullable=True,
        ),
        picklist("LanguageLocaleKey", "Language", "en_US"),
        picklist("EmailEncodingKey", "Encoding of outgoing mail", "UTF-8"),
        Field(
            "TimeZoneSidKey",
            Kind.STRING,
            "Time zone of the agent's shift (IANA name)",
            max_length=40,
        ),
        picklist("LocaleSidKey", "Locale", "en_US"),
        created_date("the user was set up"),
    ),
)

CASE = Object(
    name="Case",
    label="Case",
    plural="Cases",
    key_prefix="500",
    description="A customer's trouble with something bought",
    scaling=Scaling.LINEAR,
    drawn_from=(
        "CasePlan",
        "CaseTimeline",
        "CustomerMood",
        "Product2",
        "ProductCategory",
        "Contact",
        "Issue__c",
        "Order",
    ),
    variables=CASE_VARIABLES,
    identity=("CaseNumber",),
    near_duplicates=NearDuplicates(
        ("Subject", "Description"), scope=("IssueId__c", "product_category")
    ),
    fields=(
        ID,
        Field("CaseNumber", Kind.STRING, "Running number", pattern=r"^\d{8,10}$", unique=True),
        picklist("Priority", "How urgent", "High", "Medium", "Low"),
        Field("Subject", Kind.STRING, "The trouble in a line", max_length=255, written=True),
        Field(
            "Description",
            Kind.TEXTAREA,
            "The trouble as it was reported",
            max_length=32000,
            written=True,
        ),
        picklist("Status", "How far the case is", "New", "Working", "Escalated", "Closed"),
        picklist("Origin", "Channel by which the case came in", "Email", "Web", "Chat"),
        picklist("Type", "What the customer wants", "Problem", "Question", "Request"),
        Field("IsClosed", Kind.BOOLEAN, "Whether the status is Closed"),
        lookup("ContactId", "Contact", "Cases", "Who reported it"),
        lookup("AccountId", "Account", "Cases", "The customer"),
        lookup(
            "OwnerId",
            "User",
            "OwnedCases",
            "The agent it was last assigned to",
            relationship="Owner",
        ),
        lookup("OrderItemId__c", "OrderItem", "Cases__r", "The line of an order it is about"),
        lookup("IssueId__c", "Issue__c", "Cases__r", "The kind of trouble"),
        created_date("the customer reported it"),
        Field(
            "ClosedDate", Kind.DATETIME, "When it was closed (UTC); empty while open", nullable=True
        ),
    ),
)

CASE_HISTORY = Object(
    name="CaseHistory__c",
    label="Case History",
    plural="Case Histories",
    key_prefix="a0H",
    description="A step in a case's life",
    scaling=Scaling.LINEAR,
    drawn_from=("CaseTimeline",),
    identity=("CaseId__c", "Field__c", "CreatedDate"),
    fields=(
        ID,
        lookup("CaseId__c", "Case", "CaseHistories__r", "The case"),
        picklist("Field__c", "What happened", "Case Creation", "Owner Assignment", "Case Closed"),
        Field(
            "OldValue__c",
            Kind.STRING,
            "On a transfer, the id of the agent who handed the case over",
            max_length=18,
            nullable=True,
        ),
        Field(
            "NewValue__c",
            Kind.STRING,
            "On an assignment, the id of the agent who received the case",
            max_length=18,
            nullable=True,
        ),
        created_date("it happened"),
    ),
)

_TALK_DRAWN_FROM = (
    "CaseTimeline",
    "PolicyViolation",
    "Solution",
    "Case",
    "Contact",
    "User",
    # Not for drawing: who reads offers again is shown the articles.
    "Knowledge__kav",
)

EMAIL_MESSAGE = Object(
    name="EmailMessage",
    label="Email Message",
    plural="Email Messages",
    key_prefix="02s",
    description="A message of a case's mail thread",
    scaling=Scaling.LINEAR,
    drawn_from=_TALK_DRAWN_FROM,
    variables=EMAIL_VARIABLES,
    identity=("ParentId", "MessageDate"),
    near_duplicates=NearDuplicates(("TextBody",), scope=("issue_id", "product_id"), shortest=40),
    fields=(
        ID,
        lookup("ParentId", "Case", "EmailMessages", "The case", relationship="Parent"),
        Field("Subject", Kind.STRING, "Subject of the thread", max_length=3000, written=True),
        Field(
            "TextBody",
            Kind.TEXTAREA,
            "The message, with the quoted tail of what it answers",
            max_length=131072,
            written=True,
        ),
        email("FromAddress", "Address of the sender"),
        Field("FromName", Kind.STRING, "Name of the sender", max_length=121),
        Field(
            "ToAddress", Kind.EMAIL, "Address of the receiver", pattern=EMAIL_PATTERN, max_length=80
        ),
        Field(
            "ToIds",
            Kind.STRING,
            "JSON list with the id of the receiving contact or user",
            pattern=r'^\["[0-9a-zA-Z]{18}"\]$',
        ),
        Field("Incoming", Kind.BOOLEAN, "Whether the customer wrote it"),
        picklist("Status", "Salesforce's state of the message", "Replied", "Sent", "Read", "New"),
        Field("MessageDate", Kind.DATETIME, "When it was sent (UTC)"),
        created_date("it was filed"),
    ),
)

LIVE_CHAT_TRANSCRIPT = Object(
    name="LiveChatTranscript",
    label="Live Chat Transcript",
    plural="Live Chat Transcripts",
    key_prefix="570",
    description="A chat between a customer and an agent",
    scaling=Scaling.LINEAR,
    drawn_from=_TALK_DRAWN_FROM,
    variables=CHAT_VARIABLES,
    identity=("CaseId",),
    near_duplicates=NearDuplicates(("Body",), scope=("issue_id", "product_id")),
    fields=(
        ID,
        text("Name", "Running number of the transcript", 40, unique=True),
        lookup("CaseId", "Case", "LiveChatTranscripts", "The case"),
        lookup("AccountId", "Account", "LiveChatTranscripts", "The customer"),
        lookup("ContactId", "Contact", "LiveChatTranscripts", "Who chatted"),
        lookup(
            "OwnerId",
            "User",
            "OwnedTranscripts",
            "The agent who chatted last",
            relationship="Owner",
        ),
        Field(
            "LiveChatVisitorId",
            Kind.STRING,
            "Id of the visitor's session",
            pattern=r"^571[0-9a-zA-Z]{12}[A-Z0-5]{3}$",
        ),
        Field(
            "Body",
            Kind.TEXTAREA,
            "The chat, one time-stamped line for each utterance",
            max_length=131072,
            written=True,
        ),
        picklist("Status", "How the chat ended", "Completed", "InProgress"),
        Field("StartTime", Kind.DATETIME, "When the chat began (UTC)"),
        Field("EndTime", Kind.DATETIME, "When the chat ended (UTC)"),
        created_date("it was filed"),
    ),
)
