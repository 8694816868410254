import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING, progressRecord, read, write } from "../src/lms/device/progress-record.js";
import { client, retryAfter, sha1 } from "../src/lms/lrs/client.js";
import { stateResource } from "../src/lms/lrs/state-resource.js";
import { decode, EMPTY, encode, has, visit } from "../src/state.js";
import { makeCourse } from "./course.js";
import { ACTOR, AUTH, ENDPOINT, makeLrs, openWindow, REGISTRATION, ROOT, settled } from "./lrs-fake.js";

const course = makeCourse();
const AGENT = JSON.stringify(ACTOR);
const PLACE = { activityId: ROOT, agent: AGENT, registration: REGISTRATION };
const NOW = Date.parse("2026-11-25T00:00:00Z");
const pages = (...slots) => slots.reduce((state, slot) => visit(state, { slot }), EMPTY);

function connect(lrs, endpoint = ENDPOINT, auth = AUTH) {
  return client(openWindow({ lrs }), endpoint, auth, () => NOW);
}

/** Answers whatever is asked in one way. */
function always(fault, options) {
  const lrs = makeLrs(options);
  lrs.fault = () => fault;
  return lrs;
}

for (const [endpoint, to] of [
  ["https://lrs.example.org/xapi/", "https://lrs.example.org/xapi/about"],
  ["https://lrs.example.org/xapi", "https://lrs.example.org/xapi/about"],
  ["https://lrs.example.org/xapi?tenant=a%26b", "https://lrs.example.org/xapi/about?tenant=a%26b"],
  ["https://lrs.example.org/xapi/?tenant=7#top", "https://lrs.example.org/xapi/about?tenant=7"],
]) {
  test(`an endpoint ${endpoint} is asked at ${to}`, async () => {
    const lrs = makeLrs();
    await connect(lrs, endpoint).ask("GET", "about");
    assert.equal(String(lrs.calls[0].url), to);
  });
}

test("parameters are encoded once, behind those of the endpoint, and left out when they are unknown", async () => {
  const lrs = always(204);
  await connect(lrs, `${ENDPOINT}?tenant=1`).ask("GET", "activities/state", { ...PLACE, registration: undefined });
  const { search } = lrs.calls[0].url;
  assert.equal(search, `?tenant=1&activityId=${encodeURIComponent(ROOT)}&agent=${encodeURIComponent(AGENT)}`);
});

test("every request says the version and who asks, and what has a body says what it is", async () => {
  const lrs = always(204);
  const ask = connect(lrs).ask;
  await ask("GET", "about");
  await ask("PUT", "activities/state", PLACE, { body: "{}" });
  assert.deepEqual(lrs.calls[0].headers, { "X-Experience-API-Version": "1.0.3", Authorization: AUTH });
  assert.equal(lrs.calls[1].headers["Content-Type"], "application/json");
});

test("without credentials there is no header for them", async () => {
  const lrs = always(204);
  await client(openWindow({ lrs }), ENDPOINT, undefined, Date.now).ask("GET", "about");
  assert.equal("Authorization" in lrs.calls[0].headers, false);
});

test("an LRS that speaks no 1.0 is spoken to in 2.0.0, from the request on that it refused", async () => {
  const lrs = makeLrs({ versions: ["2.0.0"] });
  const asked = connect(lrs);
  asked.negotiate();
  await assert.rejects(asked.ask("GET", "activities/state", { ...PLACE, stateId: "resume" }), { status: 404 });
  assert.deepEqual(
    lrs.calls.map(({ resource, headers, status }) => [resource, headers["X-Experience-API-Version"], status]),
    [
      ["about", "1.0.3", 200],
      ["activities/state", "1.0.3", 400],
      ["activities/state", "2.0.0", 404],
    ],
  );
  await assert.rejects(asked.ask("GET", "agents/profile", { agent: AGENT, profileId: "x" }), { status: 404 });
  assert.equal(lrs.calls[3].headers["X-Experience-API-Version"], "2.0.0");
});

for (const [what, options, about] of [
  ["speaks both", { versions: ["1.0.3", "2.0.0"] }, null],
  ["has no about", { hasAbout: false }, null],
  ["answers about with a page", {}, "page"],
  ["answers about with garbage", {}, new Response("[[")],
  ["answers about with null", {}, new Response("null")],
]) {
  test(`an LRS that ${what} is spoken to in 1.0.3`, async () => {
    const lrs = makeLrs(options);
    lrs.fault = ({ resource }) => (resource === "about" ? about : null);
    const asked = connect(lrs);
    asked.negotiate();
    await settled();
    await assert.rejects(asked.ask("GET", "activities/state", { ...PLACE, stateId: "resume" }), { status: 404 });
    assert.equal(lrs.calls[1].headers["X-Experience-API-Version"], "1.0.3");
  });
}

