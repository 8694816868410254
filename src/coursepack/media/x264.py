"""How x264 is asked to encode, so that the same pictures become the same bytes everywhere."""

from __future__ import annotations

from functools import cache

THREADS = 4
"""Threads of decoders, and of the encoder where its rate has no limit. The bytes may depend on it, so it is the same on
every machine."""

_CAPABILITIES = "using cpu capabilities: "
_UNSOUND = "AVX512"
_BLOCK, _AT_ONCE = 16, 16
"""Pixels of a block, and blocks that AVX-512 takes at once."""


def preset(width: int) -> dict[str, str]:
    """Options of every encoder, for pictures of this width in pixels."""
    # It is faster by a tenth, and gives the same bytes where no row has blocks left over.
    is_sound = -(-width // _BLOCK) % _AT_ONCE == 0
    return {"profile": "high", "preset": "medium", **({} if is_sound else _without_unsound())}


@cache
def _without_unsound() -> dict[str, str]:
    """The option that keeps x264 from AVX-512; none where it would not use that.

    With it, x264 (core 165) reads beyond the blocks of a row when it decides how bits are shared among them, so that
    what was in its memory before changes the result. It has no option to leave something out, so it is told all else
    that it would use, which it logs when an encoder is opened.
    """
    from fractions import Fraction

    import av

    level = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as logged:
            encoder = av.CodecContext.create("libx264", "w")
            encoder.width = encoder.height = 16
            encoder.pix_fmt = "yuv420p"
            encoder.time_base = Fraction(1, 25)
            encoder.thread_count = 1
            encoder.open()
    finally:
        av.logging.set_level(level)
    texts = (text for _, name, text in logged if name == "libx264" and text.startswith(_CAPABILITIES))
    found = next(texts, "").removeprefix(_CAPABILITIES).split()
    if _UNSOUND not in found:
        return {}
    return {"x264-params": f"asm={','.join(each for each in found if each != _UNSOUND)}"}
