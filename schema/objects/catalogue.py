"""What the company sells: categories, products, price books and their prices."""

from orgsmith.schema.declaration import Field, Kind, NearDuplicates, Object, Scaling
from orgsmith.schema.objects.standard import ID, created_date, lookup, text
from orgsmith.schema.objects.variables import PRICEBOOK_VARIABLES, PRODUCT_VARIABLES

PRODUCT_CATEGORY = Object(
    name="ProductCategory",
    label="Product Category",
    plural="Product Categories",
    key_prefix="0ZG",
    description="A shelf of the catalogue",
    scaling=Scaling.CONSTANT,
    drawn_from=(),
    identity=("Name",),
    fields=(
        ID,
        text("Name", "Name of the category", 80, unique=True),
        Field(
            "CatalogId",
            Kind.STRING,
            "Id of the one catalogue all categories belong to",
            pattern=r"^0ZS[0-9a-zA-Z]{12}[A-Z0-5]{3}$",
        ),
        text("Description", "What stands on this shelf", 255),
        Field("SortOrder", Kind.INT, "Place in the shop's menu, from 1", minimum=1),
        created_date("the category was opened"),
    ),
)

PRODUCT = Object(
    name="Product2",
    label="Product",
    plural="Products",
    key_prefix="01t",
    description="An article the company sells",
    scaling=Scaling.ROOT,
    drawn_from=("ProductProfile",),
    variables=PRODUCT_VARIABLES,
    identity=("Name",),
    near_duplicates=NearDuplicates(("Name", "Description")),
    fields=(
        ID,
        Field("Name", Kind.STRING, "Name of the product", max_length=255, written=True),
        Field(
            "Description",
            Kind.TEXTAREA,
            "What the product is, in two or three sentences",
            max_length=4000,
            written=True,
        ),
        Field("ProductCode", Kind.STRING, "Code on the label", pattern=r"^[A-Z]{3}-\d{5,7}$"),
        Field("Family", Kind.STRING, "Name of the product's first category", max_length=80),
        Field("IsActive", Kind.BOOLEAN, "Whether the product is still sold"),
        Field(
            "External_ID__c",
            Kind.STRING,
            "Key of the product in the shop system",
            pattern=r"^EXT-[0-9A-F]{10}$",
            unique=True,
        ),
        created_date("the product entered the catalogue"),
    ),
)

PRODUCT_CATEGORY_PRODUCT = Object(
    name="ProductCategoryProduct",
    label="Product Category Product",
    plural="Product Category Products",
    key_prefix="0ZH",
    description="Puts a product on a shelf; a product can stand on more than one",
    scaling=Scaling.PRODUCT,
    drawn_from=("ProductProfile",),
    identity=("ProductCategoryId", "ProductId"),
    fields=(
        ID,
        lookup("ProductCategoryId", "ProductCategory", "ProductCategoryProducts", "The shelf"),
        lookup("ProductId", "Product2", "ProductCategoryProducts", "The product"),
        Field("IsPrimaryCategory", Kind.BOOLEAN, "Whether this is the product's first category"),
        created_date("the product was put there"),
    ),
)

PRICEBOOK = Object(
    name="Pricebook2",
    label="Price Book",
    plural="Price Books",
    key_prefix="01s",
    description="A list of prices: the standard one, and one for each sale",
    scaling=Scaling.CONSTANT,
    drawn_from=(),
    variables=PRICEBOOK_VARIABLES,
    identity=("Name",),
    fields=(
        ID,
        text("Name", "Name of the price book", 255, unique=True),
        Field(
            "Description",
            Kind.TEXTAREA,
            "What the price book is for",
            max_length=255,
            written=True,
        ),
        Field("IsStandard", Kind.BOOLEAN, "Whether this is the standard price book"),
        Field("IsActive", Kind.BOOLEAN, "Whether its prices can be used on the as-of date"),
        Field(
            "ValidFrom",
            Kind.DATE,
            "First day of the sale; empty for the standard price book",
            nullable=True,
        ),
        Field(
            "ValidTo",
            Kind.DATE,
            "Last day of the sale; empty for the standard price book",
            nullable=True,
        ),
        created_date("the price book was set up"),
    ),
)

PRICEBOOK_ENTRY = Object(
    name="PricebookEntry",
    label="Price Book Entry",
    plural="Price Book Entries",
    key_prefix="01u",
    description="The price of a product in a price book",
    scaling=Scaling.PRODUCT,
    drawn_from=("ProductProfile",),
    identity=("Pricebook2Id", "Product2Id"),
    fields=(
        ID,
        lookup("Pricebook2Id", "Pricebook2", "PricebookEntries", "The price book"),
        lookup("Product2Id", "Product2", "PricebookEntries", "The product"),
        Field("UnitPrice", Kind.CURRENCY, "Price of one unit in US dollars", minimum=0.01),
        Field("IsActive", Kind.BOOLEAN, "Whether the price can be used on the as-of date"),
        created_date("the price was entered"),
    ),
)
