"""Other generators of related tables: accounts, contacts and cases, ten columns each, as Parquet.

    python -m bench.related_generators NAME ACCOUNTS FOLDER

One contact and five cases for each account, as an organisation of ours has; every contact names
its account, every case both. It prints the rows made, and wall and processor seconds without
start-up.
"""

import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from itertools import count
from pathlib import Path

import polars as pl

CASES = 5
"""Cases of an account."""

STATUSES = ("New", "Working", "Escalated", "Closed")
ORIGINS = ("Phone", "Email", "Web", "Chat")

Row = dict[str, object]
Tables = dict[str, list[Row]]


def with_faker(accounts: int) -> Tables:
    """A loop over Faker's providers."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(7)

    def account(key: int) -> Row:
        return {
            "Id": f"001{key:09}",
            "Name": fake.company(),
            "Phone": fake.phone_number(),
            "Street": fake.street_address(),
            "City": fake.city(),
            "State": fake.state_abbr(),
            "PostalCode": fake.postcode(),
            "Website": fake.url(),
            "Employees": fake.random_int(1, 5_000),
            "CreatedDate": fake.date_time_this_decade(),
        }

    def contact(key: int, account: str) -> Row:
        return {
            "Id": f"003{key:09}",
            "AccountId": account,
            "FirstName": fake.first_name(),
            "LastName": fake.last_name(),
            "Email": fake.email(),
            "Phone": fake.phone_number(),
            "Title": fake.job(),
            "City": fake.city(),
            "State": fake.state_abbr(),
            "CreatedDate": fake.date_time_this_decade(),
        }

    def case(key: int, account: str, contact: str) -> Row:
        return {
            "Id": f"500{key:09}",
            "AccountId": account,
            "ContactId": contact,
            "Subject": fake.sentence(6),
            "Description": fake.paragraph(3),
            "Status": fake.random_element(STATUSES),
            "Origin": fake.random_element(ORIGINS),
            "Priority": fake.random_int(1, 3),
            "CreatedDate": fake.date_time_this_decade(),
            "ClosedDate": fake.date_time_this_decade(),
        }

    return _related(accounts, account, contact, case)


def with_mimesis(accounts: int) -> Tables:
    """A loop over mimesis's providers."""
    from mimesis import Generic
    from mimesis.locales import Locale

    fake = Generic(Locale.EN, seed=7)

    def account(key: int) -> Row:
        return {
            "Id": f"001{key:09}",
            "Name": fake.finance.company(),
            "Phone": fake.person.phone_number(),
            "Street": fake.address.address(),
            "City": fake.address.city(),
            "State": fake.address.state(abbr=True),
            "PostalCode": fake.address.postal_code(),
            "Website": fake.internet.url(),
            "Employees": fake.numeric.integer_number(1, 5_000),
            "CreatedDate": fake.datetime.datetime(2020, 2030),
        }

    def contact(key: int, account: str) -> Row:
        return {
            "Id": f"003{key:09}",
            "AccountId": account,
            "FirstName": fake.person.first_name(),
            "LastName": fake.person.last_name(),
            "Email": fake.person.email(),
            "Phone": fake.person.phone_number(),
            "Title": fake.person.occupation(),
            "City": fake.address.city(),
            "State": fake.address.state(abbr=True),
            "CreatedDate": fake.datetime.datetime(2020, 2030),
        }

    def case(key: int, account: str, contact: str) -> Row:
        return {
            "Id": f"500{key:09}",
            "AccountId": account,
            "ContactId": contact,
            "Subject": fake.text.title(),
            "Description": fake.text.text(3),
            "Status": fake.choice(STATUSES),
            "Origin": fake.choice(ORIGINS),
            "Priority": fake.numeric.integer_number(1, 3),
            "CreatedDate": fake.datetime.datetime(2020, 2030),
            "ClosedDate": fake.datetime.datetime(2020, 2030),
        }

    return _related(accounts, account, contact, case)


RECIPE = f"""
- object: Account
  count: ACCOUNTS
  fields:
    Name: {{fake: Company}}
    Phone: {{fake: PhoneNumber}}
    Street: {{fake: StreetAddress}}
    City: {{fake: City}}
    State: {{fake: StateAbbr}}
    PostalCode: {{fake: Postcode}}
    Website: {{fake: Url}}
    Employees: {{random_number: {{min: 1, max: 5000}}}}
    CreatedDate: {{fake: DateThisDecade}}
  friends:
    - object: Contact
      fields:
        AccountId: {{reference: Account}}
        FirstName: {{fake: FirstName}}
        LastName: {{fake: LastName}}
        Email: {{fake: Email}}
        Phone: {{fake: PhoneNumber}}
        Title: {{fake: Job}}
        City: {{fake: City}}
        State: {{fake: StateAbbr}}
        CreatedDate: {{fake: DateThisDecade}}
    - object: Case
      count: {CASES}
      fields:
        AccountId: {{reference: Account}}
        ContactId: {{reference: Contact}}
        Subject: {{fake: Sentence}}
        Description: {{fake: Paragraph}}
        Status: {{random_choice: [{", ".join(STATUSES)}]}}
        Origin: {{random_choice: [{", ".join(ORIGINS)}]}}
        Priority: {{random_number: {{min: 1, max: 3}}}}
        CreatedDate: {{fake: DateThisDecade}}
        ClosedDate: {{fake: DateThisDecade}}
"""


def with_snowfakery(accounts: int, folder: Path) -> Tables:
    """A recipe of Snowfakery, the peer that keeps relations by itself."""
    from snowfakery import generate_data

    recipe = folder / "recipe.yml"
    recipe.write_text(RECIPE.replace("ACCOUNTS", str(accounts)))
    # It lists the files it writes.
    with redirect_stdout(StringIO()):
        generate_data(str(recipe), output_format="csv", output_folder=folder / "csv")
    made: Tables = {}
    for name in ("Account", "Contact", "Case"):
        with (folder / "csv" / f"{name}.csv").open(newline="") as file:
            made[name] = [dict(row) for row in csv.DictReader(file)]
    return made


def _related(
    accounts: int,
    account: Callable[[int], Row],
    contact: Callable[[int, str], Row],
    case: Callable[[int, str, str], Row],
) -> Tables:
    """The three tables, a row at a time."""
    made: Tables = {"Account": [], "Contact": [], "Case": []}
    keys: Iterator[int] = count()
    for number in range(accounts):
        made["Account"].append(account(number))
        owner = f"001{number:09}"
        made["Contact"].append(contact(number, owner))
        person = f"003{number:09}"
        made["Case"] += [case(next(keys), owner, person) for _ in range(CASES)]
    return made


PEERS: dict[str, Callable[[int, Path], Tables]] = {
    "faker": lambda accounts, _: with_faker(accounts),
    "mimesis": lambda accounts, _: with_mimesis(accounts),
    "snowfakery": with_snowfakery,
}


def main() -> None:
    """Generate, write, and say what it took."""
    name, accounts, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    # Start-up, imports included, is not what is compared.
    PEERS[name](2, folder)
    started, before = time.perf_counter(), _cpu()
    made = PEERS[name](accounts, folder)
    for table, rows in made.items():
        pl.DataFrame(rows).write_parquet(folder / f"{table}.parquet", compression="zstd")
    print(
        json.dumps(
            {
                "rows": sum(map(len, made.values())),
                "wall_s": time.perf_counter() - started,
                "cpu_s": _cpu() - before,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
