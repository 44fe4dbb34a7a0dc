from pathlib import Path

import yaml

from orgsmith.outputs import card
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import USUAL, Asking
from orgsmith.outputs.questions import CANARY, TASK_KEYS
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS


def test_the_front_matter_has_one_config_for_each_object(published: Path) -> None:
    _, front, _ = (published / "README.md").read_text().split("---\n", 2)
    matter = yaml.safe_load(front)
    assert [config["config_name"] for config in matter["configs"]] == list(OBJECTS)
    for config in matter["configs"]:
        assert list(published.glob(config["data_files"]))
    assert matter["license"] == "cc0-1.0"
    assert matter["size_categories"] == ["1K<n<10K"]


def test_it_says_what_is_in_it_and_how_it_was_made(published: Path) -> None:
    text = (published / "README.md").read_text()
    dataset = Dataset.open(published)
    for name, table in dataset.manifest.objects.items():
        assert f"| {name} | {table.rows:,} | {table.columns} |" in text
    for name in LATENTS:
        assert f"| {name} | {name} shows | 977 | 0.25 | 0.125 | passed |" in text
    assert dataset.manifest.fingerprint in text
    assert "orgsmith generate ./industry.yaml --scale 0.25 --seed 11 --as-of 2026-01-01" in text
    assert text.isascii()


def test_the_diagram_draws_every_reference(published: Path) -> None:
    text = (published / "README.md").read_text()
    _, rest = text.split("erDiagram\n")
    drawn = rest.split("```")[0].splitlines()
    references = [
        f"    {field.reference.parent} ||--o{{ {child.name} : {field.name}"
        for child in OBJECTS.values()
        for field in child.fields
        if field.reference and not field.optional
    ]
    assert drawn == [*(f"    {name}" for name in OBJECTS), *references]


def test_a_pack_cannot_break_the_card(published: Path) -> None:
    dataset = Dataset.open(published)
    made = dataset.organisation
    company = made.industry.company.model_copy(update={"about": "a | b\n---\n# c", "name": "x|y"})
    industry = made.industry.model_copy(update={"company": company, "label": 'a: "b" # c\n- d'})
    text = card.render(dataset.manifest, type(made)(industry, made.seed, made.scale, made.as_of))
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)["pretty_name"] == 'Orgsmith a: "b" # c\n- d'
    assert "a \\| b --- # c" in body


def test_sizes_use_the_words_of_hugging_face(published: Path) -> None:
    manifest = Dataset.open(published).manifest
    organisation = Dataset.open(published).organisation
    for rows, words in ((1, "n<1K"), (999_999, "100K<n<1M"), (10**12, "100M<n<1B")):
        table = manifest.objects["Case"].model_copy(update={"rows": rows})
        text = card.render(manifest.model_copy(update={"objects": {"Case": table}}), organisation)
        assert f"- {words}\n" in text


def test_the_scale_keeps_all_its_digits(published: Path) -> None:
    manifest = Dataset.open(published).manifest
    for scale, text in ((1.0, "1"), (0.1234567891, "0.1234567891"), (1000.0, "1000")):
        assert card.scale(manifest.model_copy(update={"scale": scale})) == text


def test_the_front_matter_has_two_configs_for_each_task(asked: Path) -> None:
    _, front, _ = (asked / "README.md").read_text().split("---\n", 2)
    configs = {each["config_name"]: each["data_files"] for each in yaml.safe_load(front)["configs"]}
    assert list(configs)[: len(OBJECTS)] == list(OBJECTS)
    for key in TASK_KEYS:
        assert configs[key] == f"tasks/{key}.parquet"
        assert configs[f"{key}_answers"] == f"answers/{key}.parquet"
    assert len(configs) == len(OBJECTS) + 2 * len(TASK_KEYS)
    assert all((asked / configs[key]).is_file() for key in TASK_KEYS)


def test_it_says_what_is_asked(asked: Path, published: Path) -> None:
    text = (asked / "README.md").read_text()
    for key in TASK_KEYS:
        assert f"| {key} | 4 | 25.0 % | 3 | 50.0 % | 3 |" in text
    assert "40 questions of 10 tasks" in text
    assert f"> {CANARY}\n" in text
    assert "--writer phrasebook --questions 40 --none-share 0.25\n" in text
    assert text.isascii()
    without = (published / "README.md").read_text()
    assert "What is asked" not in without
    assert "--questions" not in without


def test_what_is_usual_is_not_in_the_command(asked: Path) -> None:
    manifest = Dataset.open(asked).manifest
    for asking, end in (
        (USUAL, "--writer phrasebook"),
        (Asking(number=0, none_share=0.15), "--writer phrasebook --questions 0"),
        (Asking(number=130, none_share=0.3), "--writer phrasebook --none-share 0.3"),
    ):
        assert card.command(manifest.model_copy(update={"questions": asking})).endswith(end)
