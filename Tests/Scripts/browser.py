#!/usr/bin/env python3
"""Opens pages in headless Chromium and fails if one is not as a report must be.

usage: browser.py [--pictures FOLDER] PAGE...
       browser.py --picture FILE WIDTH SCALE SELECTOR PAGE

Each page is opened 400 and 1400 pixels wide, light and dark, and is printed. It must ask nobody for
anything, tell the console nothing, fit the width, follow the color scheme, have no texts of a picture on top
of each other or outside of it, and show on paper what is folded on the screen. With --pictures the
screenshots and the PDF files are kept.

With --picture nothing is checked: the parts of the page that match the CSS selector, and what is between them, go
into a PNG file, from a window of that many pixels, enlarged by the scale. Parts that fold and match are unfolded.

The browser is the program named in CHROMIUM, or chromium. It is spoken to through two pipes, so nothing but
Python's own library is needed.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile

WIDTHS = [400, 1400]
SCHEMES = ["light", "dark"]
TIMEOUT_SECONDS = 60

# What is wrong with the pictures of a page. Texts may touch, but not cover each other.
INSPECTION = r"""
(() => {
  const problems = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) problems.push(`the page is ${width} pixels wide`);
  for (const box of document.querySelectorAll('main *')) {
    if (box.closest('svg') || box.closest('.scroll')) continue;
    const place = box.getBoundingClientRect();
    if (place.right > innerWidth + 1 && place.width > 0)
      problems.push(`${box.tagName} .${box.className} ends at ${place.right}`);
  }
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const picture of document.querySelectorAll('svg[role=img]')) {
    const name = picture.querySelector('title').textContent;
    const frame = picture.getBoundingClientRect();
    if (frame.width === 0) { problems.push(`${name}: not visible`); continue; }
    const texts = [...picture.querySelectorAll('text')].map(
      text => ({ text: text.textContent, place: text.getBoundingClientRect() }));
    texts.forEach((one, index) => {
      const a = one.place;
      if (a.left < frame.left - 2 || a.right > frame.right + 2 || a.top < frame.top - 2
        || a.bottom > frame.bottom + 2) problems.push(`${name}: "${one.text}" leaves the picture`);
      for (const other of texts.slice(index + 1)) {
        const b = other.place;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) problems.push(`${name}: "${one.text}" covers "${other.text}"`);
      }
    });
  }
  for (const details of document.querySelectorAll('details')) details.open = false;
  return problems.slice(0, 10);
})()
"""

# What folded content is not on paper.
PRINTED = r"""
[...document.querySelectorAll('details')].filter(
  one => one.lastElementChild && !one.lastElementChild.checkVisibility()).length
