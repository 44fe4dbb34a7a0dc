"""SOAP, as far as a login needs it: safely read, exactly written."""

from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

_SPACE = " "
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
LARGEST = 2**16
DEEPEST = 16
"""Bytes of a message, and levels of elements; a login has a thousand, and five."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a SOAP body asks for: the operation's namespace, name and parameters."""

    namespace: str
    name: str
    parameters: dict[str, str]


class SoapError(ValueError):
    """The body is no SOAP message that is accepted; says why."""


def read(body: bytes) -> Operation:
    """The operation in a SOAP message.

    Document types are refused: they could define entities that grow, or that are read elsewhere.

    Raises:
        SoapError: it is too long or no XML, has a document type, or holds no operation.
    """
    if len(body) > LARGEST:
        raise SoapError("the message is too long for a login")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=_SPACE)
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SoapError(str(error)) from None
    if reader.operation is None:
        raise SoapError("the message holds no operation")
    namespace, _, name = reader.operation.rpartition(_SPACE)
    return Operation(namespace, name, reader.parameters)


def message(namespace: str, content: str) -> str:
    """A SOAP message around an operation's result, which is XML in the given namespace."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns="{namespace}" '
        f'xmlns:xsi="{_INSTANCE}"><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>'
    )


def fault(code: str, text: str) -> str:
    """A SOAP message that says what Salesforce's API refuses."""
    spoken = escape(text)
    return message(
        "urn:fault.partner.soap.sforce.com",
        f'<soapenv:Fault><faultcode xmlns:sf="urn:fault.partner.soap.sforce.com">sf:{code}'
        f"</faultcode><faultstring>{code}: {spoken}</faultstring><detail>"
        '<sf:LoginFault xmlns:sf="urn:fault.partner.soap.sforce.com" xsi:type="sf:LoginFault">'
        f"<sf:exceptionCode>{code}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{spoken}</sf:exceptionMessage>"
        "</sf:LoginFault></detail></soapenv:Fault>",
    )


def client_fault(text: str) -> str:
    """A SOAP message that says what cannot be read."""
    return message(
        "urn:fault.partner.soap.sforce.com",
        "<soapenv:Fault><faultcode>soapenv:Client</faultcode>"
        f"<faultstring>{escape(text)}</faultstring></soapenv:Fault>",
    )


class _Reader:
    """Follows a message: envelope, body, operation, parameters."""

    def __init__(self) -> None:
        self.operation: str | None = None
        self.parameters: dict[str, str] = {}
        self._open: list[str] = []
        self._words: list[str] = []

    def doctype(self, *_: object) -> None:
        raise SoapError("document types are not accepted")

    def start(self, name: str, _: object) -> None:
        if len(self._open) >= DEEPEST:
            raise SoapError("elements are nested too deeply")
        self._open.append(name)
        self._words.clear()
        if self._open[:-1] == [f"{_ENVELOPE} Envelope", f"{_ENVELOPE} Body"]:
            if self.operation is not None:
                raise SoapError("the message holds more than one operation")
            self.operation = name

    def text(self, words: str) -> None:
        self._words.append(words)

    def end(self, name: str) -> None:
        if len(self._open) == 4 and self._open[1] == f"{_ENVELOPE} Body":
            self.parameters[name.rpartition(_SPACE)[2]] = "".join(self._words)
        self._open.pop()
