"""The documentation page: everything in the document is on it, and nothing on it comes from elsewhere."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel, Field

from app.server.docs_html import page_of
from tests.server.asking import running


class Part(BaseModel):
    """A part with `code` in its words."""

    size_px: int = Field(default=3, ge=1, le=9, description="How <b>large</b>.")
    kind: str | None = Field(default=None, max_length=40)


def test_that_every_operation_is_on_the_page_of_the_server(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        document = server.get("/screenalytics/openapi.json").json
        for path, base in (("/docs", ""), ("/screenalytics/docs", "/screenalytics")):
            answer = server.get(path)
            page = answer.body.decode()
            assert answer.headers["content-type"].startswith("text/html")
            assert f'href="{base}/openapi.json"' in page
            for name, methods in document["paths"].items():
                assert page.count(f"<code>{name}</code>") >= len(methods)
            assert 'id="search"' in page
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert "@import" not in page
    assert "url(" not in page


@pytest.fixture
def small() -> FastAPI:
    app = FastAPI(title="Small <script>", version="1", description="First.\n\nSecond `code`.")

    @app.post("/parts/{part_id}", tags=["Parts"])
    def add(part_id: str, part: Part, limit: int = Query(5, ge=1, description="How many.")) -> Part:
        """Add a part."""
        return part

    return app


def test_that_types_bounds_and_words_are_shown_and_never_become_markup(small: FastAPI) -> None:
    page = page_of(small.openapi(), "/small")
    assert "Small &lt;script&gt;" in page
    assert "How &lt;b&gt;large&lt;/b&gt;." in page
    assert "<p>Second <code>code</code>.</p>" in page
    for bound in ("≥ 1", "≤ 9", "default 3", "at most 40 letters"):
        assert bound in page
    assert "string or null" in page
    assert '<a href="#schema-Part">Part</a>' in page
    assert 'id="schema-Part"' in page
