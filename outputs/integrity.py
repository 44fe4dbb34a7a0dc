"""Integrity: whether a dataset's files are the ones that were published, whole and unchanged.

Nothing outside the dataset's folder is ever read: paths of the manifest are only compared with
what a walk through the folder found, and links are reported, not followed.
"""

import hashlib
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from orgsmith.outputs.claims import check_sizes
from orgsmith.outputs.dataset import LATENTS_FOLDER, OBJECTS_FOLDER, Dataset
from orgsmith.outputs.fingerprint import fingerprint
from orgsmith.outputs.manifest import MANIFEST, PUBLIC, Manifest
from orgsmith.outputs.question_claims import check_questions
from orgsmith.outputs.questions import (
    ANSWERS,
    ANSWERS_FOLDER,
    TASKS,
    TASKS_FOLDER,
    answer_table,
    task_table,
)
from orgsmith.outputs.readings import READINGS_FOLDER
from orgsmith.outputs.rejects import REJECTS, REJECTS_FOLDER
from orgsmith.outputs.schema_file import (
    COLUMN_TYPES,
    SchemaFile,
    declared_schema,
    differences,
    read_schema,
)
from orgsmith.outputs.store import FileEntry
from orgsmith.outputs.stored import StoredTable, read_table
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.industry import Industry
from orgsmith.schema.packs import pack_hash
from orgsmith.validators.outcome import Finding, Outcome, counted
from orgsmith.validators.readings import READ

WHOLE = "(dataset)"
"""What a finding names as its object if it concerns none."""

COLUMNS = "columns"
"""The check without which no other can read the tables."""

_FOLDERS = {OBJECTS_FOLDER, LATENTS_FOLDER, REJECTS_FOLDER, TASKS_FOLDER, ANSWERS_FOLDER}
"""The folders whose files belong to an object, a latent variable or a task."""


def check_files(path: Path) -> Iterator[Outcome]:
    """Compare a dataset's folder with its manifest, its schema.json and the declarations.

    Yields:
        `files`: missing, extra and changed files, links and paths that lead out of the folder;
        `columns` and `rows`: each table, its columns and its size, against schema.json and the
        manifest; `questions`: each task's questions against their answers, and what the manifest
        says of them; `schema`: schema.json against what this Orgsmith declares; `industry`: the
        pack against its hash; `fingerprint`: all values against the manifest's hash.

    Raises:
        DatasetError: it is no dataset, or its manifest cannot be read.
    """
    dataset = Dataset.open(path)
    present, others = _walk(dataset.path)
    yield from _files(dataset.manifest, present, others)
    declared = declared_schema(_industry_of(dataset))
    if dataset.manifest.status == PUBLIC:
        declared = declared.model_copy(update={"latents": {}})
    try:
        schema = read_schema(dataset.path)
        drift = [
            Finding("schema", name, "(all)", field, None, reason)
            for name, field, reason in differences(schema, declared)
        ]
    except DatasetError as error:
        schema = declared
        drift = [Finding("schema", WHOLE, "schema.json", "file", None, str(error))]
    yield from _by_object("schema", dict.fromkeys(schema.nodes, 1), drift)
    tables = {name: read_table(files) for name, files in _tables(present).items()}
    yield from _columns(schema, dataset.manifest, tables)
    bytes_of = {path: file.stat().st_size for path, file in present.items()}
    yield from check_sizes(dataset.manifest, tables, bytes_of)
    yield from check_questions(dataset)
    yield _industry(dataset)
    yield _fingerprint(dataset.manifest, tables)


