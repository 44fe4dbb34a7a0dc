"""What the company knows: its issues and the articles agents and customers read."""

from orgsmith.schema.declaration import Field, Kind, NearDuplicates, Object, Scaling
from orgsmith.schema.objects.standard import ID, created_date, picklist, text
from orgsmith.schema.objects.variables import ISSUE_VARIABLES, KNOWLEDGE_VARIABLES

ISSUE = Object(
    name="Issue__c",
    label="Issue",
    plural="Issues",
    key_prefix="a0I",
    description="A kind of trouble customers report",
    scaling=Scaling.CONSTANT,
    drawn_from=(),
    variables=ISSUE_VARIABLES,
    identity=("Name",),
    fields=(
        ID,
        text("Name", "Name of the issue", 80, unique=True),
        Field(
            "Description__c",
            Kind.TEXTAREA,
            "What belongs under this issue",
            max_length=1000,
            written=True,
        ),
        created_date("the issue was set up"),
    ),
)

KNOWLEDGE = Object(
    name="Knowledge__kav",
    label="Knowledge",
    plural="Knowledge",
    key_prefix="ka0",
    description="An article: the policy for an issue, care and how-to, or company policy",
    scaling=Scaling.CONSTANT,
    drawn_from=("KnowledgeFact",),
    variables=KNOWLEDGE_VARIABLES,
    identity=("UrlName",),
    near_duplicates=NearDuplicates(("Title", "Summary", "FAQ_Answer__c")),
    fields=(
        ID,
        Field("Title", Kind.STRING, "Title of the article", max_length=255, written=True),
        Field("Summary", Kind.TEXTAREA, "The article in a sentence", max_length=1000, written=True),
        Field(
            "FAQ_Answer__c",
            Kind.TEXTAREA,
            "Body of the article",
            max_length=32000,
            written=True,
        ),
        Field(
            "UrlName",
            Kind.STRING,
            "Last part of the article's address",
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=255,
            unique=True,
        ),
        Field("ArticleNumber", Kind.STRING, "Running number", pattern=r"^\d{9}$", unique=True),
        picklist("PublishStatus", "Whether readers see it", "Online", "Draft", "Archived"),
        picklist("Language", "Language of the article", "en_US"),
        created_date("the article was first saved"),
        Field("LastPublishedDate", Kind.DATETIME, "When it was last published (UTC)"),
    ),
)