test("a reply without the version's header is a reply", async () => {
  const lrs = always(new Response('{"format":1}', { status: 200 }));
  assert.equal((await connect(lrs).ask("GET", "activities/state", PLACE)).text, '{"format":1}');
});

for (const [status, cause] of [
  [400, "silent"],
  [401, "relaunch"],
  [403, "silent"],
  [412, "silent"],
  [500, "silent"],
  [503, "silent"],
]) {
  test(`${status} is told as ${cause}, with the status`, async () => {
    await assert.rejects(connect(always(status)).ask("GET", "about"), { cause, status, after: undefined });
  });
}

test("a page in place of an answer is no answer", async () => {
  await assert.rejects(connect(always("page")).ask("PUT", "activities/state", PLACE, { body: "{}" }), {
    cause: "silent",
  });
});

test("no answer within 20 seconds is no answer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = connect(always("hang")).ask("GET", "about");
  let isOver = false;
  asked.catch(() => {
    isOver = true;
  });
  await settled();
  t.mock.timers.tick(19999);
  await settled();
  assert.equal(isOver, false);
  t.mock.timers.tick(1);
  await assert.rejects(asked, { cause: "silent", isCutOff: false });
});

test("neither the address nor the credentials are in an error", async () => {
  for (const fault of ["cut", 500, "page", 401]) {
    const error = await connect(always(fault))
      .ask("GET", "activities/state", PLACE)
      .catch((each) => each);
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`;
    for (const secret of [AUTH, AUTH.slice(6), "lms.example.org", "lrs.example.org", REGISTRATION]) {
      assert.ok(!told.includes(secret), `${fault}: ${secret}`);
    }
  }
});

test("Retry-After is a number of seconds or a date, and an hour at most", () => {
  assert.equal(retryAfter("120", NOW), 120);
  assert.equal(retryAfter("Wed, 25 Nov 2026 00:00:30 GMT", NOW), 30);
  assert.equal(retryAfter("Tue, 24 Nov 2026 00:00:00 GMT", NOW), 0);
  assert.equal(retryAfter("soon", NOW), undefined);
  assert.equal(retryAfter("", NOW), undefined);
  assert.equal(retryAfter(null, NOW), undefined);
  assert.equal(retryAfter("99999999", NOW), 3600);
});

for (const status of [429, 503]) {
  test(`${status} hands on Retry-After`, async () => {
    const busy = new Response("busy", { status, headers: { "Retry-After": "17" } });
    await assert.rejects(connect(always(busy)).ask("GET", "about"), { cause: "silent", status, after: 17 });
  });
}

// The document

/** One window's view of the document, as the adapter uses it. */
function device(lrs, { crypto } = {}) {
  const window = openWindow({ lrs });
  if (crypto) window.crypto = crypto;
  const book = progressRecord(course, () => NOW);
  const kept = stateResource(client(window, ENDPOINT, AUTH, Date.now), PLACE, (text) => sha1(window, text), course);
  const text = () => write(book.current(), course);
  return {
    window,
    book,
    text,
    kept,
    note: (state) => book.note(state, "p1-a", 0),
    open: () => kept.read((theirs) => book.take(theirs)),
    save: () => kept.sync(text, (theirs) => book.take(theirs)),
  };
}

const puts = (lrs) => lrs.calls.filter(({ method }) => method === "PUT");
const conditions = (lrs) => puts(lrs).map(({ headers }) => headers["If-Match"] || headers["If-None-Match"] || null);
const held = (lrs) => read(lrs.documents.get(lrs.docKey())?.text || "", course)?.state;

test("SHA-1 is of the UTF-8 form, and unknown where the context is insecure", async () => {
  assert.equal(await sha1(openWindow({ lrs: null }), "åäö"), "d127d3833921b504f8d78de20a6063256a29c92f");
  assert.equal(await sha1(openWindow({ lrs: null }), "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.equal(await sha1({ crypto: {} }, "abc"), null);
});

test("the first document is written only where there is none, and the next one over the one that was written", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  await one.save();
  const { tag } = lrs.documents.get(lrs.docKey());
  one.note(pages(1, 2));
  await one.save();
  assert.deepEqual(conditions(lrs), ["*", tag]);
  assert.ok(has(held(lrs), 2));
});

test("what is there already is not written again", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  await one.save();
  one.note(pages(1, 2));
  await one.save();
  const { length } = lrs.calls;
  await one.save();
  assert.equal(lrs.calls.length, length);
});

for (const [what, options] of [
  ["shows ETags that are hashes", {}],
  ["shows ETags of its own kind", { hashes: false }],
  ["shows them in replies to PUT", { hashes: false, tagsPuts: true }],
  ["hides ETags that are hashes", { hidesHeaders: true }],
  ["hides ETags of its own kind", { hidesHeaders: true, hashes: false }],
  ["refuses conditions", { refusesConditions: true }],
  ["refuses conditions and hides ETags", { refusesConditions: true, hidesHeaders: true }],
  ["answers 200 to PUT", { ok: 200 }],
]) {
  test(`two devices destroy nothing of each other's on an LRS that ${what}`, async () => {
    const lrs = makeLrs(options);
    const [one, other] = [device(lrs), device(lrs)];
    await one.open();
    await other.open();
    one.note(pages(1));
    await one.save();
    other.note(pages(2));
    await other.save();
    one.note(pages(1, 3));
    await one.save();
    one.note(pages(1, 3, 4));
    await one.save();
    other.note(pages(2, 5));
    await other.save();
    for (const slot of [1, 2, 3, 4, 5]) assert.ok(has(held(lrs), slot), `slot ${slot}`);
    assert.ok(has(other.book.more(pages(2, 5)), 3), "and learn of each other's");
  });

  test(`two devices at the same moment destroy nothing on an LRS that ${what}`, async () => {
    const lrs = makeLrs(options);
    // Without conditions there is a moment between looking and writing, and nobody can close it.
    const isSafe = !options.refusesConditions && !(options.hidesHeaders && options.hashes === false);
    const [one, other] = [device(lrs), device(lrs)];
    await Promise.all([one.open(), other.open()]);
    for (let round = 0; round < 5; round += 1) {
      one.note(pages(1 + round));
      other.note(pages(20 + round));
      await Promise.all([one.save(), other.save()]);
    }
    await one.save();
    await other.save();
    if (isSafe)
      for (let round = 0; round < 5; round += 1) assert.ok(has(held(lrs), 1 + round) && has(held(lrs), 20 + round));
    else assert.ok(has(held(lrs), 24) || has(held(lrs), 5));
  });
}

