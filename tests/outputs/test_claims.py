import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.claims import check_removed, check_verdicts
from orgsmith.outputs.manifest import Check, Duplicates, Manifest
from orgsmith.outputs.rejects import REJECTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Status

SAID = (
    Outcome("order", "Case", Status.PASSED, 10, 0.0, 0.0),
    Outcome("order", "Case", Status.PASSED, 20, 0.0, 0.0),
    Outcome("effect", "Skill", Status.PASSED, 10, 0.75, 0.5),
    Outcome("rare", "Skill", Status.TOO_FEW, 2, math.nan, 0.5),
)
CHECKS = tuple(map(Check.of, SAID))


def with_checks(published: Path, checks: tuple[Check, ...]) -> Manifest:
    """The manifest with other checks."""
    return Manifest.read(published).model_copy(update={"checks": checks})


def faults(manifest: Manifest, outcomes: tuple[Outcome, ...] = SAID) -> list[str]:
    """What the check of verdicts finds."""
    return [str(each) for o in check_verdicts(manifest, outcomes) for each in o.findings]


def test_the_same_verdicts_are_fine(published: Path) -> None:
    """Neither their order matters nor the order in which numbers were added up."""
    turned = (CHECKS[3], CHECKS[2].model_copy(update={"statistic": 0.75 + 1e-9}), *CHECKS[:2])
    manifest = with_checks(published, turned)
    assert faults(manifest) == []
    outcomes = list(check_verdicts(manifest, SAID))
    assert [(o.name, o.object, o.n) for o in outcomes] == [
        ("verdicts", "Case", 2),
        ("verdicts", "Skill", 2),
    ]


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (2, {"status": Status.FAILED}, "effect 'failed' is its status in the manifest; now it is "),
        (2, {"n": 11}, "effect '11' is its n in the manifest; now it is 10"),
        (1, {"n": 10}, "order '10' is its n in the manifest; now it is 20"),
        (2, {"statistic": 0.9}, "effect '0.9' is its statistic in the manifest; now it is 0.75"),
        (2, {"threshold": 0.1}, "effect '0.1' is its threshold"),
        (3, {"statistic": 0.9}, "rare '0.9' is its statistic in the manifest; now it is None"),
        (3, {"name": "x"}, "x '(empty)' is none of the checks there are"),
        (3, {"name": "x"}, "rare '(empty)' is not in the manifest"),
    ],
)
def test_another_verdict_is_found(
    published: Path, place: int, change: dict[str, object], message: str
) -> None:
    checks = [*CHECKS]
    checks[place] = checks[place].model_copy(update=change)
    assert any(message in fault for fault in faults(with_checks(published, tuple(checks))))


def test_a_check_left_out_or_listed_twice_is_found(published: Path) -> None:
    assert len(faults(with_checks(published, CHECKS[:1]))) == 3
    assert len(faults(with_checks(published, (*CHECKS, CHECKS[2])))) == 1


def test_a_dataset_of_another_version_has_other_checks(published: Path) -> None:
    other = with_checks(published, CHECKS[1:3]).model_copy(update={"orgsmith_version": "0.0.1"})
    outcomes = (replace(SAID[1], n=20), SAID[2], SAID[3])
    assert faults(other, outcomes) == []
    assert faults(other, (SAID[1], replace(SAID[2], status=Status.FAILED))) != []


def declared() -> dict[str, Duplicates]:
    """What a manifest must say where nothing was removed."""
    return {
        name: Duplicates(scope=rule.scope, threshold=rule.threshold, seen=1, removed=0)
        for name, each in OBJECTS.items()
        if (rule := each.near_duplicates)
    }


def refuse(folder: Path, *rules: str) -> None:
    """Write refused cases, each for one rule."""
    rows = [{**dict.fromkeys(REJECTS), "Id": str(n), "rule": rule} for n, rule in enumerate(rules)]
    pl.DataFrame(rows, schema=REJECTS).write_parquet(folder / "rejects/Case.parquet")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda said: said, None),
        (lambda said: {n: d for n, d in said.items() if n != "Case"}, "is not in the manifest"),
        (
            lambda said: said | {"Case": said["Case"].model_copy(update={"removed": 3})},
            "removed '3' in the manifest, 2 among the refused records",
        ),
        (
            lambda said: said | {"Case": said["Case"].model_copy(update={"threshold": 99.0})},
            "threshold '99.0' in the manifest; declared is",
        ),
        (
            lambda said: said | {"Case": said["Case"].model_copy(update={"seen": 181})},
            "seen '181' in the manifest, of 180 records",
        ),
        (lambda said: said | {"User": said["Case"]}, "are not looked for in this object"),
    ],
)
def test_near_duplicates_are_those_among_the_refused(
    copied: Path,
    change: Callable[[dict[str, Duplicates]], dict[str, Duplicates]],
    message: str | None,
) -> None:
    refuse(copied, "duplicate", "length", "duplicate")
    right = declared()
    right["Case"] = right["Case"].model_copy(update={"removed": 2})
    manifest = Manifest.read(copied).model_copy(update={"duplicates": change(right)})
    found = [str(each) for o in check_removed(manifest, copied) for each in o.findings]
    if message is None:
        assert found == []
    else:
        assert any(message in fault for fault in found), found
