"""What a manifest claims of tables and checks, against what is there and what checks say again."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import OBJECTS_FOLDER
from orgsmith.outputs.manifest import PUBLIC, Check, Manifest, Table, orgsmith_version
from orgsmith.outputs.rejects import REJECTS_FOLDER, REJECTS_KEPT
from orgsmith.outputs.stored import StoredTable
from orgsmith.schema.declaration import NearDuplicates
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Finding, Outcome, counted

TOLERANCE = 1e-6
"""Relative difference of statistics that another order of adding up may make."""


def check_sizes(
    manifest: Manifest, tables: Mapping[str, StoredTable], bytes_of: Mapping[str, int]
) -> Iterator[Outcome]:
    """The manifest counts what is there: rows, bytes and columns of each table, rows of each file.

    Args:
        manifest: the manifest.
        tables: what was read of each table, by its name, such as `objects/Case`.
        bytes_of: the size of each file by its path.
    """
    listed = {entry.path: entry.rows for entry in manifest.files}
    claimed = {**_named(manifest.objects), **_named(manifest.latents)}
    due = {_table_name(name) for name in (OBJECTS if manifest.status == PUBLIC else NODES)}
    for name in sorted(claimed.keys() | tables.keys() | due):
        node = name.rpartition("/")[2]
        table = tables.get(name, StoredTable())
        findings = [
            Finding("rows", node, path, "rows", str(count), f"in the file, {listed[path]} listed")
            for path, count in table.rows.items()
            if path in listed and listed[path] != count
        ]
        if name in claimed:
            findings += _differences(node, claimed[name], table, bytes_of)
        elif name in due:
            findings.append(Finding("rows", node, "(all)", "size", None, "is not in the manifest"))
        yield counted("rows", node, sum(table.rows.values()), len(findings), findings)


def check_verdicts(manifest: Manifest, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """The manifest lists the checks that can be run again, with what they say.

    Args:
        manifest: the manifest.
        outcomes: what every check of whole tables says now.

    Yields:
        `verdicts` for each object; a dataset that another version of Orgsmith made is only held to
        the checks that both have.
    """
    same = manifest.orgsmith_version == orgsmith_version()
    listed = _numbered(manifest.checks)
    found = _numbered(map(Check.of, outcomes))
    findings: dict[str, list[Finding]] = {node: [] for node, _, _ in found}
    for key in sorted(listed.keys() | found.keys()):
        node, name, _ = key
        old, new = listed.get(key), found.get(key)
        if old is not None and new is not None:
            faults = list(_verdict(node, old, new))
        elif same:
            reason = "is not in the manifest" if old is None else "is none of the checks there are"
            faults = [Finding("verdicts", node, "(manifest)", name, None, reason)]
        else:
            faults = []
        findings.setdefault(node, []).extend(faults)
    for node, faults in findings.items():
        count = sum(owner == node for owner, _, _ in found)
        yield counted("verdicts", node, count, len(faults), faults)


def check_removed(manifest: Manifest, folder: Path) -> Iterator[Outcome]:
    """The manifest says of near-duplicates what is declared, and what was refused as one.

    Refused records are a sample where there were too many; the count cannot be compared then.
    """
    same = manifest.orgsmith_version == orgsmith_version()
    for name, declared in OBJECTS.items():
        rule, said = declared.near_duplicates, manifest.duplicates.get(name)
        findings = []
        if said is None and rule is not None and same:
            findings.append(_removed(name, "duplicates", None, "is not in the manifest"))
        if said is not None:
            rows, refused = _refused(folder, name)
            if rows < REJECTS_KEPT and said.removed != refused:
                reason = f"in the manifest, {refused} among the refused records"
                findings.append(_removed(name, "removed", str(said.removed), reason))
            if same:
                findings += _rule_findings(name, rule, said.scope, said.threshold)
            rows_there = manifest.objects[name].rows if name in manifest.objects else 0
            if said.seen > rows_there:
                reason = f"in the manifest, of {rows_there} records"
                findings.append(_removed(name, "seen", str(said.seen), reason))
        if rule is not None or said is not None:
            yield counted("removed", name, said.removed if said else 0, len(findings), findings)


def _table_name(node: str) -> str:
    folder = OBJECTS_FOLDER if node in OBJECTS else "latents"
    return f"{folder}/{node}"


def _named(tables: Mapping[str, Table]) -> dict[str, Table]:
    return {_table_name(name): table for name, table in tables.items()}


def _differences(
    node: str, claimed: Table, table: StoredTable, bytes_of: Mapping[str, int]
) -> Iterator[Finding]:
    """Where the manifest's size of a table is not the real one; columns are those of each file."""
    paths = table.rows.keys() | table.faults.keys()
    found = {
        "rows": {sum(table.rows.values())},
        "bytes": {sum(bytes_of[path] for path in paths)},
        "columns": {len(columns) for columns in table.columns.values()} or {0},
    }
    for field, numbers in found.items():
        said = getattr(claimed, field)
        for number in sorted(numbers - {said}):
            reason = f"in all, {said} in the manifest"
            yield Finding("rows", node, "(all)", field, str(number), reason)


def _numbered(checks: Iterable[Check]) -> dict[tuple[str, str, int], Check]:
    """Checks by object and name, and by their turn where several have the same of both."""
    turns: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str, int], Check] = {}
    for check in checks:
        key = (check.object, check.name)
        found[(*key, turns[key])] = check
        turns[key] += 1
    return found


def _verdict(node: str, old: Check, new: Check) -> Iterator[Finding]:
    """Where the manifest says otherwise than a check does now."""
    for field in ("status", "n", "statistic", "threshold"):
        said, found = getattr(old, field), getattr(new, field)
        if not _alike(said, found):
            reason = f"is its {field} in the manifest; now it is {found}"
            yield Finding("verdicts", node, "(manifest)", old.name, str(said), reason)


def _alike(said: object, found: object) -> bool:
    if isinstance(said, float) and isinstance(found, float):
        return math.isclose(said, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return said == found


def _refused(folder: Path, name: str) -> tuple[int, int]:
    """Rows of an object's refused records, and how many of them were near-duplicates."""
    file = folder / REJECTS_FOLDER / f"{name}.parquet"
    try:
        rules = pl.read_parquet(file, columns=["rule"])["rule"]
    except (pl.exceptions.PolarsError, OSError):
        # Which the checks of files have said.
        return REJECTS_KEPT, 0
    return len(rules), int((rules == "duplicate").sum())


def _rule_findings(
    name: str, rule: NearDuplicates | None, scope: tuple[str, ...], threshold: float
) -> Iterator[Finding]:
    """Where the manifest's rule is not the declared one."""
    if rule is None:
        yield _removed(name, "duplicates", None, "are not looked for in this object")
        return
    for field, said, due in (
        ("scope", scope, rule.scope),
        ("threshold", threshold, rule.threshold),
    ):
        if said != due:
            yield _removed(name, field, str(said), f"in the manifest; declared is {due}")


def _removed(name: str, field: str, value: str | None, reason: str) -> Finding:
    return Finding("removed", name, "(manifest)", field, value, reason)
