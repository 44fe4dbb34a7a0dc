"""The errors of places that a URL names, in a user's words: one line, the next step, no secret."""

from collections.abc import Iterator
from contextlib import contextmanager

from orgsmith.schema.errors import OrgsmithError, StorageError, UsageError

PACKAGES = {"s3": "s3", "s3a": "s3"}
"""The extra of Orgsmith that a protocol needs."""

OTHER_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
"""The package that a protocol needs which Orgsmith has no extra for."""

SAID = 160
"""Characters of a library's own message that are shown."""

_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else your storage asks for"

_MEANINGS = {
    "NoCredentialsError": f"there are no credentials in the environment; {_KEYS}",
    "PartialCredentialsError": f"a credential is missing in the environment; {_KEYS}",
    "ParamValidationError": "the name of the bucket cannot be meant; correct the URL",
}
"""What errors mean that have no class of Python's, by the name of theirs."""

_AGAIN = "; see that it can be reached, then run the same command again to go on"


@contextmanager
def remote_errors(url: str, *, missing: bool = False) -> Iterator[None]:
    """Turns whatever a storage library raises into an error that names the URL and the next step.

    Args:
        url: what is read or written.
        missing: let FileNotFoundError through, for whom that is an answer.

    Raises:
        UsageError: there is no such protocol, its package is not installed, or it keeps no files.
        StorageError: the place cannot be reached, does not let us, or does not exist.
    """
    try:
        yield
    except OrgsmithError:
        raise
    except FileNotFoundError as error:
        if missing:
            raise
        raise StorageError(
            f"cannot use {url}: there is no such bucket or folder; make it, or correct the URL"
        ) from error
    except PermissionError as error:
        raise StorageError(
            f"cannot use {url}: no permission ({_said(error)}); see that the credentials in the "
            "environment may read and write there"
        ) from error
    except ImportError as error:
        raise UsageError(f"cannot use {url}: {needed_for(url)}") from error
    except NotImplementedError as error:
        raise UsageError(
            f"cannot use {url}: files cannot be kept in places of this kind; use object storage "
            "or a folder"
        ) from error
    # Every storage library has errors of its own, which share no class.
    except Exception as error:
        meaning = _MEANINGS.get(type(error).__name__)
        reason = meaning or f"it does not answer as it should ({_said(error)}){_AGAIN}"
        raise StorageError(f"cannot use {url}: {reason}") from error


def says_taken(error: OSError) -> bool:
    """Whether a store refused a conditional put because a file is there, or is just being written.

    S3 answers 412 and 409, which s3fs makes plain errors whose cause holds the answer.
    """
    answer = getattr(error.__cause__, "response", None)
    facts = answer.get("ResponseMetadata", {}) if isinstance(answer, dict) else {}
    return isinstance(error, FileExistsError) or facts.get("HTTPStatusCode") in (409, 412)


def needed_for(url: str) -> str:
    """Which command installs what a URL needs."""
    protocol = url.partition("://")[0].lower()
    if protocol in PACKAGES:
        return f"install what it needs: pip install 'orgsmith[{PACKAGES[protocol]}]'"
    if protocol in OTHER_PACKAGES:
        return f"install what it needs: pip install {OTHER_PACKAGES[protocol]}"
    return f"install the package of fsspec that knows {protocol}://"


def _said(error: BaseException) -> str:
    """What a library said, in part; its class where it said nothing."""
    return " ".join(str(error).split())[:SAID] or type(error).__name__