"""


class Browser:
    """One browser process and the protocol that it speaks."""

    def __init__(self, folder):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        program = os.environ.get("CHROMIUM", "chromium")
        # As descriptors 3 and 4, whatever numbers the pipes have.
        script = 'exec "$0" "$@" 3<&%d 4>&%d' % (commands, answers)
        self.process = subprocess.Popen(
            ["bash", "-c", script, program, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
             "--user-data-dir=" + folder, "about:blank"],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.rest = b""
        self.number = 0
        self.events = []
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.ask(
            "Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.ask("Emulation.setScrollbarsHidden", {"hidden": True})
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.ask(domain + ".enable")

    def receive(self):
        """The next message."""
        while b"\0" not in self.rest:
            if not select.select([self.answers], [], [], TIMEOUT_SECONDS)[0]:
                sys.exit("browser.py: the browser does not answer")
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                sys.exit("browser.py: the browser has ended")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, parameters=None):
        """The answer to a request; events before it are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"browser.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        """Opens a page; returns what happened until it was loaded."""
        self.ask("Page.navigate", {"url": "about:blank"})
        self.events = []
        self.ask("Page.navigate", {"url": url})
        while not any(one.get("method") == "Page.loadEventFired" for one in self.events):
            self.events.append(self.receive())
        self.evaluate("new Promise(done => setTimeout(done, 50))")
        return self.events

    def evaluate(self, script):
        result = self.ask(
            "Runtime.evaluate",
            {"expression": script, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in result:
            sys.exit(f"browser.py: {result['exceptionDetails']}")
        return result["result"].get("value")

    def close(self):
        os.close(self.commands)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def happened(events, url):
    """What of the events should not have happened."""
    problems = []
    for event in events:
        method, values = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            asked = values["request"]["url"]
            if asked != url and not asked.startswith("data:"):
                problems.append(f"it asks for {asked}")
        elif method == "Log.entryAdded":
            problems.append(f"log: {values['entry']['text']}")
        elif method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            problems.append(f"console: {json.dumps(values)[:300]}")
    return problems


def check(browser, page, pictures):
    url = page.resolve().as_uri()
    problems = []
    backgrounds = set()
    for width in WIDTHS:
        for scheme in SCHEMES:
            browser.ask(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
            browser.ask(
                "Emulation.setEmulatedMedia",
                {"media": "", "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            found = happened(browser.open(url), url) + browser.evaluate(INSPECTION)
            problems += [f"{width} {scheme}: {one}" for one in found]
            backgrounds.add(
                (scheme, browser.evaluate("getComputedStyle(document.body).backgroundColor")))
            if pictures:
                browser.evaluate("document.querySelectorAll('details.claim').forEach((one, i) => one.open = i < 3)")
                size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
                picture = browser.ask(
                    "Page.captureScreenshot",
                    {"captureBeyondViewport": True, "clip": {
                        "x": 0, "y": 0, "width": width, "height": min(size["height"], 12000),
                        "scale": 1}})
                (pictures / f"{page.stem}-{width}-{scheme}.png").write_bytes(
                    base64.b64decode(picture["data"]))
    if len({color for _, color in backgrounds}) != len(SCHEMES):
        problems.append(f"light and dark look the same: {sorted(backgrounds)}")
    browser.ask("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    folded = browser.evaluate(PRINTED)
    if folded:
        problems.append(f"{folded} parts stay folded on paper")
    paper = base64.b64decode(
        browser.ask("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    if not paper.startswith(b"%PDF") or len(paper) < 5000:
        problems.append(f"printing gives {len(paper)} bytes")
    if pictures:
        (pictures / f"{page.stem}.pdf").write_bytes(paper)
    return problems


# Unfolds what matches, and returns the frame around it.
FRAME = r"""
(selector => {
  const parts = [...document.querySelectorAll(selector)];
  for (const part of parts) if (part.tagName === 'DETAILS') part.open = true;
  const places = parts.map(part => part.getBoundingClientRect());
  const x = Math.min(...places.map(one => one.left)), y = Math.min(...places.map(one => one.top));
  return { x: x - 6, y: y - 6, width: Math.max(...places.map(one => one.right)) - x + 12,
    height: Math.max(...places.map(one => one.bottom)) - y + 12 };
})
"""


def take_picture(browser, file, width, scale, selector, page):
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.open(page.resolve().as_uri())
    frame = browser.evaluate(f"{FRAME.strip()}({json.dumps(selector)})")
    picture = browser.ask(
        "Page.captureScreenshot",
        {"captureBeyondViewport": True, "clip": {**frame, "scale": scale}})
    file.write_bytes(base64.b64decode(picture["data"]))


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--picture"] and len(arguments) == 6:
        file, width, scale, selector, page = arguments[1:]
        folder = tempfile.mkdtemp(prefix="perfgate-browser-")
        browser = Browser(folder)
        try:
            take_picture(
                browser, pathlib.Path(file), int(width), float(scale), selector,
                pathlib.Path(page))
        finally:
            browser.close()
            shutil.rmtree(folder, ignore_errors=True)
        return
    pictures = None
    if arguments[:1] == ["--pictures"]:
        pictures = pathlib.Path(arguments[1])
        arguments = arguments[2:]
    if not arguments:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="perfgate-browser-")
    failed = False
    browser = Browser(folder)
    try:
        for name in arguments:
            for problem in check(browser, pathlib.Path(name), pictures):
                print(f"{name}: {problem}")
                failed = True
    finally:
        browser.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()
