import assert from "node:assert/strict";
import { test } from "node:test";
import { findApi } from "../src/lms/scorm/find-api.js";
import { DIALECT as DIALECT12, scorm12 } from "../src/lms/scorm/scorm12.js";
import { DIALECT as DIALECT2004, scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { decode, encode } from "../src/state.js";
import { makeCourse } from "./course.js";
import "./clock.js";
import { ANSWER, NOTHING, unsealed } from "./given.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";
import { foreignWindow, nested, windowWith } from "./windows.js";

for (const [version, dialect, StandIn, connect, entry] of [
  ["1.2", DIALECT12, StandInLms12, scorm12, "cmi.core.entry"],
  ["2004", DIALECT2004, StandInLms2004, scorm2004, "cmi.entry"],
]) {
  const around = (api) => windowWith(dialect.api, api);
  const adapterIn = (window) => connect(window, makeCourse());
  const found = (window) => findApi(window, dialect)?.api ?? null;

  test(`${version}: the API is found here`, () => {
    const api = new StandIn();
    assert.equal(found(around(api)), api);
  });

  test(`${version}: the API is found 500 frames up, and the search ends`, () => {
    const api = new StandIn();
    assert.equal(found(nested(500, around(api))), api);
    assert.equal(found(nested(501, around(api))), null);
  });

  test(`${version}: the nearest API is taken`, () => {
    const near = new StandIn();
    const inner = { parent: around(new StandIn()), opener: null, [dialect.api]: near };
    assert.equal(found(inner), near);
  });

  test(`${version}: a parent of another origin is passed`, () => {
    const api = new StandIn();
    assert.equal(found({ parent: foreignWindow(around(api)), opener: null }), api);
  });

  test(`${version}: parents of another origin up to the top end the search quietly`, () => {
    const top = foreignWindow(undefined);
    assert.equal(found({ parent: foreignWindow(top), opener: null }), null);
  });

  test(`${version}: the API is found in the opener, its parents, and the openers of parents`, () => {
    const api = new StandIn();
    const alone = around(undefined);
    assert.equal(found({ ...alone, opener: around(api) }), api);
    assert.equal(found({ ...alone, opener: nested(3, around(api)) }), api);
    const popup = { opener: around(api) };
    popup.parent = popup;
    assert.equal(found(nested(2, popup)), api);
  });

  test(`${version}: an opener of another origin ends the search quietly`, () => {
    assert.equal(found({ ...around(undefined), opener: foreignWindow(undefined) }), null);
  });

  test(`${version}: something else of the API's name is no LMS`, () => {
    assert.equal(found(around({ nodeName: "DIV" })), null);
  });

  test(`${version}: no API and no frame: no LMS, at once`, async (t) => {
    const waits = t.mock.method(globalThis, "setTimeout");
    assert.equal(await adapterIn(around(undefined)).open(), null);
    assert.equal(waits.mock.callCount(), 0);
  });

  test(`${version}: in a frame an API that comes late is found`, async (t) => {
    const parent = around(undefined);
    // It is there after the first wait.
    t.mock.method(globalThis, "setTimeout", (resume) => {
      parent[dialect.api] = new StandIn();
      setImmediate(resume);
    });
    assert.equal((await adapterIn({ parent, opener: null }).open()).status, "none");
  });

  test(`${version}: a page that is left while it looks for the LMS opens nothing there`, async () => {
    const parent = around(undefined);
    const lms = new StandIn();
    const adapter = adapterIn({ parent, opener: null });
    const opening = adapter.open();
    adapter.finish(decode("1.0.."), "p1", NOTHING);
    parent[dialect.api] = lms;
    await assert.rejects(opening, { cause: "silent" });
    assert.deepEqual(lms.calls, []);
  });

  test(`${version}: in a frame the search is given up after ten seconds`, async (t) => {
    let waited = 0;
    t.mock.method(globalThis, "setTimeout", (resume, milliseconds) => {
      waited += milliseconds;
      setImmediate(resume);
    });
    assert.equal(await adapterIn({ parent: around(undefined), opener: null }).open(), null);
    assert.equal(waited, 10_000);
  });

  test(`${version}: an LMS that refuses to begin is told of as a cause, and nothing is saved or finished`, async () => {
    const lms = new StandIn({}, { refuseInitialize: true });
    const adapter = adapterIn(around(lms));
    await assert.rejects(adapter.open(), { cause: "silent" });
    await assert.rejects(adapter.save(decode("1.0.."), "p1", NOTHING), { cause: "ended" });
    adapter.finish(decode("1.0.."), "p1", NOTHING);
    assert.deepEqual(
      lms.calls.map(({ name }) => name),
      [dialect.begin, dialect.error],
    );
  });

  test(`${version}: an LMS that was told of the end takes nothing more from this launch`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    adapter.finish(decode("1.0.1.g"), "p1", NOTHING);
    await assert.rejects(adapter.open(), { cause: "relaunch" });
  });

  test(`${version}: an LMS that let us in once and does so no more has ended the session`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    lms.endSession();
    await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "ended" });
    await assert.rejects(adapter.open(), { cause: "ended" });
  });

  test(`${version}: a parent of another origin is not waited for`, async (t) => {
    const waits = t.mock.method(globalThis, "setTimeout");
    assert.equal(await adapterIn({ parent: foreignWindow(undefined), opener: null }).open(), null);
    assert.equal(waits.mock.callCount(), 0);
  });

  test(`${version}: a session that the LMS ended is told as ended, and nothing more is called`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    lms.endSession();
    await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "ended" });
    const before = lms.calls.length;
    await assert.rejects(adapter.save(decode("1.0.2.g"), "p1", NOTHING), { cause: "ended" });
    adapter.finish(decode("1.0.2.g"), "p1", NOTHING);
    assert.equal(lms.calls.length, before);
  });

  test(`${version}: leaving a session that the LMS ended throws nothing and ends with the first step`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    lms.endSession();
    adapter.finish(decode("1.0.1.g"), "p1", NOTHING);
    const names = lms.calls.map(({ name }) => name);
    assert.equal(names.includes(dialect.commit), false);
    assert.equal(names.includes(dialect.end), false);
  });

  test(`${version}: an API that throws is told as no answer, and finishing throws nothing`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    for (const name of [dialect.set, dialect.commit, dialect.end, dialect.error]) {
      lms[name] = () => {
        throw new Error("gone");
      };
    }
    await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "silent" });
    adapter.finish(decode("1.0.1.g"), "p1", NOTHING);
  });

  test(`${version}: an LMS that answers with booleans is understood`, async () => {
    const lms = new StandIn({}, { booleans: true });
    const adapter = adapterIn(around(lms));
    assert.equal((await adapter.open()).status, "none");
    assert.equal(await adapter.save(decode("1.0.1.g"), "p1", NOTHING), null);
    assert.equal(
      lms.calls.some(({ name }) => name === dialect.error),
      false,
    );
  });

  test(`${version}: an LMS that answers with nothing and tells of no error is believed`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    const original = lms[dialect.set];
    lms[dialect.set] = (...given) => {
      original.apply(lms, given);
    };
    await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
    assert.equal(unsealed(lms[dialect.get]("cmi.suspend_data")), "1.0.1.g");
  });

  test(`${version}: the last error is asked for only after a failure`, async () => {
    const options = {};
    const lms = new StandIn({}, options);
    const adapter = adapterIn(around(lms));
    await adapter.open();
    const asked = () => lms.calls.filter(({ name }) => name === dialect.error).length;
    await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
    assert.equal(asked(), 0);
    options.refuseCommit = true;
    await assert.rejects(adapter.save(decode("1.0.2.g"), "p1", NOTHING), { cause: "unkept" });
    assert.equal(asked(), 1);
  });

  test(`${version}: a browser that is killed resumes from the latest save`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
    const next = new StandIn(lms.saved);
    assert.equal(encode((await adapterIn(around(next)).open()).state), "1.0.1.g");
    assert.equal(next[dialect.get](entry), "resume");
  });

  test(`${version}: answers stay with the learner unless the course reports them`, async () => {
    const lms = new StandIn();
    const adapter = adapterIn(around(lms));
    await adapter.open();
    adapter.record(ANSWER);
    await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
    const elements = lms.calls.filter(({ name }) => name === dialect.set).map(({ given }) => given[0]);
    assert.ok(elements.includes("cmi.suspend_data"));
    assert.equal(elements.filter((element) => element.includes("interactions")).length, 0);
  });
}
