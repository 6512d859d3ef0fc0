"""Saves a fitted pipeline with skops: equal models have equal bytes, and nothing but known types is inside.

Skops names array files and marks shared objects by memory address, and stamps the time on each file. Here addresses
become small numbers in the order in which they are met, files are named by their content, and times are fixed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import skops.io
from sklearn.pipeline import Pipeline

from headrace.errors import ModelError
from headrace.models.estimators import ROOTS

_SCHEMA = "schema.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Values, of which it does not matter whether two are one object; an interpreter shares them as it likes.
_VALUES = {"JsonNode", "TypeNode", "FunctionNode", "TupleNode", "DTypeNode", "BytesNode", "SliceNode"}
#: What boosting with categories holds besides classes. Skops asks for the trust in a partial's function by itself.
_HARMLESS = {"functools.partial", "sklearn.utils.validation.check_array"}


def save_model(model: Pipeline, path: Path, packages: Iterable[str] = ()) -> tuple[str, ...]:
    """Write the model to `path`; returns the types that a reader must trust besides those that skops always does.

    Raises ModelError if there is something in it that is not a class or ufunc of scikit-learn, XGBoost, NumPy, SciPy
    or `packages`.
    """
    try:
        content = canonical(skops.io.dumps(model))
    except (TypeError, ValueError, AttributeError) as error:  # UnsupportedTypeException is a TypeError
        message = f"{type(model.steps[-1][1]).__name__} cannot be saved: {error}"
        raise ModelError(message, remedy="choose another estimator", key="model.type") from error
    types = skops.io.get_untrusted_types(data=content)
    _check_types(types, (*ROOTS, "numpy", "scipy", *packages))
    path.write_bytes(content)
    return tuple(types)


def canonical(saved: bytes) -> bytes:
    """The same skops file, with everything left out that differs between two saves of equal models."""
    with ZipFile(io.BytesIO(saved)) as source:
        schema = json.loads(source.read(_SCHEMA))
        files = _Files(source)
        schema = _canonical_node(schema, files, {})
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as target:
        for name, content in files.contents.items():
            target.writestr(_entry(name), content)
        target.writestr(_entry(_SCHEMA), json.dumps(schema, separators=(",", ":")))
    return buffer.getvalue()


class _Files:
    """Members of the archive, by a name made of their content."""

    def __init__(self, source: ZipFile) -> None:
        self._source = source
        self._names: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def rename(self, name: str) -> str:
        """The name that stands for this member's content."""
        if name not in self._names:
            content = _without_padding(self._source.read(name)) if name.endswith(".npy") else self._source.read(name)
            self._names[name] = f"{sha256(content).hexdigest()[:32]}{Path(name).suffix}"
            self.contents[self._names[name]] = content
        return self._names[name]


def _without_padding(saved: bytes) -> bytes:
    """The same array file, with the bytes between a record's fields zeroed: trees leave them as memory was."""
    if b"'descr': [" not in saved[:64]:
        return saved
    array = np.load(io.BytesIO(saved), allow_pickle=False)
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def _canonical_node(value: Any, files: _Files, numbers: dict[int, int]) -> Any:
    if isinstance(value, list):
        return [_canonical_node(item, files, numbers) for item in value]
    if not isinstance(value, dict):
        return value
    is_node = isinstance(value.get("__loader__"), str)
    node: dict[str, Any] = {}
    for key, item in value.items():
        if is_node and key == "__id__":
            if not _is_value(value):
                node[key] = numbers.setdefault(item, len(numbers) + 1)
        elif is_node and key == "file":
            node[key] = files.rename(item)
        else:
            node[key] = _canonical_node(item, files, numbers)
    if is_node and value["__loader__"] == "SetNode":
        node["content"].sort(key=json.dumps)  # the order of a set of texts differs between processes
    return node


def _is_value(node: dict[str, Any]) -> bool:
    is_scalar = node["__loader__"] == "NdArrayNode" and node["__class__"] != "ndarray"
    return is_scalar or node["__loader__"] in _VALUES


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _check_types(types: Iterable[str], roots: tuple[str, ...]) -> None:
    foreign = [
        name for name in types if name not in _HARMLESS and (name.partition(".")[0] not in roots or not _is_type(name))
    ]
    if foreign:
        raise ModelError(
            f"the model holds {', '.join(foreign)}, which a reader has no reason to trust",
            remedy="choose an estimator of scikit-learn or XGBoost, or opt its package in under model_packages",
            key="model.type",
        )


def _is_type(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return isinstance(getattr(import_module(module), attribute, None), type | np.ufunc)
