"""InsightFace model packs: an archive of several networks. The detector and the embedder are kept, and the network for
age where there is one.
"""

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.catalogue import ModelEntry, Source
from models.digests import read_json, write_json
from models.download_process import Canceled, Progress
from models.errors import FetchCanceled, FetchFailed, ModelMissing
from models.fetch import download, sha256_of

RECORD = "pack.json"
TASKS = ("detection", "recognition")
AGE = "genderage"
_DETECTOR_OUTPUTS = 5  # SCRFD gives six or more; embedders give one
_LEAST_CHIP_PX = 112
_LANDMARK_PX = 192
_AGE_PX = 96


def fetch_pack(entry: ModelEntry, source: Source, folder: Path, *, progress: Progress, canceled: Canceled) -> None:
    """Download, check and unpack. Raises FetchFailed, FetchCanceled, OSError."""
    archive = folder / f".{source.pack}.zip"
    download(source.url, archive, size_bytes=source.download_bytes, progress=progress, canceled=canceled)
    progress("extract", 0, 0)
    try:
        unpack(entry, source, archive, folder, canceled=canceled)
    finally:
        archive.unlink(missing_ok=True)


def unpack(entry: ModelEntry, source: Source, archive: Path, folder: Path, *, canceled: Canceled) -> None:
    """Take the detector and the embedder out of a pack's archive. Raises FetchFailed, FetchCanceled, OSError."""
    digest = sha256_of(archive)
    if source.sha256 and digest != source.sha256:
        raise FetchFailed(
            f"{archive.name.lstrip('.')} has another content than the catalogue names: wrong checksum.",
            action="Try again; if it stays so, the source holds another file.",
        )
    with _staging(folder) as staging:
        try:
            with zipfile.ZipFile(archive) as content:
                for info in content.infolist():
                    if info.filename.endswith(".onnx"):
                        _stop_if(canceled)
                        with content.open(info) as packed, (staging / Path(info.filename).name).open("wb") as file:
                            shutil.copyfileobj(packed, file)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise FetchFailed(f"The archive of {entry.title} is damaged.", action="Try again.") from error
        _keep(entry, staging, folder, digest)


def use_folder(entry: ModelEntry, source: Path, folder: Path, *, canceled: Canceled) -> None:
    """Take a pack from a person's folder: its archive, or its unpacked files. Raises FetchFailed, OSError."""
    origin = next(one for one in entry.sources if one.kind == "insightface")
    archive = source / f"{origin.pack}.zip"
    if archive.is_file():
        unpack(entry, origin, archive, folder, canceled=canceled)
        return
    places = [place for place in (source, source / origin.pack) if any(place.glob("*.onnx"))]
    if not places:
        raise FetchFailed(
            f"{source} holds neither {archive.name} nor .onnx files.", action="Choose the unpacked folder of the pack."
        )
    with _staging(folder) as staging:
        for path in sorted(places[0].glob("*.onnx")):
            _stop_if(canceled)
            shutil.copyfile(path, staging / path.name)
        _keep(entry, staging, folder, "")


def pack_file(folder: Path, task: str) -> Path:
    """The file for ``detection``, ``recognition`` or ``genderage`` of a fetched pack. Raises ModelMissing."""
    name = read_json(folder / RECORD).get("tasks", {}).get(task)
    if not name or not (folder / name).is_file():
        raise ModelMissing(f"{folder} holds no model for {task}.", action="Fetch the pack again.")
    return folder / str(name)


def has_task(folder: Path, task: str) -> bool:
    """Whether a fetched pack holds a model for it."""
    name = read_json(folder / RECORD).get("tasks", {}).get(task)
    return bool(name) and (folder / str(name)).is_file()


def _keep(entry: ModelEntry, staging: Path, folder: Path, archive_sha256: str) -> None:
    """Move what is used into the model's folder; the record, written last, makes it count."""
    tasks = {task: path for path in sorted(staging.glob("*.onnx")) if (task := _task_of(path))}
    absent = [task for task in TASKS if task not in tasks]
    if absent:
        raise FetchFailed(f"{entry.title}: no model for {' and '.join(absent)} in it.", action="Choose another pack.")
    files = {path.name: sha256_of(path) for path in tasks.values()}
    for path in tasks.values():
        path.replace(folder / path.name)
    record = {
        "sha256": archive_sha256 or files[tasks["recognition"].name],
        "files": files,
        "tasks": {task: path.name for task, path in tasks.items()},
    }
    write_json(folder / RECORD, record)


def _task_of(path: Path) -> str:
    """What a network of a pack is for, told by its inputs and outputs as insightface does; empty: not used here."""
    import onnx  # noqa: PLC0415  takes long to import, and is seldom needed

    from models.convert.graph import Unreadable  # noqa: PLC0415

    try:
        graph = onnx.load(str(path), load_external_data=False).graph
    except Unreadable:
        return ""
    shape = [int(one.dim_value) for one in graph.input[0].type.tensor_type.shape.dim] if graph.input else []
    weights = {one.name for one in graph.initializer}
    inputs = [one for one in graph.input if one.name not in weights]
    if len(shape) != 4 or len(inputs) != 1:
        return ""
    if len(graph.output) >= _DETECTOR_OUTPUTS:
        return "detection"
    if shape[2] == shape[3] == _AGE_PX and len(graph.output) == 1:
        return AGE
    square = shape[2] == shape[3] and shape[2] >= _LEAST_CHIP_PX and shape[2] % 16 == 0
    return "recognition" if square and shape[2] != _LANDMARK_PX and len(graph.output) == 1 else ""


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    staging = folder / f".unpacking-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _stop_if(canceled: Canceled) -> None:
    if canceled():
        raise FetchCanceled("Unpacking was stopped.")
