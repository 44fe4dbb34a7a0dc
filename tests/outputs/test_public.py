import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml

from orgsmith.outputs.dataset import HIDDEN_SEED, Dataset
from orgsmith.outputs.fingerprint import fingerprint
from orgsmith.outputs.inspect import summary
from orgsmith.outputs.integrity import check_files
from orgsmith.outputs.manifest import PUBLIC, Manifest
from orgsmith.outputs.outside import Outside, read_outside
from orgsmith.outputs.public import GUESSED_BELOW, export
from orgsmith.outputs.public_checks import LEFT_OUT
from orgsmith.outputs.question_lookup import find_answer, find_question
from orgsmith.outputs.questions import TASK_KEYS, read_questions
from orgsmith.outputs.schema_file import read_schema
from orgsmith.outputs.stored import read_table
from orgsmith.outputs.verify import verify
from orgsmith.schema.errors import DatasetError, PackError, StorageError, UsageError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.packs import load, pack_hash
from orgsmith.validators.outcome import Status

Tree = Callable[[Path], dict[str, bytes]]


@pytest.fixture(scope="module")
def public(asked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public copy; only read it."""
    return export(Dataset.open(asked), tmp_path_factory.mktemp("public") / "copy").path


@pytest.fixture
def copied_public(public: Path, tmp_path: Path) -> Path:
    """A copy of the copy to tamper with."""
    return shutil.copytree(public, tmp_path / "tampered")


def tables(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".parquet")}


def test_it_has_objects_and_questions_byte_for_byte_and_nothing_else(
    asked: Path, public: Path, tree: Tree
) -> None:
    original, copy = tree(asked), tree(public)
    kept = {
        name: content
        for name, content in original.items()
        if name.partition("/")[0] in {"objects", "tasks"}
    }
    assert tables(copy) == kept
    assert len(kept) == len(OBJECTS) + len(TASK_KEYS)
    assert copy.keys() - kept.keys() == {
        "README.md",
        "industry.yaml",
        "manifest.json",
        "schema.json",
    }


def test_its_manifest_is_that_of_what_is_in_it(asked: Path, public: Path) -> None:
    original, copy = Manifest.read(asked), Manifest.read(public)
    assert (copy.status, copy.seed, copy.latents) == (PUBLIC, None, {})
    assert {check.object for check in copy.checks} <= set(OBJECTS)
    assert (copy.objects, copy.tasks, copy.as_of) == (
        original.objects,
        original.tasks,
        original.as_of,
    )
    names = {entry.path.removesuffix(".parquet"): entry.path for entry in copy.files}
    digests = {}
    for name, path in names.items():
        if path.endswith(".parquet"):
            table = name.removesuffix("/part-00000")
            digests[table] = str(read_table({path: public / path}).digest)
    assert copy.fingerprint == fingerprint(digests) != original.fingerprint


def test_its_schema_has_no_latent_variables(asked: Path, public: Path) -> None:
    schema = read_schema(public)
    assert schema.objects == read_schema(asked).objects
    assert schema.latents == {}
    assert not [name for name in LATENTS if name in (public / "schema.json").read_text()]


def test_its_card_tells_neither_seed_nor_answers(public: Path) -> None:
    text = (public / "README.md").read_text()
    _, front, body = text.split("---\n", 2)
    configs = {each["config_name"]: each["data_files"] for each in yaml.safe_load(front)["configs"]}
    assert set(configs) == {*OBJECTS, *TASK_KEYS}
    assert all(list(public.glob(files)) for files in configs.values())
    for hidden in (
        "latents/",
        "rejects/",
        "readings/",
        "answers/",
        "seed,",
        "--seed",
        "generate .",
    ):
        assert hidden not in body
    assert "This is a public copy" in body
    assert "this copy has none" in body
    assert "| handle_time | 4 | 25.0 % | 3 | 50.0 % | 3 |" in body


def test_it_is_sound_and_says_what_is_missing(public: Path) -> None:
    assert [str(each) for outcome in check_files(public) for each in outcome.findings] == []
    missing = [each for each in verify(public) if each.status is Status.TOO_FEW]
    assert [each.name for each in missing] == list(LEFT_OUT)
    assert "leaves out answers: they are missing here" in str(missing[1].findings[0])


def test_its_objects_are_checked(copied_public: Path) -> None:
    file = copied_public / "objects/Case/part-00000.parquet"
    pl.read_parquet(file).with_columns(Status=pl.lit("Lost")).write_parquet(file)
    failed = {(each.object, each.name) for each in verify(copied_public) if each.failed}
    assert {("Case", "files"), ("(dataset)", "fingerprint"), ("Case", "compliance")} <= failed


@pytest.mark.parametrize("name", ["answers/handle_time.parquet", "latents/Skill.parquet"])
def test_what_does_not_belong_there_is_found(asked: Path, copied_public: Path, name: str) -> None:
    (copied_public / name).parent.mkdir()
    shutil.copy(asked / name, copied_public / name)
    found = [str(each) for outcome in check_files(copied_public) for each in outcome.findings]
    assert any(f"{name}: file 'extra'" in each for each in found)


def test_another_pack_is_found(copied_public: Path) -> None:
    file = copied_public / "industry.yaml"
    file.write_text(file.read_text().replace("Tarnwick", "Other"))
    failed = {each.name for each in check_files(copied_public) if each.failed}
    assert failed == {"files", "industry"}


def test_questions_can_be_read_and_answers_cannot(asked: Path, public: Path) -> None:
    copy = Dataset.open(public)
    for key in TASK_KEYS:
        assert read_questions(copy, key).equals(read_questions(Dataset.open(asked), key))
    question = find_question(copy, "handle_time-000000000000")
    with pytest.raises(DatasetError, match="is a public copy, which has no answers; name the"):
        find_answer(copy, question)


def test_it_is_inspected_as_any_dataset(public: Path) -> None:
    found = summary(Dataset.open(public))
    assert (found.seed, found.latents) == (None, ())
    assert [each.name for each in found.objects] == list(OBJECTS)
    assert tuple(found.tasks) == TASK_KEYS
    assert found.sample is not None


def test_the_organisation_is_known_from_outside(asked: Path, public: Path) -> None:
    whole, seen = Dataset.open(asked).organisation, Dataset.open(public).organisation
    assert (seen.seed, seen.scale, seen.as_of) == (HIDDEN_SEED, whole.scale, whole.as_of)
    assert seen.industry.company == whole.industry.company
    assert seen.industry.label == whole.industry.label
    assert (seen.industry.issues, seen.industry.company_articles) == ((), ())


@pytest.mark.parametrize("name", ["sportswear", "banking", "electronics"])
def test_a_pack_from_outside_tells_no_phrase(name: str) -> None:
    industry = load(name)
    outside = Outside.of(industry)
    text = outside.text()
    assert read_outside(text, "industry.yaml") == outside.industry
    assert outside.industry.custom_fields == industry.custom_fields
    assert pack_hash(outside.industry) != pack_hash(industry)
    facts = [
        fact
        for article in (
            *industry.company_articles,
            *(each for category in industry.categories for each in category.articles),
        )
        for fact in article.facts
    ]
    phrases = [
        *(text for fact in facts for text in (fact.question, fact.statement)),
        *(offer for remedy in industry.remedies for offer in remedy.offers),
        *(symptom for issue in industry.issues for symptom in issue.symptoms),
        *(mention for issue in industry.issues for mention in issue.mentions),
    ]
    assert len(phrases) > 500
    flat = " ".join(text.split())
    assert [phrase for phrase in phrases if " ".join(phrase.split()) in flat] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "industry.yaml: while parsing"),
        ("a: 1", "industry.yaml: name: Field required"),
        ("", "the file: Input should be"),
    ],
)
def test_a_broken_pack_from_outside_says_where(text: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        read_outside(text, "industry.yaml")


def test_a_target_that_exists_is_left_alone(asked: Path, tmp_path: Path) -> None:
    for make in (Path.mkdir, Path.touch):
        target = tmp_path / make.__name__
        make(target)
        with pytest.raises(UsageError, match="exists; name a folder that does not"):
            export(Dataset.open(asked), target)
    (tmp_path / "mkdir").rmdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists"):
        export(Dataset.open(asked), tmp_path / "link")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "touch"]


def test_a_target_that_appears_meanwhile_is_left_alone(asked: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"

    def appear(table: str) -> None:
        target.mkdir(exist_ok=True)

    with pytest.raises(UsageError, match="exists"):
        export(Dataset.open(asked), target, appear)
    assert [each.name for each in tmp_path.iterdir()] == ["copy"]
    assert list(target.iterdir()) == []


def test_a_copy_is_not_copied_again(public: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is a public copy already"):
        export(Dataset.open(public), tmp_path / "again")
    assert list(tmp_path.iterdir()) == []


def damage(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 3] ^= 1
    (folder / name).write_bytes(content)


@pytest.mark.parametrize("name", ["objects/Case/part-00000.parquet", "tasks/handle_time.parquet"])
@pytest.mark.parametrize("harm", [damage, lambda folder, name: (folder / name).unlink()])
def test_a_damaged_dataset_is_not_copied(
    copied_questions: Path, tmp_path: Path, name: str, harm: Callable[[Path, str], None]
) -> None:
    harm(copied_questions, name)
    with pytest.raises(DatasetError, match="the dataset is damaged"):
        export(Dataset.open(copied_questions), tmp_path / "below/copy")
    assert not (tmp_path / "below").exists()


def test_a_part_that_is_missing_or_added_is_damage(copied_questions: Path, tmp_path: Path) -> None:
    file = copied_questions / "objects/Case/part-00000.parquet"
    shutil.copy(file, file.with_name("part-00001.parquet"))
    with pytest.raises(DatasetError, match=r"part-00001\.parquet is not as it was published"):
        export(Dataset.open(copied_questions), tmp_path / "copy")
    file.unlink()
    with pytest.raises(DatasetError, match=r"part-00000\.parquet is missing"):
        export(Dataset.open(copied_questions), tmp_path / "copy")


def test_a_disk_that_is_too_small_or_runs_full_leaves_nothing(
    asked: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_disk / "ballast").write_bytes(bytes(2_000_000))
    with pytest.raises(StorageError, match="MB are free"):
        export(Dataset.open(asked), small_disk / "copy")
    monkeypatch.setattr("orgsmith.outputs.disk.free_bytes", lambda folder: 10**12)
    with pytest.raises(StorageError, match="no room is left"):
        export(Dataset.open(asked), small_disk / "copy")
    assert [each.name for each in small_disk.iterdir()] == ["ballast"]


@pytest.mark.parametrize(
    ("seed", "guessable"), [(7, True), (GUESSED_BELOW - 1, True), (GUESSED_BELOW, False)]
)
def test_a_small_seed_is_told(
    copied_questions: Path, tmp_path: Path, seed: int, guessable: bool
) -> None:
    dataset = Dataset.open(copied_questions)
    manifest = dataset.manifest.model_copy(update={"seed": seed})
    assert export(replace(dataset, manifest=manifest), tmp_path / "copy").guessable == guessable


def test_a_dataset_without_questions_has_a_copy_as_well(published: Path, tmp_path: Path) -> None:
    copy = export(Dataset.open(published), tmp_path / "copy")
    assert copy.manifest.tasks == {}
    assert not (copy.path / "tasks").exists()
    assert "What is asked" not in (copy.path / "README.md").read_text()
    assert json.loads((copy.path / "manifest.json").read_text())["seed"] is None
