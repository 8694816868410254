"""What the panel can ask about the sources of a course: to open one, to see its lines, to change a text in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.preview.editing import Editor
from coursepack.preview.editors import open_in_editor, source_lines
from coursepack.preview.files import path_in
from coursepack.preview.marks import Marks
from coursepack.preview.security import BadRequestError, checked, read_json

_MOST_LINES = 10_000_000


def source_routes(folder: Path, marks: Marks, language: str) -> list[Route]:
    """The routes `/open`, `/source`, `/edit`, `/fix` and `/undo` of a course's panel. Refusals are in `language`."""
    editor = Editor(folder, marks, language)

    async def opened(request: Request) -> Response:
        given = await read_json(request, file=str, line=int)
        path = path_in(folder, given["file"])
        if path is None or not path.is_file():
            raise BadRequestError("There is no such file in the course.")
        line = min(max(given["line"], 1), _MOST_LINES)
        return JSONResponse({"editor": await asyncio.to_thread(open_in_editor, path, line)})

    async def source(request: Request) -> Response:
        file, line = (request.query_params.get(name, "") for name in ("file", "line"))
        if not line.isascii() or not line.isdecimal() or int(line[:9]) < 1:
            raise BadRequestError("line is a number from 1.")
        lines = await asyncio.to_thread(source_lines, folder, file, min(int(line[:9]), _MOST_LINES))
        if lines is None:
            return JSONResponse({"error": "There is no such text in the course."}, 404)
        return JSONResponse(lines)

    async def edited(request: Request) -> Response:
        given = await read_json(request, mark=str, old=str, text=str)
        return JSONResponse(await asyncio.to_thread(editor.edit, given["mark"], given["old"], given["text"]))

    async def fixed(request: Request) -> Response:
        given = await read_json(request, file=str, line=int, column=int, old=str, text=str)
        if path_in(folder, given["file"]) is None or given["line"] < 1 or given["column"] < 1:
            raise BadRequestError("There is no such place in the course.")
        place = (given["file"], given["line"], given["column"])
        return JSONResponse(await asyncio.to_thread(editor.correct, *place, given["old"], given["text"]))

    async def undone(request: Request) -> Response:
        given = await read_json(request, undo=str)
        return JSONResponse(await asyncio.to_thread(editor.undo, given["undo"]))

    return [
        Route("/open", checked(opened), methods=["POST"]),
        Route("/source", checked(source)),
        Route("/edit", checked(edited), methods=["POST"]),
        Route("/fix", checked(fixed), methods=["POST"]),
        Route("/undo", checked(undone), methods=["POST"]),
    ]
