"""Logging in over SOAP and OAuth, session ids, and what they are worth."""

import base64
import re
from pathlib import Path

import httpx2
import hypothesis
import pytest
import trustme
from hypothesis import strategies as st
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox import soap as soap_message
from orgsmith.arena.sandbox.app import create_app
from orgsmith.arena.sandbox.tokens import ORGANISATION
from tests.arena.sandbox.serving import (
    PASSWORD,
    TOKEN,
    USERNAME,
    VERSION,
    Served,
    plain_http,
    serving,
    sobject,
)

CASES = f"/services/data/v{VERSION}/query?q=SELECT+COUNT()+FROM+Case"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]

LOGIN = """<?xml version="1.0" encoding="utf-8" ?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>
<n1:{operation} xmlns:n1="{namespace}"><n1:username>{username}</n1:username>
<n1:password>{password}</n1:password></n1:{operation}></env:Body></env:Envelope>"""

PARTNER = "urn:partner.soap.sforce.com"
ENTERPRISE = "urn:enterprise.soap.sforce.com"

LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">]>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>
<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>&d;</n1:username></n1:login>
</env:Body></env:Envelope>"""

FILE = """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>
<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>&f;</n1:username></n1:login>
</env:Body></env:Envelope>"""


def soap(
    sandbox: Served,
    body: str,
    path: str = "/services/Soap/u/59.0",
) -> httpx2.Response:
    return httpx2.post(sandbox.url + path, content=body, headers={"Content-Type": "text/xml"})


def login(
    username: str = USERNAME,
    password: str = PASSWORD,
    namespace: str = PARTNER,
    operation: str = "login",
) -> str:
    return LOGIN.format(
        username=username, password=password, namespace=namespace, operation=operation
    )


def token(sandbox: Served, **form: str) -> httpx2.Response:
    return httpx2.post(f"{sandbox.url}/services/oauth2/token", data=form)


@pytest.mark.parametrize("security_token", ["", TOKEN])
def test_simple_salesforce_logs_in_with_a_password(sandbox: Served, security_token: str) -> None:
    sf = Salesforce(
        username=USERNAME,
        password=PASSWORD,
        security_token=security_token,
        domain=f"{sandbox.host}/login",
        session=plain_http(sandbox.host),
    )

    assert sf.sf_instance == sandbox.host
    assert sf.query("SELECT COUNT() FROM Case")["totalSize"] > 0


def test_simple_salesforce_logs_in_with_an_organisation(sandbox: Served) -> None:
    sf = Salesforce(
        username=USERNAME,
        password=PASSWORD,
        organizationId=ORGANISATION,
        domain=f"{sandbox.host}/login",
        session=plain_http(sandbox.host),
    )

    assert sf.session_id.startswith("00D")


@pytest.mark.parametrize(
    ("username", "password", "security_token"),
    [
        (USERNAME, "wrong", ""),
        (USERNAME, PASSWORD, "wrong"),
        ("somebody@orgsmith.example", PASSWORD, ""),
        (USERNAME, "", ""),
        ("<&>'\"", "<&>'\"", "&amp;"),
    ],
)
def test_wrong_credentials_fail_as_in_salesforce(
    sandbox: Served, username: str, password: str, security_token: str
) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(
            username=username,
            password=password,
            security_token=security_token,
            domain=f"{sandbox.host}/login",
            session=plain_http(sandbox.host),
        )

    assert caught.value.code == "INVALID_LOGIN"
    assert caught.value.auth_message == ("Invalid username, password, security token")


def test_simple_salesforce_logs_in_over_tls(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    key, cert, trusted = (tmp_path / name for name in ("key.pem", "cert.pem", "ca.pem"))
    certificate.private_key_pem.write_to_path(key)
    certificate.cert_chain_pems[0].write_to_path(cert)
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))

    with serving(create_app(org), key=key, cert=cert) as sandbox:
        sf = Salesforce(
            username=USERNAME,
            password=PASSWORD,
            security_token=TOKEN,
            domain=f"{sandbox.host}/login",
        )
        found = sf.query_all("SELECT Id FROM Case")
        said = sf.session.post(f"{sandbox.url}/services/Soap/u/59.0", data=login()).text
        sf.session.close()

    assert found["totalSize"] > 0
    assert f"<serverUrl>https://{sandbox.host}/services/Soap/u/59.0/" in said


@pytest.mark.parametrize(
    ("path", "namespace"),
    [
        ("/services/Soap/u/59.0", PARTNER),
        ("/services/Soap/u/59.0/", PARTNER),
        ("/services/Soap/c/37.0", ENTERPRISE),
        ("/login.salesforce.com/services/Soap/u/59.0", PARTNER),
        ("/test.salesforce.com/services/Soap/c/59.0", ENTERPRISE),
    ],
)
def test_the_login_is_found_at_every_address(sandbox: Served, path: str, namespace: str) -> None:
    answer = soap(sandbox, login(namespace=namespace), path)

    assert answer.status_code == 200
    assert re.search(r"<userId>005\w{15}</userId>", answer.text)
    assert f"<organizationId>{ORGANISATION}</organizationId>" in answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LAUGHS, "document types are not accepted"),
        (FILE, "document types are not accepted"),
        ("", "no element found"),
        ("<a/>", "the message holds no operation"),
        ("nonsense", "syntax error"),
        (" " * 70_000, "the message is too long for a login"),
        ("<a>" * 100, "elements are nested too deeply"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "unknown encoding"),
        (login().replace("</env:Body>", "<env:x/></env:Body>"), "more than one operation"),
        (login(operation="query"), f"No operation available for request {{{PARTNER}}}query"),
        (login(namespace=ENTERPRISE), f"No operation available for request {{{ENTERPRISE}}}login"),
    ],
)
def test_what_is_no_login_is_refused(sandbox: Served, body: str, said: str) -> None:
    answer = soap(sandbox, body)

    assert answer.status_code == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text
    assert said in answer.text


@hypothesis.given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "<a>",
                    "</a>",
                    "<",
                    "&",
                    "&#0;",
                    "<!--",
                    "]]>",
                    "<?x?>",
                    "<!DOCTYPE a>",
                    "x",
                    login(),
                ]
            ),
            max_size=8,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        read = soap_message.read(body)
    except soap_message.SoapError:
        return
    assert read.name == "login"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "OAuth"])
def test_the_lasting_session_id_works(sandbox: Served, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {TOKEN}"}

    assert httpx2.get(sandbox.url + CASES, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
    ],
)
def test_no_session_id_that_works_no_answer(sandbox: Served, headers: dict[str, str]) -> None:
    answer = httpx2.get(sandbox.url + CASES, headers=headers)

    assert (answer.status_code, answer.json()) == (401, EXPIRED)


def test_every_login_is_a_world_of_its_own(sandbox: Served) -> None:
    def logged_in() -> Salesforce:
        return Salesforce(
            username=USERNAME,
            password=PASSWORD,
            security_token="",
            domain=f"{sandbox.host}/login",
            session=plain_http(sandbox.host),
        )

    mine, yours = logged_in(), logged_in()
    made = sobject(mine, "Contact").create({"LastName": "Mine"})

    find = f"SELECT Id FROM Contact WHERE Id = '{made['id']}'"
    assert mine.query(find)["totalSize"] == 1
    assert yours.query(find)["totalSize"] == 0


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials", "client_id": "orgsmith", "client_secret": "orgsmith"},
        {
            "grant_type": "password",
            "client_id": "orgsmith",
            "client_secret": "orgsmith",
            "username": USERNAME.upper(),
            "password": PASSWORD + TOKEN,
        },
    ],
)
def test_a_token_is_given_for_credentials(sandbox: Served, form: dict[str, str]) -> None:
    answer = token(sandbox, **form)

    given = answer.json()
    assert answer.status_code == 200
    assert given["instance_url"] == sandbox.url
    assert given["token_type"] == "Bearer"
    with sandbox.client(given["access_token"]) as client:
        assert client.get(CASES).status_code == 200
        user = client.get("/services/oauth2/userinfo").json()
        # Who is logged in can own what is written.
        owned = {"Subject": "Mine", "OwnerId": user["user_id"]}
        assert client.post("/services/data/v59.0/sobjects/Case", json=owned).status_code == 201
        assert client.get(given["id"]).json() == user


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        ({}, "unsupported_grant_type", "grant type not supported"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "x"},
            "unsupported_grant_type",
            "grant type not supported",
        ),
        ({"grant_type": "client_credentials"}, "invalid_client_id", "client identifier invalid"),
        (
            {"grant_type": "client_credentials", "client_id": "orgsmith", "client_secret": "x"},
            "invalid_client",
            "invalid client credentials",
        ),
        (
            {
                "grant_type": "password",
                "client_id": "orgsmith",
                "client_secret": "orgsmith",
                "username": USERNAME,
                "password": "wrong",
            },
            "invalid_grant",
            "authentication failure",
        ),
    ],
)
def test_no_token_for_wrong_credentials(
    sandbox: Served, form: dict[str, str], error: str, description: str
) -> None:
    answer = token(sandbox, **form)

    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_simple_salesforce_logs_in_as_a_connected_app(sandbox: Served) -> None:
    sf = Salesforce(
        consumer_key="orgsmith",
        consumer_secret="orgsmith",
        domain=f"{sandbox.host}/login",
        session=plain_http(sandbox.host),
    )

    assert sf.query("SELECT COUNT() FROM Case")["totalSize"] > 0


@pytest.mark.parametrize("encoded", [b"orgsmith:wrong", b"orgsmith", b"\xff:x"])
def test_a_connected_app_with_another_secret_is_refused(sandbox: Served, encoded: bytes) -> None:
    answer = httpx2.post(
        f"{sandbox.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {base64.b64encode(encoded).decode()}"},
    )

    assert answer.json()["error"] in ("invalid_client", "invalid_client_id")


def test_a_token_expires_when_it_is_revoked(sandbox: Served) -> None:
    given = sandbox.desk.tokens.issue()
    with sandbox.client(given) as client:
        before = client.get(CASES)
        revoked = client.post("/services/oauth2/revoke", data={"token": given})
        after = client.get(CASES)
        again = client.post("/services/oauth2/revoke", data={"token": given})

    assert (before.status_code, revoked.status_code) == (200, 200)
    assert (after.status_code, after.json()) == (401, EXPIRED)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_a_session_expires_when_it_is_told_to(sandbox: Served) -> None:
    sf = sandbox.salesforce()
    with sandbox.client(sf.session_id) as client:
        ended = client.post("/orgsmith/sessions/expire")

    assert ended.status_code == 204
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Case LIMIT 1")


def test_simple_salesforce_logs_in_again_when_its_session_expired(sandbox: Served) -> None:
    sf = Salesforce(
        username=USERNAME,
        password=PASSWORD,
        security_token="",
        domain=f"{sandbox.host}/login",
        session=plain_http(sandbox.host),
    )
    first = sf.session_id
    sandbox.desk.expire(first)

    assert sf.query("SELECT COUNT() FROM Case")["totalSize"] > 0
    assert sf.session_id != first


def test_the_lasting_session_does_not_expire(sandbox: Served) -> None:
    with sandbox.client(TOKEN) as client:
        ended = client.post("/orgsmith/sessions/expire")
        revoked = client.post("/services/oauth2/revoke", data={"token": TOKEN})
        after = client.get(CASES)

    assert (ended.status_code, ended.json()[0]["errorCode"]) == (400, "INVALID_OPERATION")
    assert revoked.status_code == 400
    assert after.status_code == 200


def test_a_reset_session_sees_the_dataset_again(sandbox: Served) -> None:
    sf = sandbox.salesforce()
    made = sobject(sf, "Contact").create({"LastName": "Written"})
    with sandbox.client(sf.session_id) as client:
        forgotten = client.post("/orgsmith/sessions/reset")

    assert forgotten.status_code == 204
    assert sf.query(f"SELECT Id FROM Contact WHERE Id = '{made['id']}'")["totalSize"] == 0
