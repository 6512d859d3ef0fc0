"""Every version of a project's DAGs that a bundle has published: files by their content, versions by their digest.

Airflow cleans the folders of versions away that nobody has used for a while; a run that goes on with one later finds it
here again, on any machine that sees the project's state.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from headrace.errors import ServiceError
from headrace.plan.cache import read_document, write_document
from headrace.whole_files import write_whole
from headrace_airflow.deploy.folder import hash_of
from headrace_airflow.deploy.manifest import NAME, Manifest, read_manifest
from headrace_airflow.deploy.rendering import Rendered

_DAY = 86_400.0
#: Seconds after which a version that nobody has asked for is forgotten: 180 days.
KEPT = 180 * _DAY


class DamagedVersionError(ServiceError):
    """A file of a version is not as it was published, and nowhere else either."""


class Archive:
    """The versions in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def newest(self) -> str | None:
        """Digest of the version that was published last; None before the first."""
        document = read_document(self.folder / "newest.json")
        return str(document["digest"]) if document else None

    def publish(self, rendered: Rendered) -> str:
        """Keep a version, its files first, and make it the newest; its digest."""
        digest = rendered.manifest.digest
        for content in rendered.files.values():
            _write_once(self._object(sha256(content).hexdigest()), content)
        _write_once(self._version(digest) / NAME, rendered.manifest.to_bytes())
        if self.newest != digest:
            write_document(self.folder / "newest.json", {"digest": digest})
            self._forget_old()
        return digest

    def manifest(self, digest: str) -> Manifest | None:
        """What a version holds; None for one that was never published, or is forgotten."""
        return read_manifest(self._version(digest))

    def restore(self, digest: str, folder: Path, beside: Path | None = None) -> bool:
        """Make the version's folder, whole or not at all; False if there is no such version.

        `beside`: the folder of another version on the same disk; what both have, they share. A file that is damaged in
        the archive is mended from other versions' folders; DamagedVersionError where none has it. Airflow looks at a
        loader's time only: it gets that of its first publication.
        """
        manifest = self.manifest(digest)
        if manifest is None:
            return False
        with suppress(OSError):
            os.utime(self._version(digest) / NAME)
        other = read_manifest(beside) if beside else None
        shared = other.files if other else {}
        part = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
        try:
            for path, known in manifest.files.items():
                (part / path).parent.mkdir(parents=True, exist_ok=True)
                if not (beside and shared.get(path) == known and _linked(beside / path, part / path, known)):
                    self._copy(digest, path, known, part / path, folder.parent)
            shutil.copyfile(self._version(digest) / NAME, part / NAME)
            part.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, and made the same
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return True

    def _copy(self, digest: str, path: str, known: str, target: Path, others: Path) -> None:
        """A file of a version, as it was published."""
        source = self._object(known)
        if hash_of(source) != known:
            whole = next((each / path for each in others.iterdir() if hash_of(each / path) == known), None)
            if whole is None:
                raise self._damaged(digest, path, source)
            write_whole(source, whole.read_bytes())
        shutil.copyfile(source, target)
        made = source.stat().st_mtime
        os.utime(target, (made, made))

    def _damaged(self, digest: str, path: str, source: Path) -> DamagedVersionError:
        """What is wrong with the file. It is put away, and its version published anew if that is the newest."""
        source.unlink(missing_ok=True)
        remedy = f"put {source} back from a backup, or clear the runs of that version: they begin again with the newest"
        if self.newest == digest:
            (self.folder / "newest.json").unlink(missing_ok=True)
            remedy = "it is published again when Airflow next refreshes the bundle"
        return DamagedVersionError(f"{path} of version {digest[:12]} was damaged or missing: {source}", remedy=remedy)

    def _forget_old(self) -> None:
        """Once a day, remove versions that nobody has asked for in a long time, and the files that only they had."""
        now, mark = time.time(), self.folder / "cleaned"
        if 0 <= now - _modified(mark, 0.0) < _DAY:
            return
        mark.touch()
        limit, newest = now - KEPT, self.newest
        versions = list((self.folder / "versions").iterdir())
        old = [each for each in versions if each.name != newest and _modified(each / NAME, now) < limit]
        for version in old:
            shutil.rmtree(version, ignore_errors=True)
        if old:
            self._forget_files(limit)

    def _forget_files(self, limit: float) -> None:
        """Remove the old files that no version has any more."""
        manifests = [read_manifest(version) for version in (self.folder / "versions").iterdir()]
        kept = {known for manifest in manifests if manifest for known in manifest.files.values()}
        for path in (self.folder / "files").iterdir():
            if path.name not in kept and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)

    def _object(self, digest: str) -> Path:
        return self.folder / "files" / digest

    def _version(self, digest: str) -> Path:
        return self.folder / "versions" / digest


def _write_once(path: Path, content: bytes) -> None:
    with suppress(OSError):
        if path.read_bytes() == content:
            return
    write_whole(path, content)


def _linked(source: Path, target: Path, known: str) -> bool:
    """Make the one file the other too, if it is as it was published; False where that cannot be."""
    if hash_of(source) != known:
        return False
    with suppress(OSError):  # another disk, or one without links
        os.link(source, target)
        return True
    return False


def _modified(path: Path, otherwise: float) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return otherwise
