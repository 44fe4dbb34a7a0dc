"""The sixteen objects, declared once; everything else that names them derives from `OBJECTS`."""

from orgsmith.schema.declaration import Object
from orgsmith.schema.objects.catalogue import (
    PRICEBOOK,
    PRICEBOOK_ENTRY,
    PRODUCT,
    PRODUCT_CATEGORY,
    PRODUCT_CATEGORY_PRODUCT,
)
from orgsmith.schema.objects.knowledge import ISSUE, KNOWLEDGE
from orgsmith.schema.objects.sales import ACCOUNT, CONTACT, ORDER, ORDER_ITEM
from orgsmith.schema.objects.service import (
    CASE,
    CASE_HISTORY,
    EMAIL_MESSAGE,
    LIVE_CHAT_TRANSCRIPT,
    USER,
)

OBJECTS: dict[str, Object] = {
    declared.name: declared
    for declared in (
        USER,
        ACCOUNT,
        CONTACT,
        ISSUE,
        PRODUCT_CATEGORY,
        PRODUCT,
        PRODUCT_CATEGORY_PRODUCT,
        PRICEBOOK,
        PRICEBOOK_ENTRY,
        KNOWLEDGE,
        ORDER,
        ORDER_ITEM,
        CASE,
        CASE_HISTORY,
        EMAIL_MESSAGE,
        LIVE_CHAT_TRANSCRIPT,
    )
}