test("an LRS whose ETags are weak is met with what it compares", async () => {
  const lrs = makeLrs();
  lrs.put(write({ ...NOTHING, state: pages(1) }, course));
  lrs.fault = ({ method }) => {
    if (method !== "GET") return null;
    const { text, tag } = lrs.documents.get(lrs.docKey());
    return new Response(text, { headers: { ETag: `W/${tag}` } });
  };
  const one = device(lrs);
  await one.open();
  one.note(pages(1, 2));
  await one.save();
  assert.deepEqual(
    puts(lrs).map(({ status }) => status),
    [204],
  );
});

test("an ETag that somebody in between has changed is found out to be wrong", async () => {
  const lrs = makeLrs();
  lrs.put(write({ ...NOTHING, state: pages(1) }, course));
  lrs.fault = ({ method }) => {
    if (method !== "GET") return null;
    const { text, tag } = lrs.documents.get(lrs.docKey());
    return new Response(text, { headers: { ETag: tag.replace(/"$/, '-gzip"') } });
  };
  const one = device(lrs);
  await one.open();
  one.note(pages(1, 2));
  await one.save();
  assert.ok(has(held(lrs), 2));
  one.note(pages(1, 2, 3));
  await one.save();
  assert.ok(has(held(lrs), 3));
});

test("without crypto and without ETags every write looks first", async () => {
  const lrs = makeLrs({ hidesHeaders: true });
  lrs.put(write({ ...NOTHING, state: pages(1) }, course));
  const one = device(lrs, { crypto: {} });
  await one.open();
  lrs.put(write({ ...NOTHING, state: pages(1, 9) }, course));
  one.note(pages(1, 2));
  await one.save();
  assert.deepEqual([has(held(lrs), 9), has(held(lrs), 2), conditions(lrs)], [true, true, [null]]);
});

test("others that are always first end the attempt after five rounds of merging", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  let slot = 20;
  lrs.fault = ({ method }) => {
    if (method === "PUT") {
      slot += 1;
      lrs.put(write({ ...NOTHING, state: pages(slot) }, course));
    }
    return null;
  };
  one.note(pages(1));
  await assert.rejects(one.save(), { cause: "silent" });
  assert.equal(puts(lrs).length, 6);
});

test("a document whose reply was lost is not written twice", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  let isLost = true;
  lrs.fault = ({ method }) => {
    const lost = method === "PUT" && isLost;
    if (lost) isLost = false;
    return lost ? "lost" : null;
  };
  one.note(pages(1));
  await one.save();
  assert.equal(puts(lrs).length, 1);
});

test("where the line is away nothing is written without a condition", async () => {
  const lrs = makeLrs();
  lrs.put(write({ ...NOTHING, state: pages(1) }, course));
  const one = device(lrs);
  await one.open();
  lrs.fault = () => "cut";
  one.note(pages(1, 2));
  await assert.rejects(one.save(), { cause: "silent" });
  lrs.fault = ({ method }) => (method === "PUT" ? "cut" : null);
  await assert.rejects(one.save(), { cause: "silent" });
  lrs.fault = () => null;
  lrs.put(write({ ...NOTHING, state: pages(1, 9) }, course));
  await one.save();
  assert.ok(has(held(lrs), 9) && has(held(lrs), 2));
});

test("a server that fails is asked once, and afterwards under the same condition", async () => {
  const lrs = makeLrs();
  lrs.put(write({ ...NOTHING, state: pages(1) }, course));
  const one = device(lrs);
  await one.open();
  lrs.fault = ({ method }) => (method === "PUT" ? 500 : null);
  one.note(pages(1, 2));
  await assert.rejects(one.save(), { cause: "silent", status: 500 });
  assert.equal(puts(lrs).length, 1);
  lrs.fault = () => null;
  await one.save();
  assert.equal(puts(lrs).length, 2);
  assert.ok(conditions(lrs).every(Boolean));
});

test("where it is always said that there is a document already, though there is none, one is written all the same", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  lrs.fault = ({ headers }) => (headers["If-None-Match"] ? 412 : null);
  one.note(pages(1));
  await one.save();
  assert.ok(has(held(lrs), 1));
});

test("a 403 on the document asks for a new launch", async () => {
  const lrs = always(403);
  await assert.rejects(device(lrs).open(), { cause: "relaunch", status: 403 });
});

test("garbage in place of the document is not taken for an empty one", async () => {
  for (const text of ["<html>", "Please log in", "{"]) {
    await assert.rejects(device(always(new Response(text))).open(), { cause: "silent" });
  }
});

for (const [what, text] of [
  ["another's", '{"bookmark":7}'],
  ["of a later version", JSON.stringify({ ...NOTHING, format: 2, state: encode(pages(7)), more: 1 })],
  ["another course's", write({ ...NOTHING, state: pages(7) }, { marks: "xxyyzz" })],
  ["one whose state was damaged", JSON.stringify({ ...NOTHING, state: "1.0.A.%%%%", location: "p1-a" })],
]) {
  test(`a document that is ${what} stays as it is, and ours lies beside it`, async () => {
    const lrs = makeLrs();
    lrs.put(text);
    const other = lrs.docKey().replace('"resume"', '"suspendData"');
    for (const slot of [1, 2]) {
      const one = device(lrs);
      await one.open();
      one.note(pages(slot));
      await one.save();
    }
    assert.equal(lrs.documents.get(lrs.docKey()).text, text);
    const ours = decode(JSON.parse(lrs.documents.get(other).text).state);
    assert.deepEqual([has(ours, 1), has(ours, 2)], [true, true]);
    assert.equal(has(ours, 7), what === "of a later version", "what is understood of it is kept");
  });
}

// Leaving

test("leaving sends the document under the ETag that is known", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  await one.save();
  one.note(pages(1, 2));
  const { arrived, times } = one.kept.leave(one.text(), true);
  assert.equal(times, 1);
  assert.ok(await arrived);
  assert.equal(puts(lrs)[1].keepalive, true);
  assert.ok(has(held(lrs), 2));
});

