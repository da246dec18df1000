"""The notebooks run from top to bottom on a machine that has never seen Jupyter, and show what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 240
PICTURE = "image/svg+xml"
# An absolute path of some machine, and what Python writes when it warns.
_TRACES = re.compile(r"/(home|Users|root|tmp|var|work|private)/|[A-Z]:\\\\|\w+Warning\b|Traceback")


def by_name(path: Path) -> str:
    return path.stem


def read(path: Path) -> Any:
    found = nbformat.read(path, as_version=4)
    nbformat.validate(found)
    return found


def outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def texts(notebook: Any) -> Iterator[str]:
    """Everything that the outputs hold as text, pictures included."""
    for output in outputs(notebook):
        yield output.get("text", "")
        yield from map(str, output.get("data", {}).values())


def pictures(notebook: Any) -> list[str]:
    return [output.data[PICTURE] for output in outputs(notebook) if PICTURE in output.get("data", {})]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kernels of this environment only, and nothing of the user's; the package is found from the repository."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.delenv("LADDER_DATA", raising=False)
        yield


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=by_name)
def executed(request: pytest.FixtureRequest, jupyter: None) -> tuple[Path, Any]:
    """A notebook's path, and the notebook as it comes out of a fresh kernel."""
    path: Path = request.param
    notebook = read(path)
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=place).execute()
    return path, notebook


def test_the_three_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS] == ["clv_cdnow", "tour", "what_if_online_retail"]


def test_a_notebook_runs_and_draws(executed: tuple[Path, Any]):
    path, notebook = executed
    assert [output for output in outputs(notebook) if output.output_type == "error"] == []
    assert [output.text for output in outputs(notebook) if output.get("name") == "stderr"] == []
    drawn = pictures(notebook)
    assert len(drawn) == len(pictures(read(path))) >= 1
    assert all(picture.startswith("<svg") and "aria-label" in picture for picture in drawn)


def test_what_if_says_in_a_sentence_that_the_file_is_absent(executed: tuple[Path, Any]):
    path, notebook = executed
    told = any("so this run uses CDNOW" in text for text in texts(notebook))
    assert told == (path.stem == "what_if_online_retail")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_stored_outputs_are_whole_and_tell_nothing_of_a_machine(path: Path):
    notebook = read(path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [found.group() for text in texts(notebook) if (found := _TRACES.search(text))] == []
    assert path.stat().st_size < 500_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_notebooks_hold_no_logic(path: Path):
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert re.findall(r"^\s*(?:def|class|for|while|try)\b.*", code, flags=re.MULTILINE) == []
    imported = re.findall(r"^(?:from|import) (ladder[\w.]*)", code, flags=re.MULTILINE)
    assert set(imported) <= {"ladder", "ladder.model.scenario", "ladder.samples", "ladder.value"}