def _walk(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The regular files below a folder by relative path, and whatever else is there but folders."""
    files: dict[str, Path] = {}
    others: list[str] = []
    folders = [folder]
    while folders:
        for each in sorted(folders.pop().iterdir()):
            mode = each.lstat().st_mode
            relative = each.relative_to(folder).as_posix()
            if stat.S_ISDIR(mode):
                folders.append(each)
            elif stat.S_ISREG(mode):
                files[relative] = each
            else:
                others.append(relative)
    files.pop(MANIFEST, None)
    return files, others


def _files(manifest: Manifest, present: Mapping[str, Path], others: list[str]) -> Iterator[Outcome]:
    """Every listed file is there, unchanged, and nothing else is."""
    listed = {entry.path: entry for entry in manifest.files}
    findings = [
        _on_file(path, "file", "link", "is no plain file; copy the dataset as plain files")
        for path in others
    ]
    for path, times in Counter(entry.path for entry in manifest.files).items():
        if times > 1:
            findings.append(_on_file(path, "path", path, "stands in the manifest more than once"))
    for path, entry in listed.items():
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts:
            findings.append(_on_file(path, "path", path, "leads out of the dataset; not read"))
        elif path in present:
            findings.extend(_changes(entry, present[path]))
        elif path not in others:
            findings.append(_on_file(path, "file", "missing", "but in the manifest"))
    findings.extend(
        _on_file(path, "file", "extra", "stands in the folder, but not in the manifest")
        for path in sorted(present.keys() - listed.keys())
    )
    yield from _by_object("files", Counter(map(_owner, listed)), findings)


def _changes(entry: FileEntry, file: Path) -> Iterator[Finding]:
    size = file.stat().st_size
    if size != entry.bytes:
        reason = f"is its size in bytes; the manifest says {entry.bytes}"
        yield _on_file(entry.path, "bytes", str(size), reason)
        return
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != entry.sha256:
        reason = f"is its digest; the manifest says {entry.sha256}: a byte was changed"
        yield _on_file(entry.path, "sha256", digest, reason)


def _tables(present: Mapping[str, Path]) -> dict[str, dict[str, Path]]:
    """The Parquet files of each table, in the order of their rows, by the table's name."""
    tables: dict[str, dict[str, Path]] = {}
    for path in sorted(present):
        pure = PurePosixPath(path)
        if pure.suffix == ".parquet":
            in_parts = pure.parts[0] == OBJECTS_FOLDER
            name = pure.parent.as_posix() if in_parts else pure.with_suffix("").as_posix()
            tables.setdefault(name, {})[path] = present[path]
    return tables


def _expected(schema: SchemaFile, manifest: Manifest) -> dict[str, dict[str, str]]:
    """The types of the columns of each table, as schema.json spells them."""
    public = manifest.status == PUBLIC
    refused = () if public else schema.objects
    expected = {f"{REJECTS_FOLDER}/{name}": _types(REJECTS) for name in refused}
    for folder, nodes in ((OBJECTS_FOLDER, schema.objects), (LATENTS_FOLDER, schema.latents)):
        for name, node in nodes.items():
            expected[f"{folder}/{name}"] = {field.name: field.column for field in node.fields}
    for key in manifest.tasks:
        expected[task_table(key)] = _types(TASKS)
        if not public:
            expected[answer_table(key)] = _types(ANSWERS)
    return expected | {f"{READINGS_FOLDER}/{name}": _types(READ) for name in manifest.readings}


def _types(schema: pl.Schema) -> dict[str, str]:
    """The types of columns as `read_table` spells them."""
    return {name: COLUMN_TYPES.get(dtype, str(dtype)) for name, dtype in schema.items()}


def _columns(
    schema: SchemaFile, manifest: Manifest, tables: Mapping[str, StoredTable]
) -> Iterator[Outcome]:
    """Each table has the columns of schema.json, in every file."""
    for name, columns in _expected(schema, manifest).items():
        node = PurePosixPath(name).name
        findings = []
        if name not in tables:
            findings.append(Finding(COLUMNS, node, name, "file", "missing", "has no file"))
            yield counted(COLUMNS, node, len(columns), 1, findings)
            continue
        table = tables[name]
        for path, fault in table.faults.items():
            findings.append(Finding(COLUMNS, node, path, "file", "damaged", fault))
        for path, found in table.columns.items():
            findings.extend(_column_findings(node, path, columns, found))
        yield counted(COLUMNS, node, len(columns), len(findings), findings)


def _column_findings(
    node: str, path: str, columns: Mapping[str, str], found: Mapping[str, str]
) -> Iterator[Finding]:
    for name, kind in columns.items():
        if name not in found:
            yield Finding(COLUMNS, node, path, name, kind, "is missing; schema.json has it")
        elif found[name] != kind:
            reason = f"is the column's type; schema.json says {kind}"
            yield Finding(COLUMNS, node, path, name, found[name], reason)
    for name in found.keys() - columns.keys():
        yield Finding(COLUMNS, node, path, _plain(name), found[name], "is not in schema.json")


def _industry(dataset: Dataset) -> Outcome:
    """The pack is readable and the one the manifest names."""
    expected = dataset.manifest.industry_hash
    findings = []
    try:
        found = pack_hash(dataset.pack(examine=True))
    except DatasetError as error:
        findings.append(_on_file("industry.yaml", "file", "damaged", str(error)))
    else:
        if found != expected:
            reason = f"is the pack's hash; the manifest says {expected}"
            findings.append(_on_file("industry.yaml", "industry_hash", found, reason))
    return counted("industry", WHOLE, 1, len(findings), findings)


def _industry_of(dataset: Dataset) -> Industry | None:
    """The dataset's pack; None if it cannot be read, which `industry` reports."""
    try:
        return dataset.organisation.industry
    except DatasetError:
        return None


def _fingerprint(manifest: Manifest, tables: Mapping[str, StoredTable]) -> Outcome:
    """The values are the published ones."""
    findings = []
    digests = {name: table.digest for name, table in tables.items() if table.digest is not None}
    found = fingerprint(digests) if len(digests) == len(tables) else "unknown"
    if found != manifest.fingerprint:
        reason = f"is the fingerprint of the tables; the manifest says {manifest.fingerprint}"
        findings.append(Finding("fingerprint", WHOLE, "(all)", "fingerprint", found, reason))
    return counted("fingerprint", WHOLE, len(tables), len(findings), findings)


def _on_file(path: str, field: str, value: str, reason: str) -> Finding:
    """A fault of a file."""
    return Finding("files", _owner(path), _plain(path), field, value, reason)


def _owner(path: str) -> str:
    """The object, latent variable or task a file belongs to."""
    folder, *below = path.split("/")
    inside = below and folder in _FOLDERS
    return _plain(below[0].removesuffix(".parquet")) if inside else WHOLE


def _by_object(
    name: str, counts: Mapping[str, int], findings: Sequence[Finding]
) -> Iterator[Outcome]:
    """One outcome for each object, so that none hides the faults of another."""
    found: dict[str, list[Finding]] = {node: [] for node in counts}
    for finding in findings:
        found.setdefault(finding.object, []).append(finding)
    for node, faults in found.items():
        yield counted(name, node, counts.get(node, 0), len(faults), faults)


def _plain(text: str) -> str:
    """A name from a file that may be hostile, without what a terminal would obey."""
    return text if text.isprintable() else ascii(text)
