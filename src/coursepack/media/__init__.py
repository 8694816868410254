"""Converts films and sounds to what every browser plays, with the extra `media`.

Only `worker` and what it calls load FFmpeg, in a process of its own: a damaged or hostile file may end that process,
which costs an error.
"""
