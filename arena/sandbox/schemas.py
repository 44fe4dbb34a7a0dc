"""What bodies hold, as JSON Schema: the words of the OpenAPI document."""

from collections.abc import Mapping

Schema = Mapping[str, object]


def shape(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object with members that are always there, and some that may be."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
    }


def several(of: Schema, *, least: int | None = None, most: int | None = None) -> Schema:
    """A list."""
    bounds = {"minItems": least, "maxItems": most}
    return {
        "type": "array",
        "items": of,
        **{name: bound for name, bound in bounds.items() if bound is not None},
    }


def either(*of: Schema) -> Schema:
    """One of several."""
    return {"anyOf": list(of)}


def part(name: str) -> Schema:
    """A schema of `COMPONENTS`, by name."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NOTHING: Schema = {"type": "null"}
ANYTHING: Schema = {}
RECORD_ID: Schema = {"type": "string", "pattern": "^[0-9a-zA-Z]{15}([0-9a-zA-Z]{3})?$"}
FIELDS: Schema = {"type": "object"}

ATTRIBUTES = shape({"type": TEXT}, url=TEXT)
RECORD = shape({"attributes": ATTRIBUTES})
ROW_ERROR = shape({"statusCode": TEXT, "message": TEXT, "fields": several(TEXT)})

COMPONENTS: Mapping[str, Schema] = {
    "Errors": several(shape({"message": TEXT, "errorCode": TEXT}, fields=several(TEXT)), least=1),
    "Record": RECORD,
    "Page": shape(
        {"totalSize": COUNT, "done": FLAG, "records": several(RECORD)}, nextRecordsUrl=TEXT
    ),
    "Found": shape({"searchRecords": several(RECORD)}),
    "Saved": shape(
        {"id": RECORD_ID, "success": {"const": True}, "errors": several(ROW_ERROR, most=0)},
        created=FLAG,
    ),
    "Saves": several(
        either(
            shape(
                {"id": RECORD_ID, "success": {"const": True}, "errors": several(ROW_ERROR, most=0)},
                created=FLAG,
            ),
            shape({"success": {"const": False}, "errors": several(ROW_ERROR, least=1)}, id=TEXT),
        )
    ),
    "Field": shape({"name": TEXT, "label": TEXT, "type": TEXT, "nillable": FLAG}),
    "Object": shape(
        {
            "name": TEXT,
            "label": TEXT,
            "labelPlural": TEXT,
            "keyPrefix": TEXT,
            "custom": FLAG,
            "urls": shape({"sobject": TEXT, "describe": TEXT, "rowTemplate": TEXT}),
        }
    ),
    "OAuthError": shape({"error": TEXT, "error_description": TEXT}),
}