test("leaving never writes over what another device wrote meanwhile", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  await one.save();
  lrs.put(write({ ...NOTHING, state: pages(1, 9) }, course));
  one.note(pages(1, 2));
  assert.equal(await one.kept.leave(one.text(), true).arrived, false);
  assert.ok(has(held(lrs), 9));
});

test("leaving where there was no document writes only where there is still none", async () => {
  const lrs = makeLrs();
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  assert.ok(await one.kept.leave(one.text(), true).arrived);
  const other = device(lrs);
  await other.open();
  assert.deepEqual(conditions(lrs), ["*"]);
});

for (const fate of ["late", "cut", "lost"]) {
  test(`leaving while a save is on its way (${fate}) still stores the latest`, async () => {
    const lrs = makeLrs();
    const one = device(lrs);
    await one.open();
    one.note(pages(1));
    await one.save();
    let isFirst = true;
    lrs.fault = () => {
      const now = isFirst ? fate : null;
      isFirst = false;
      return now;
    };
    one.note(pages(1, 2));
    one.save().catch(() => {});
    while (puts(lrs).length < 2) await settled(1);
    one.note(pages(1, 2, 3));
    one.kept.leave(one.text(), true);
    one.window.close();
    await settled();
    assert.ok(has(held(lrs), 3));
  });
}

test("leaving without any condition waits for the next launch when the device keeps it, and dares it when not", async () => {
  const lrs = makeLrs({ refusesConditions: true });
  const one = device(lrs);
  await one.open();
  one.note(pages(1));
  await one.save();
  one.note(pages(1, 2));
  assert.equal(one.kept.leave(one.text(), true).times, 0);
  assert.ok(await one.kept.leave(one.text(), false).arrived);
  assert.ok(has(held(lrs), 2));
});
