"""Firefox and WebKit, driven by their own remote control: the commands of WebDriver, as far as the tests need them."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""By this key an element is known in WebDriver (12.1)."""

KEYS = {
    "Enter": "\ue007",
    "Tab": "\ue004",
    "Shift": "\ue008",
    "Escape": "\ue00c",
    "Up": "\ue013",
    "Right": "\ue014",
    "Down": "\ue015",
}
PATIENCE = 90
"""Seconds until a browser that does not answer, or a page on which something never comes true, has failed."""

PREFERENCES: dict[str, bool | int | str] = {
    # Any free port.
    "marionette.port": 0,
    # Nothing but the course is asked for, and nothing is laid over it.
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "termsofuse.bypassNotification": True,
}


class Engine(ABC):
    """A browser with one window. What a script is asked is asked in the frame that was chosen last."""

    @abstractmethod
    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        """Sends a command of WebDriver, and returns what the browser answers."""

    @abstractmethod
    def choose(self, frame: Any) -> None:
        """Chooses a frame, or the page itself."""

    def console(self) -> list[str]:
        """Errors on the console that have to do with the course, where the browser tells of them."""
        return []

    def js(self, script: str, *arguments: Any) -> Any:
        return self.command("ExecuteScript", {"script": script, "args": list(arguments)})

    def element(self, selector: str) -> Any:
        return self.command("FindElement", {"using": "css selector", "value": selector})

    def visit(self, address: str) -> None:
        self.command("Navigate", {"url": address})

    def top(self) -> None:
        self.choose(None)

    def frame(self) -> None:
        self.top()
        self.choose(self.element("iframe"))

    def click(self, selector: str) -> None:
        element = self.element(selector)
        # Not behind what sticks to the top.
        self.js("arguments[0].scrollIntoView({ block: 'center' })", element)
        self.command("ElementClick", {"id": element[ELEMENT]})

    def press(self, *keys: str) -> None:
        pressed = [
            {"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")
        ]
        self.command("PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": pressed}]})

    def wait(self, expression: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.js(f"return Boolean({expression})"):
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(0.02)


class Firefox(Engine):
    """Over Marionette, which is a line of JSON each way."""

    def __init__(self, profile: Path, process: subprocess.Popen[bytes]) -> None:
        port = profile / "MarionetteActivePort"
        end = time.monotonic() + PATIENCE
        while not (port.is_file() and port.read_text()):
            assert process.poll() is None, "Firefox has ended"
            assert time.monotonic() < end, "Firefox does not start"
            time.sleep(0.05)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=PATIENCE)
        self.answers = self.socket.makefile("rb")
        self._receive()
        self._send("WebDriver:NewSession", {})

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.answers.read(1)
        return json.loads(self.answers.read(int(length[:-1])))

    def _send(self, name: str, parameters: dict[str, Any]) -> Any:
        body = json.dumps([0, 1, name, parameters])
        self.socket.sendall(f"{len(body)}:{body}".encode())
        _, _, error, result = self._receive()
        assert error is None, f"{name}: {error}"
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self._send(f"WebDriver:{name}", parameters)

    def choose(self, frame: Any) -> None:
        self.command("SwitchToFrame", {"element": frame[ELEMENT]} if frame else {"id": None})

    def console(self) -> list[str]:
        # The console also takes down what the browser's own pages do. Warnings are of the browser's own making: that its
        # protection is at work, that layout came early.
        self._send("Marionette:SetContext", {"value": "chrome"})
        told = self.js(
            """return Services.console.getMessageArray().filter((each) => each instanceof Ci.nsIScriptError
            && !(each.flags & each.warningFlag) && each.sourceName.startsWith("http"))
            .map((each) => each.errorMessage)"""
        )
        self._send("Marionette:SetContext", {"value": "content"})
        return [str(each) for each in told]


class WebKit(Engine):
    """Over WebKitWebDriver, a server that speaks WebDriver."""

    PATHS = {
        "Navigate": "/url",
        "Back": "/back",
        "ExecuteScript": "/execute/sync",
        "FindElement": "/element",
        "ElementClick": "/element/{id}/click",
        "PerformActions": "/actions",
        "SwitchToFrame": "/frame",
    }

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._send("GET", "/status")
                break
            except URLError:
                assert time.monotonic() < end, "WebKitWebDriver does not start"
                time.sleep(0.05)
        session = self._send("POST", "/session", {"capabilities": {}})
        self.address += f"/session/{session['sessionId']}"

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise AssertionError(f"{path}: {error.read().decode()}") from None

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self._send("POST", self.PATHS[name].format_map(parameters), parameters)

    def choose(self, frame: Any) -> None:
        self.command("SwitchToFrame", {"id": frame})

    def close(self) -> None:
        with suppress(AssertionError, OSError):
            self._send("DELETE", "")


def program(*names: str) -> str:
    """The path of an installed program, by the first of its names that there is.

    A snap does not count: it sees neither the profile nor the screen that the tests give it.
    """
    for name in names:
        if (path := shutil.which(name)) and b"/snap/bin/" not in Path(path).read_bytes():
            return path
    pytest.skip(f"there is no {names[0]} here; make test installs it where it may")


@contextmanager
def _running(*command: str, folder: Path, log: Path, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program with a home of its own, which ends with the test."""
    home = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), **more.pop("env", {})}
    with log.open("wb") as told:
        process = subprocess.Popen(command, env=home, stdout=told, stderr=subprocess.STDOUT, **more)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines), "utf-8")
    command = (
        program("firefox-esr", "firefox"),
        "--headless",
        "--marionette",
        "--remote-allow-system-access",
    )
    with _running(
        *command, "--no-remote", "--profile", str(folder), folder=folder, log=folder / "log"
    ) as process:
        engine = Firefox(folder, process)
        try:
            yield engine
        finally:
            engine.answers.close()
            engine.socket.close()


def free_port() -> int:
    """A port that is free, below those that the system gives to whoever asks for any."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextmanager
def webkit(folder: Path) -> Iterator[Engine]:
    port = free_port()
    reading, writing = os.pipe()
    screen = (program("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
    with _running(*screen, folder=folder, log=folder / "screen", pass_fds=[writing]):
        os.close(writing)
        with os.fdopen(reading) as told:
            display = told.readline().strip()
        command = (program("WebKitWebDriver"), f"--port={port}")
        with _running(
            *command, folder=folder, log=folder / "log", env={"DISPLAY": f":{display}", "GDK_BACKEND": "x11"}
        ):
            engine = WebKit(port)
            try:
                yield engine
            finally:
                engine.close()


def home() -> tempfile.TemporaryDirectory[str]:
    """A short path: sockets may stand in it. What a browser writes while it ends is its own affair."""
    return tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True)
