# SPDX-License-Identifier: Apache-2.0
"""A Chromium of its own for the tests of the page, by WebDriver (chromedriver on loopback) and, through
it, by the DevTools protocol. It asks for nothing outside: what it asks for is in its log."""
import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
         "--no-default-browser-check", "--hide-scrollbars", "--lang=en",
         "--disable-features=Translate,OptimizationHints,MediaRouter"]
WAIT = 60  # s, for what must come; far more than it takes
CONTROL, SHIFT, TAB, ENTER, RIGHT, SPACE = "\ue009", "\ue008", "\ue004", "\ue007", "\ue014", " "


def find():
    """The browser and its driver; None where one of them is not there."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") \
        or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Refused(Exception):
    pass


class Browser:
    def __init__(self, width=1400, height=1000):
        browser, driver = find()
        self.folder = tempfile.mkdtemp(prefix="ctpolicy-browser-")
        environ = dict(os.environ, HOME=self.folder, TMPDIR=self.folder)
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environ)
        self.port = None
        while not self.port:
            line = self.process.stdout.readline().decode()
            if not line:
                raise RuntimeError("chromedriver does not start")
            got = re.search(r"on port (\d+)", line) if "successfully" in line else None
            self.port = int(got[1]) if got else None
        options = {"binary": browser, "args": FLAGS + [
            f"--user-data-dir={self.folder}/profile", f"--window-size={width},{height}"]}
        self.session = ""
        try:
            self.session = "/session/" + self.ask("POST", "/session", {
                "capabilities": {"alwaysMatch": {
                    "goog:chromeOptions": options,
                    "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})["sessionId"]
        except Exception:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            if self.session:
                self.ask("DELETE", "")
        except (OSError, Refused):
            pass
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        text = json.dumps(body if body is not None else {}) if method == "POST" else None
        connection.request(method, (self.session if path != "/session" else "") + path, text,
                           {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise Refused(f"{value['error']}: {value['message'][:300]}")
        return value

    def go(self, address):
        self.ask("POST", "/url", {"url": address})

    def run(self, script, *args):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script, *args):
        return self.ask("POST", "/execute/async", {"script": script, "args": list(args)})

    def protocol(self, command, **params):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def size(self, width, height=900):
        self.protocol("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=width < 600)

    def media(self, scheme, motion="no-preference"):
        self.protocol("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def element(self, selector):
        return self.ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.ask("POST", f"/element/{self.element(selector)}/click")

    def type_into(self, selector, text):
        self.ask("POST", f"/element/{self.element(selector)}/value", {"text": text})

    def keys(self, *keys):
        """Pressed one after another; (a, b): b while a is held."""
        actions = []
        for key in keys:
            held = key if isinstance(key, tuple) else (key,)
            actions += [{"type": "keyDown", "value": one} for one in held]
            actions += [{"type": "keyUp", "value": one} for one in reversed(held)]
        self.ask("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})

    def until(self, script, *args, seconds=WAIT):
        """Whether the script comes to say true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run("return " + script, *args):
                return True
            time.sleep(0.01)
        return False

    def source(self, *words, seconds=WAIT):
        """Of the page; once it has these words, however long a page takes to come."""
        end = time.monotonic() + seconds
        while True:
            source = self.ask("GET", "/source")
            if all(word in source for word in words) or time.monotonic() > end:
                return source
            time.sleep(0.01)

    def shot(self, path):
        data = self.protocol("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data["data"]))

    def messages(self):
        """What the browser said since it was asked last: errors, warnings, violations."""
        return [entry["message"] for entry in self.ask("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that it asked for since it was asked last, with what was sent."""
        out = []
        for entry in self.ask("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                request = message["params"]["request"]
                out.append((request["method"], request["url"], request.get("postData", "")))
        return out
