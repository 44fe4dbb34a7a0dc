"""Random streams that depend on what is drawn, never on when: the root of determinism."""

import hashlib

import numpy as np

BLOCK_ACCOUNTS = 2000
"""Accounts in a block. A constant: another value gives another organisation."""


def stream(seed: int, node: str, block: int, purpose: str, attempt: int = 0) -> np.random.Generator:
    """The generator for one purpose within one block of one object or latent variable.

    Philox is counter-based: streams with different keys are independent (Salmon et al., "Parallel
    random numbers: as easy as 1, 2, 3", SC 2011).
    """
    name = f"{seed}/{node}/{block}/{purpose}/{attempt}".encode()
    key = np.frombuffer(hashlib.blake2b(name, digest_size=16).digest(), dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key))
