"""What describe says of objects and fields, from the catalog and the rules of writing."""

from collections.abc import Mapping, Sequence

from orgsmith.arena.catalog import IDS, NUMBERS, Column, Entity
from orgsmith.arena.sosl.scopes import searched
from orgsmith.arena.store.defaults import (
    createable,
    defaulted,
    longest,
    nillable,
    numbered,
    updateable,
)
from orgsmith.arena.store.deletion import cascades, deletable, restricts
from orgsmith.schema.declaration import Kind

Described = dict[str, object]

MASTER_RECORD_TYPE = "012000000000000AAA"

_XML_TYPES = {
    Kind.ID: "tns:ID",
    Kind.REFERENCE: "tns:ID",
    Kind.BOOLEAN: "xsd:boolean",
    Kind.INT: "xsd:int",
    Kind.DOUBLE: "xsd:double",
    Kind.CURRENCY: "xsd:double",
    Kind.DATE: "xsd:date",
    Kind.DATETIME: "xsd:dateTime",
}
_DIGITS, _PRECISION, _SCALE = 9, 18, 2
_UTF8_BYTES = 3


def brief(entity: Entity, base: str) -> Described:
    """An object as the list of objects shows it."""
    address = f"{base}/sobjects/{entity.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": True,
        "custom": entity.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": deletable(entity),
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": entity.key_prefix,
        "label": entity.label,
        "labelPlural": entity.plural,
        "layoutable": True,
        "mergeable": False,
        "mruEnabled": True,
        "name": entity.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": bool(searched(entity)),
        "triggerable": True,
        "undeletable": False,
        "updateable": True,
        "urls": {
            "sobject": address,
            "describe": f"{address}/describe",
            "rowTemplate": f"{address}/{{ID}}",
        },
    }


def described(entity: Entity, base: str, record_types: Sequence[str]) -> Described:
    """An object with its fields and its children; `record_types` are the ids its records have."""
    return {
        **brief(entity, base),
        "actionOverrides": [],
        "childRelationships": [
            {
                "cascadeDelete": cascades(each),
                "childSObject": each.entity,
                "deprecatedAndHidden": False,
                "field": each.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": each.name,
                "restrictedDelete": restricts(each),
            }
            for each in entity.children.values()
        ],
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [field(entity, column) for column in entity.columns.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "inlineHelpText": entity.description,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(entity, base, record_types),
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {entity.plural}", "name": "everything"}],
    }


def field(entity: Entity, column: Column) -> Described:
    """A field."""
    kind = column.kind
    length = longest(column) or 0
    decimal = kind in NUMBERS and kind is not Kind.INT
    return {
        "aggregatable": kind is not Kind.BOOLEAN and not column.long,
        "aiPredictionField": False,
        "autoNumber": numbered(column),
        "byteLength": length if kind in IDS else length * _UTF8_BYTES,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": None,
        "controllerName": None,
        "createable": createable(column),
        "custom": column.custom,
        "defaultValue": False if kind is Kind.BOOLEAN else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": defaulted(column),
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": _DIGITS if kind is Kind.INT else 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": column.unique and column.custom,
        "extraTypeInfo": "plaintextarea" if kind is Kind.TEXTAREA else None,
        "filterable": not column.long,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": column.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": column.unique or kind is Kind.ID,
        "inlineHelpText": column.description,
        "label": column.label,
        "length": length,
        "mask": None,
        "maskType": None,
        "name": column.name,
        "nameField": entity.name_column is column,
        "namePointing": column.polymorphic,
        "nillable": nillable(column),
        "permissionable": nillable(column),
        "picklistValues": _picklist(column),
        "polymorphicForeignKey": column.polymorphic,
        "precision": _PRECISION if decimal else 0,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": [column.parent] if column.parent else [],
        "relationshipName": column.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": kind is Kind.PICKLIST,
        "scale": _SCALE if decimal else 0,
        "searchPrefilterable": kind is Kind.REFERENCE,
        "soapType": _XML_TYPES.get(kind, "xsd:string"),
        "sortable": not column.long,
        "type": str(kind),
        "unique": column.unique and kind is not Kind.ID,
        "updateable": updateable(column),
        "writeRequiresMasterRead": False,
    }


def _picklist(column: Column) -> list[Mapping[str, object]]:
    return [
        {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}
        for value in column.values
    ]


def _record_types(entity: Entity, base: str, ids: Sequence[str]) -> list[Described]:
    """The record types: the master, and those that records have."""
    named = [(MASTER_RECORD_TYPE, "Master", True)]
    named += [(key, f"{entity.label} Record Type", False) for key in ids]
    return [
        {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": master is (not ids),
            "developerName": name.replace(" ", "_"),
            "master": master,
            "name": name,
            "recordTypeId": key,
            "urls": {"layout": f"{base}/sobjects/{entity.name}/describe/layouts/{key}"},
        }
        for key, name, master in named
    ]
