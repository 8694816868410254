"""What the panel can ask about LMSs: the profiles that there are, and one of the author's own."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.preview.facts import problem_dicts, profile_dict, profiles_list
from coursepack.preview.security import checked, read_json
from coursepack.profiles import Profile, ProfileError, read_profile

OWN = "own"
"""What the panel calls the author's own profile, whatever its name: that may be one of ours."""


def profile_routes(language: str) -> list[Route]:
    """The routes `/profiles.json` and `/profile` of the panel.

    The own profile is kept until the preview ends. What is wrong with it is told in `language`.
    """
    own: list[Profile] = []

    async def profiles(_: Request) -> Response:
        ours = await asyncio.to_thread(profiles_list, language)
        return JSONResponse([*(profile_dict(OWN, each, language) for each in own), *ours])

    async def profile(request: Request) -> Response:
        given = await read_json(request, text=str, file=str)
        try:
            found = await asyncio.to_thread(
                read_profile, given["text"], given["file"], is_named_by_file=False
            )
        except ProfileError as error:
            return JSONResponse({"problems": problem_dicts(error.report, language)})
        own[:] = [found]
        return JSONResponse({"profile": profile_dict(OWN, found, language)})

    return [Route("/profiles.json", profiles), Route("/profile", checked(profile), methods=["POST"])]
