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

from headrace.plan.cache import read_document, write_document
from headrace.whole_files import write_whole
from headrace_airflow.deploy.manifest import NAME, Manifest, read_manifest
from headrace_airflow.deploy.rendering import Rendered

#: Seconds after which a version that nobody has asked for is forgotten: 180 days.
KEPT = 180 * 86_400.0


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

    def restore(self, digest: str, folder: Path) -> bool:
        """Make the version's folder, whole or not at all; False if there is no such version.

        Airflow looks at a loader's time only: it gets that of its pipeline's specification.
        """
        manifest = self.manifest(digest)
        if manifest is None:
            return False
        with suppress(OSError):
            os.utime(self._version(digest) / NAME)
        part = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
        try:
            for path, known in manifest.files.items():
                (part / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._object(known), part / path)
            if manifest.per_file == 1:
                for built in manifest.pipelines.values():
                    made = self._object(manifest.files[built.spec]).stat().st_mtime
                    os.utime(part / built.loader, (made, made))
            shutil.copyfile(self._version(digest) / NAME, part / NAME)
            part.rename(folder)
        except FileNotFoundError:
            return False
        except OSError:
            if not folder.is_dir():  # else another process was first, and made the same
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return True

    def _forget_old(self) -> None:
        """Remove versions that nobody has asked for in a long time, and the files that only they had."""
        limit, kept = time.time() - KEPT, set()
        for version in (self.folder / "versions").iterdir():
            file = version / NAME
            if file.is_file() and file.stat().st_mtime < limit and version.name != self.newest:
                shutil.rmtree(version, ignore_errors=True)
            elif manifest := read_manifest(version):
                kept |= set(manifest.files.values())
        for path in (self.folder / "files").iterdir():
            if path.name not in kept and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)

    def _object(self, digest: str) -> Path:
        return self.folder / "files" / digest

    def _version(self, digest: str) -> Path:
        return self.folder / "versions" / digest


def _write_once(path: Path, content: bytes) -> None:
    if not (path.is_file() and path.stat().st_size == len(content)):
        write_whole(path, content)
