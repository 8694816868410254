import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { seal, unsealed } from "../src/lms/scorm/seal.js";
import { EMPTY, encode, visit } from "../src/state.js";
import { setClock, takeTime } from "./clock.js";
import { open, settled, VERSIONS } from "./learner.js";
import { makeDevice } from "./lrs-fake.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

beforeEach(() => {
  setClock(0);
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 5, 9) });
});

/** Time goes by. */
async function pass(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 1000) {
    mock.timers.tick(Math.min(left, 1000));
    await settled();
  }
}

const journals = (device) => [...device.kept].filter(([name]) => name.includes(":unsaved"));
/** The window is killed: nobody is told, and nothing that it had planned happens. */
function kill(later = 1) {
  const now = Date.now() + later;
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now });
}

for (const [name, version] of Object.entries(VERSIONS)) {
  const { StandIn } = version;
  const launch = (device, saved, options, changes) => open(version, new StandIn(saved, options), device, changes);
  const lmsOf = (learner) => learner.around[version.api];
  const raw = ({ suspendData, values = {} }) => suspendData ?? values["cmi.suspend_data"];
  const altered = (saved, alter) =>
    name === "1.2"
      ? { ...saved, suspendData: alter(raw(saved)) }
      : { ...saved, values: { ...saved.values, "cmi.suspend_data": alter(raw(saved)) } };

  test(`${name}: what is read back is saved, and the device keeps it until a later launch has read it`, async () => {
    const device = makeDevice();
    const learner = await launch(device);
    learner.visit("p1-a");
    assert.equal(journals(device).length, 1);
    await pass(1000);
    assert.equal(learner.word, "saved");
    const { saved } = lmsOf(learner);
    assert.equal(version.state(saved), learner.text);
    learner.saver.leave(() => {});
    assert.equal(journals(device).length, 1);
    kill();
    const next = await launch(device, saved);
    assert.deepEqual([...device.kept], []);
    next.saver.leave(() => {});
    assert.deepEqual([...device.kept], []);
  });

  test(`${name}: what an LMS only seemed to keep comes back on this device, and it is believed no more`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    await pass(1000);
    const before = structuredClone(lmsOf(first).saved);
    kill();
    const second = await launch(device, before);
    second.visit("p2-a");
    await pass(1000);
    assert.equal(second.word, "saved");
    second.saver.leave(() => {});
    kill();
    // What it gave back came from its own page, and never reached its server.
    const third = await launch(device, before);
    assert.deepEqual(third.opened(), ["p1-a", "p2-a"]);
    await pass(MINUTE);
    assert.equal(version.state(lmsOf(third).saved), third.text);
    assert.equal(third.word, "sent");
  });

  test(`${name}: a device that is off line has nothing saved, whatever the LMS says, and on line again sends it`, async () => {
    const device = makeDevice();
    const learner = await launch(device);
    learner.window.navigator.onLine = false;
    learner.visit("p1-a");
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause, learner.isHeld], ["notSaved", "silent", true]);
    const before = lmsOf(learner).saved;
    const raw = JSON.stringify(before);
    learner.window.navigator.onLine = true;
    learner.saver.retry();
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause], ["saved", null]);
    assert.equal(version.state(lmsOf(learner).saved), learner.text);
    assert.notEqual(JSON.stringify(lmsOf(learner).saved), raw, "some LMSs send nothing of what did not change");
  });

  test(`${name}: an attempt that this device knows and the LMS does not is asked about, not poured in`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    first.answer("q3", ["a"]);
    await pass(1000);
    first.saver.leave(() => {});
    const at = Date.now();
    kill(DAY);
    const second = await launch(device);
    assert.deepEqual([second.opened(), second.session.earlier], [[], at]);
    second.visit("p2-a");
    await pass(1000);
    const { saved } = lmsOf(second);
    kill(DAY);
    // Asked again as long as nobody has answered.
    const third = await launch(device, saved);
    assert.deepEqual([third.opened(), third.session.earlier], [["p2-a"], at]);
    third.saver.recall(true);
    await pass(1000);
    assert.deepEqual([third.opened(), third.answers().q3], [["p1-a", "p2-a"], ["a"]]);
    assert.equal(version.state(lmsOf(third).saved), third.text);
    const after = lmsOf(third).saved;
    kill();
    assert.equal((await launch(device, after)).session.earlier, undefined);
    assert.deepEqual([...device.kept], []);
  });

  for (const by of [-DAY, -60 * MINUTE, -30_000, 60 * MINUTE, DAY]) {
    test(`${name}: a clock that is set by ${by / 1000} s in mid-course holds up no save, and spoils no time`, async () => {
      takeTime(Date.UTC(2026, 0, 5, 9));
      const learner = await launch(makeDevice());
      learner.visit("p1-a");
      await pass(MINUTE);
      setClock(by);
      learner.visit("p2-a");
      await pass(1000);
      assert.equal(learner.word, "saved");
      assert.equal(version.state(lmsOf(learner).saved), learner.text);
      learner.answer("q3", ["a"]);
      await pass(MINUTE);
      learner.saver.leave(() => {});
      const { saved } = lmsOf(learner);
      assert.match(version.time(saved), /^(0000:02:0\d|PT0H2M\d)/);
      assert.deepEqual((await launch(makeDevice(), saved)).answers().q3, ["a"]);
    });
  }

  test(`${name}: an earlier attempt that is not wanted is erased`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    await pass(1000);
    first.saver.leave(() => {});
    kill();
    const second = await launch(device);
    second.saver.recall(false);
    await pass(1000);
    second.saver.leave(() => {});
    assert.deepEqual(second.opened(), []);
    assert.ok([...device.kept.keys()].every((name) => !name.includes(":earlier")));
  });

  test(`${name}: who erases what is kept on the device has nothing kept there any more`, async () => {
    const device = makeDevice();
    const learner = await launch(device, {}, { refuseCommit: true });
    learner.visit("p1-a");
    await pass(1000);
    assert.equal(learner.isHeld, true);
    learner.saver.forget();
    device.kept.clear();
    learner.visit("p2-a");
    await pass(MINUTE);
    learner.saver.leave(() => {});
    assert.deepEqual([...device.kept], []);
  });

  test(`${name}: a launch that was used up keeps what is done for whoever had another part in this window before`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    await pass(1000);
    first.saver.leave(() => {});
    const { saved } = lmsOf(first);
    const dead = new StandIn(saved);
    const begin = name === "1.2" ? "LMSInitialize" : "Initialize";
    dead[begin] = () => {
      throw new TypeError("cmi.interactions is undefined");
    };
    kill();
    const second = await open(version, dead, device);
    assert.deepEqual(second.opened(), ["p1-a"]);
    second.visit("p2-a");
    await pass(MINUTE);
    assert.deepEqual([second.word, second.cause, second.isHeld], ["notSaved", "relaunch", true]);
    second.saver.leave(() => {});
    kill();
    assert.deepEqual((await launch(device, saved)).opened(), ["p1-a", "p2-a"]);
  });

  for (const [what, alter] of Object.entries({
    "a line end": (text) => `${text}\r\n`,
    blanks: (text) => ` ${text} `,
    quotes: (text) => `"${text}"`,
    "a NUL": (text) => `${text}\0`,
    "a BOM": (text) => `\ufeff${text}`,
    "an equals sign": (text) => `${text}==`,
    "percent encoding": (text) => `%22${text.replace(/\./g, "%2E")}%22`,
    "entity encoding": (text) => `&quot;${text.replace(/\./g, "&#46;").replace(/A/g, "&#x41;")}&quot;`,
    "lines of 8": (text) => text.replace(/.{8}/g, "$&\n"),
  })) {
    test(`${name}: ${what} in the state that the LMS gives back costs nothing`, async () => {
      const learner = await launch(makeDevice());
      learner.visit("p1-a");
      learner.answer("q3", ["b"]);
      await pass(1000);
      const { saved } = lmsOf(learner);
      kill();
      const next = await launch(makeDevice(), altered(saved, alter));
      assert.deepEqual([next.opened(), next.answers().q3], [["p1-a"], ["b"]]);
      assert.equal(next.session.isUnread, false);
    });
  }

  for (const [what, alter] of Object.entries({
    "upper case": (text) => text.toUpperCase(),
    "another letter": (text) => text.replace(".QA", ".gA"),
    "a later format": (text) => text.replace("1.", "2."),
    "another course": () => seal({ marks: "xxyyzz" }, "1.0.1.Q", "AA", 1, ""),
    "another program's text": () => '{"page":3,"seen":[1,2,3]}',
  })) {
    test(`${name}: ${what} in place of the state is told, and kept beside the new one`, async () => {
      const learner = await launch(makeDevice());
      learner.visit("p1-a");
      learner.answer("q3", ["b"]);
      await pass(1000);
      const strange = altered(lmsOf(learner).saved, alter);
      const there = raw(strange);
      kill();
      const device = makeDevice();
      const next = await launch(device, strange);
      assert.deepEqual([next.opened(), next.session.isUnread], [[], true]);
      next.visit("p2-a");
      await pass(1000);
      assert.ok(JSON.stringify([...device.kept]).includes(JSON.stringify(JSON.stringify(there)).slice(3, -3)));
      const after = raw(lmsOf(next).saved);
      assert.equal(unsealed(next.course, after).aside, there);
      assert.equal(encode(unsealed(next.course, after).state), next.text);
      kill();
      const third = await launch(makeDevice(), lmsOf(next).saved);
      assert.deepEqual([third.opened(), third.session.isUnread], [["p2-a"], false]);
      third.visit("p3-a");
      await pass(1000);
      assert.equal(unsealed(third.course, raw(lmsOf(third).saved)).aside, there);
    });
  }

  test(`${name}: what is never read back is sent, without an alarm, and stays on the device until it is seen`, async () => {
    const device = makeDevice();
    const learner = await launch(device, {}, { stale: true });
    learner.visit("p1-a");
    await pass(MINUTE);
    assert.deepEqual([learner.word, learner.cause], ["sent", null]);
    assert.equal(journals(device).length, 1);
    const { saved } = lmsOf(learner);
    kill();
    const next = await launch(device, saved, { stale: true });
    assert.deepEqual(next.opened(), ["p1-a"]);
    await pass(1000);
    assert.deepEqual([...device.kept], []);
  });

  test(`${name}: an LMS that reads as it was at launch takes no answer back, however often it is saved`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.answer("q1", ["a"]);
    await pass(2000);
    first.saver.leave(() => {});
    kill();
    const second = await launch(device, lmsOf(first).saved, { stale: true });
    second.answer("q1", ["b"]);
    for (let at = 0; at < 50; at += 1) {
      second.answer("q2", at % 2 ? ["a"] : ["c"]);
      await pass(2000);
    }
    assert.deepEqual(second.answers(), { q1: ["b"], q2: ["a"], q3: [] });
  });

  test(`${name}: an LMS that reads back late is asked once more, and then it is saved`, async () => {
    const learner = await launch(makeDevice(), {}, { stale: true });
    learner.visit("p1-a");
    await pass(1000);
    assert.equal(learner.word, "sent");
    lmsOf(learner).become({ stale: false });
    await pass(5000);
    assert.equal(learner.word, "saved");
  });

  test(`${name}: what turns out to be cut off when it is looked at once more is told then`, async () => {
    const learner = await launch(makeDevice(), {}, { stale: true });
    learner.visit("p1-a");
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause], ["sent", null]);
    lmsOf(learner).become({ stale: false, room: 6 });
    await pass(5000);
    assert.deepEqual([learner.word, learner.cause], ["notAllSaved", "full"]);
  });

  test(`${name}: what is cut off is told at once, and comes back on this device`, async () => {
    const device = makeDevice();
    // The page has room, "1.0.1.Q", and the answer has not, "1.0.1.QAg".
    const learner = await launch(device, {}, { room: 7 });
    learner.visit("p1-a");
    learner.answer("q3", ["a"]);
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause, learner.isHeld], ["notAllSaved", "full", true]);
    const { saved } = lmsOf(learner);
    learner.saver.leave(() => {});
    kill();
    const next = await launch(device, saved, { room: 7 });
    assert.deepEqual(next.opened(), ["p1-a"]);
    assert.deepEqual(next.answers().q3, ["a"]);
    await pass(2000);
    assert.equal(next.cause, "full");
    const elsewhere = await launch(makeDevice(), saved);
    assert.deepEqual([elsewhere.opened(), elsewhere.answers().q3], [["p1-a"], []]);
  });

  test(`${name}: a state that is lost when the course is completed is told, and comes back on this device`, async () => {
    const device = makeDevice();
    const learner = await launch(device, {}, { wipeAtCompletion: true });
    for (const id of ["start", "p1-a", "p2-a", "p3-a", "p4-a"]) {
      learner.visit(id);
      await pass(500);
    }
    assert.equal(learner.word, "saved");
    learner.visit("p4-check");
    await pass(1000);
    assert.deepEqual([learner.cause, learner.state.completed], ["full", true]);
    const { saved } = lmsOf(learner);
    assert.deepEqual([version.state(saved), version.status(saved)], ["", "completed"]);
    kill();
    const next = await launch(device, saved);
    assert.equal(next.opened().length, 6);
    assert.equal(next.state.completed, true);
  });

  test(`${name}: a status that does not stay is told of`, async () => {
    const lms = new StandIn();
    const learner = await open(version, lms, makeDevice());
    const set = name === "1.2" ? "LMSSetValue" : "SetValue";
    const original = lms[set];
    lms[set] = (...given) => (given[1] === "completed" ? "true" : original.apply(lms, given));
    for (const { id, core } of learner.course.pages) if (core) learner.visit(id);
    await pass(1000);
    // It may be busy yet.
    assert.deepEqual([learner.word, learner.cause], ["sent", null]);
    await pass(5000);
    assert.deepEqual([learner.word, learner.cause], ["notSaved", "refused"]);
    lms[set] = original;
    learner.saver.ask();
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause, version.status(lms.saved)], ["saved", null, "completed"]);
  });

  for (const [what, options] of Object.entries({
    "refuses every commit": { refuseCommit: true },
    throws: { throws: true },
  })) {
    test(`${name}: with an LMS that ${what} from the middle on, nothing is lost on this device`, async () => {
      const device = makeDevice();
      const learner = await launch(device);
      learner.visit("p1-a");
      await pass(1000);
      const lms = lmsOf(learner);
      lms.become(options);
      learner.visit("p2-a");
      learner.answer("q3", ["b"]);
      await pass(1000);
      const cause = options.throws ? "silent" : "unkept";
      assert.deepEqual([learner.word, learner.cause, learner.isHeld], ["notSaved", cause, true]);
      kill();
      const next = await launch(device, lms.saved);
      assert.deepEqual(next.opened(), ["p1-a", "p2-a"]);
      assert.deepEqual(next.answers().q3, ["b"]);
      await pass(1000);
      assert.equal(next.word, "saved");
      const { saved } = lmsOf(next);
      assert.equal(version.state(saved), next.text);
      kill();
      await launch(device, saved);
      assert.deepEqual([...device.kept], []);
    });
  }

  test(`${name}: on a shared device the next learner is not given what the one before left`, async () => {
    const device = makeDevice();
    const first = await launch(device, {}, { learner: "anna@example.org", refuseCommit: true });
    first.visit("p1-a");
    await pass(1000);
    assert.equal(journals(device).length, 1);
    assert.ok(!JSON.stringify([...device.kept]).includes("anna"));
    kill();
    const second = await launch(device, {}, { learner: "bo@example.org" });
    second.visit("p3-a");
    await pass(1000);
    assert.deepEqual(second.opened(), ["p3-a"]);
    second.saver.leave(() => {});
    kill();
    const again = await launch(device, {}, { learner: "anna@example.org" });
    assert.deepEqual(again.opened(), ["p1-a"]);
  });

  for (const learner of ["", "true", "null", "Guest"]) {
    test(`${name}: where the learner's id is "${learner}" the device keeps nothing`, async () => {
      const device = makeDevice();
      const seen = await launch(device, {}, { learner, refuseCommit: true });
      seen.visit("p1-a");
      await pass(1000);
      assert.deepEqual([seen.cause, seen.isHeld], ["unkept", false]);
      assert.deepEqual([...device.kept], []);
    });
  }

  test(`${name}: somebody else who logs in meanwhile is neither given nor robbed of anything`, async () => {
    const device = makeDevice();
    const learner = await launch(device, {}, { learner: "anna" });
    learner.visit("p1-a");
    await pass(1000);
    lmsOf(learner).endSession();
    learner.visit("p2-a");
    await pass(1000);
    assert.equal(learner.cause, "ended");
    const bo = new StandIn({}, { learner: "bo" });
    learner.around[version.api] = bo;
    learner.saver.ask();
    await pass(1000);
    assert.equal(learner.cause, "relaunch");
    learner.visit("p3-a");
    await pass(MINUTE);
    learner.saver.leave(() => {});
    assert.ok(bo.calls.every(({ name }) => !/Set|Commit|Finish|Terminate/.test(name)));
    assert.deepEqual((await launch(device, {}, { learner: "bo" })).opened(), []);
  });

  test(`${name}: after 180 days what was left is removed, whoever comes`, async () => {
    const device = makeDevice();
    const learner = await launch(device, {}, { refuseCommit: true });
    learner.visit("p1-a");
    await pass(1000);
    kill(181 * DAY);
    await launch(device, {}, { learner: "somebody else" });
    assert.deepEqual([...device.kept], []);
  });

  test(`${name}: the newest answer wins, from whatever device`, async () => {
    const [here, there] = [makeDevice(), makeDevice()];
    const first = await launch(here);
    first.answer("q1", ["a"]);
    first.answer("q3", ["a"]);
    await pass(1000);
    lmsOf(first).become({ refuseCommit: true });
    first.answer("q3", ["b"]);
    await pass(1000);
    kill();
    // Another device knows nothing of the last answer, and changes the other one.
    const second = await launch(there, lmsOf(first).saved);
    second.answer("q1", ["b"]);
    second.visit("p2-a");
    await pass(1000);
    kill();
    const third = await launch(here, lmsOf(second).saved);
    assert.deepEqual(third.answers(), { q1: ["b"], q2: [], q3: ["b"] });
    assert.deepEqual(third.opened(), ["p2-a"]);
    await pass(1000);
    assert.equal(version.state(lmsOf(third).saved), third.text);
  });

  test(`${name}: the newest place in a film wins, from whatever device`, async () => {
    const [here, there] = [makeDevice(), makeDevice()];
    const zeroth = await launch(here);
    zeroth.play(20, 90);
    zeroth.play(21, 90);
    await pass(1000);
    kill();
    const first = await launch(here, lmsOf(zeroth).saved);
    lmsOf(first).become({ refuseCommit: true });
    first.play(21, 60);
    first.visit("p2-a");
    await pass(1000);
    kill();
    const second = await launch(there, lmsOf(first).saved);
    second.play(20, 10);
    await pass(1000);
    kill();
    const third = await launch(here, lmsOf(second).saved);
    assert.deepEqual(third.positions(20, 21), [10, 60]);
  });

  test(`${name}: of a bookmark that was set here and taken away elsewhere since, the later holds`, async () => {
    const here = makeDevice();
    const there = makeDevice();
    const zeroth = await launch(here);
    for (const id of ["p1-a", "p2-a"]) zeroth.bookmark(id, true);
    await pass(1000);
    kill();
    const { saved } = lmsOf(zeroth);
    const first = await launch(here, saved);
    lmsOf(first).become({ refuseCommit: true });
    // Only this device has it.
    first.bookmark("p3-a", true);
    await pass(1000);
    kill();
    const second = await launch(there, saved);
    assert.deepEqual(second.bookmarks(), ["p1-a", "p2-a"]);
    second.bookmark("p2-a", false);
    second.bookmark("p4-a", true);
    await pass(1000);
    kill();
    const third = await launch(here, lmsOf(second).saved);
    assert.deepEqual(third.bookmarks(), ["p1-a", "p3-a", "p4-a"]);
  });

  test(`${name}: an LMS that tells of another window while this one is open is no alarm, and both are united`, async () => {
    const learner = await launch(makeDevice());
    learner.visit("p1-a");
    await pass(1000);
    const lms = lmsOf(learner);
    const get = name === "1.2" ? "LMSGetValue" : "GetValue";
    const original = lms[get];
    lms[get] = (...given) => {
      lms[get] = original;
      return /suspend/.test(given[0]) ? encode(visit(EMPTY, { slot: 4 })) : original.apply(lms, given);
    };
    learner.visit("p2-a");
    await pass(1000);
    assert.equal(lms[get], original, "was asked");
    assert.deepEqual(learner.said, []);
    assert.deepEqual(learner.opened(), ["p1-a", "p2-a", "p3-a"]);
    await pass(1000);
    assert.equal(version.state(lms.saved).split(".")[3], learner.text.split(".")[3]);
  });

  test(`${name}: the tabs of a learner tell each other what was done, and those of nobody or another learner do not`, async () => {
    const device = makeDevice();
    const channels = [];
    device.channel = class {
      constructor(name) {
        Object.assign(this, { name });
        channels.push(this);
      }
      postMessage(data) {
        for (const each of channels) if (each !== this && each.name === this.name) each.onmessage({ data });
      }
      close() {
        channels.splice(channels.indexOf(this), 1);
      }
    };
    const ada = [await launch(device), await launch(device)];
    const others = [await launch(device, {}, { learner: "bo" }), await launch(device, {}, { learner: "" })];
    const nobody = await launch(device, {}, { learner: "" });
    for (const each of [ada[0], others[0], nobody]) each.visit("p1-a");
    await pass(1000);
    for (const each of [...ada, ...others]) each.visit("p2-a");
    await pass(2000);
    assert.deepEqual(ada[1].opened(), ["p1-a", "p2-a"]);
    assert.deepEqual(others[1].opened(), ["p2-a"]);
    for (const each of [...ada, ...others, nobody]) each.saver.leave(() => {});
    assert.deepEqual(channels, []);
  });

  test(`${name}: what the LMS loses when the session is closed comes back on this device`, async () => {
    const device = makeDevice();
    const learner = await launch(device);
    learner.visit("p1-a");
    await pass(2000);
    assert.equal(learner.word, "saved");
    const lms = lmsOf(learner);
    const original = lms[version.commit];
    lms[version.commit] = (...given) => {
      lms.become({ room: 0 });
      return original.apply(lms, given);
    };
    learner.saver.leave(() => {});
    assert.equal(version.state(lms.saved), "");
    kill();
    assert.deepEqual((await launch(device, lms.saved)).opened(), ["p1-a"]);
  });

  test(`${name}: what the LMS loses after it was read and before the page is left comes back on this device`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    await pass(2000);
    first.saver.leave(() => {});
    kill();
    const second = await launch(device, lmsOf(first).saved);
    await pass(2000);
    const lms = lmsOf(second);
    const getter = version.commit.replace("Commit", "GetValue");
    const original = lms[getter];
    // An administrator resets the attempt.
    lms[getter] = (element) => (element === "cmi.suspend_data" ? "" : original.call(lms, element));
    second.saver.leave(() => {});
    kill();
    const third = await launch(device);
    third.saver.recall(true);
    assert.deepEqual(third.opened(), ["p1-a"]);
  });

  test(`${name}: a tab that is killed loses no minutes that were saved`, async () => {
    const learner = await launch(makeDevice());
    await pass(10 * MINUTE);
    learner.visit("p1-a");
    await pass(1000);
    kill();
    assert.match(version.time(lmsOf(learner).saved), /^(0000:10:0[01]\.\d\d|PT0H10M[01](\.\d+)?S)$/);
  });

  test(`${name}: an LMS whose window is closed is told of before anything is saved, and nothing is lost here`, async () => {
    const device = makeDevice();
    const learner = await launch(device);
    learner.visit("p1-a");
    await pass(1000);
    learner.around.closed = true;
    const before = lmsOf(learner).calls.length;
    await pass(6000);
    assert.deepEqual([learner.word, learner.cause], ["notSaved", "closed"]);
    learner.visit("p2-a");
    learner.saver.ask();
    await pass(MINUTE);
    learner.saver.leave(() => {});
    assert.equal(lmsOf(learner).calls.length, before);
    kill();
    assert.deepEqual((await launch(device, lmsOf(learner).saved)).opened(), ["p1-a", "p2-a"]);
  });

  test(`${name}: a session that ended in mid-course is told of, and one that begins again takes everything`, async () => {
    const device = makeDevice();
    const learner = await launch(device);
    learner.visit("p1-a");
    await pass(4 * MINUTE);
    const before = lmsOf(learner);
    before.endSession();
    learner.visit("p2-a");
    await pass(MINUTE);
    assert.deepEqual([learner.word, learner.cause, learner.isHeld], ["notSaved", "ended", true]);
    assert.deepEqual(learner.said, ["ended"]);
    // Logged in again in another window; meanwhile something was done on another device.
    const other = await launch(makeDevice(), before.saved);
    other.visit("p3-a");
    await pass(1000);
    learner.around[version.api] = new StandIn(lmsOf(other).saved);
    learner.saver.ask();
    await pass(1000);
    assert.deepEqual([learner.word, learner.cause], ["saved", null]);
    assert.deepEqual(learner.opened(), ["p1-a", "p2-a", "p3-a"]);
    await pass(1000);
    // The place is the other device's, which was there last.
    assert.equal(version.state(lmsOf(learner).saved).split(".")[3], learner.text.split(".")[3]);
  });

  for (const says of ["", true, false]) {
    test(`${name}: an LMS that answers ${JSON.stringify(says)} to everything is claimed to have nothing`, async () => {
      const device = makeDevice();
      const learner = await launch(device, {}, { says });
      learner.visit("p1-a");
      await pass(MINUTE);
      assert.equal(learner.word, says === false ? "notSaved" : "sent");
      learner.saver.leave(() => {});
      assert.deepEqual([...device.kept], []);
    });
  }

  test(`${name}: after the end nothing is called`, async () => {
    const learner = await launch(makeDevice());
    learner.visit("p1-a");
    learner.isPlaying = true;
    learner.saver.beat();
    await pass(1000);
    learner.saver.leave(() => {});
    const before = lmsOf(learner).calls.length;
    learner.visit("p2-a");
    learner.saver.hide();
    learner.saver.look();
    learner.saver.retry();
    learner.saver.ask();
    learner.saver.leave(() => {});
    await pass(10 * MINUTE);
    assert.equal(lmsOf(learner).calls.length, before);
  });

  test(`${name}: a word is sent only while something plays, every four minutes`, async () => {
    const learner = await launch(makeDevice());
    learner.visit("p1-a");
    await pass(1000);
    const commits = () => lmsOf(learner).calls.filter((call) => call.name === version.commit).length;
    const before = commits();
    await pass(30 * MINUTE);
    assert.equal(commits(), before);
    learner.isPlaying = true;
    learner.saver.beat();
    await pass(MINUTE);
    assert.equal(commits(), before + 1);
    await pass(8 * MINUTE);
    assert.equal(commits(), before + 3);
    learner.isPlaying = false;
    await pass(30 * MINUTE);
    assert.equal(commits(), before + 3);
    assert.match(version.time(lmsOf(learner).saved), /^(0000:38:|PT0H38M)/);
  });

  test(`${name}: an LMS that takes no session time is sent a word all the same while something plays`, async () => {
    const learner = await launch(makeDevice(), {}, { without: ["cmi.session_time", "cmi.core.session_time"] });
    learner.visit("p1-a");
    await pass(1000);
    const commits = () => lmsOf(learner).calls.filter((call) => call.name === version.commit).length;
    const before = commits();
    learner.isPlaying = true;
    learner.saver.beat();
    await pass(9 * MINUTE);
    assert.equal(commits(), before + 2);
  });

  for (const [policy, most] of Object.entries({ every: 30, throttled: 6, sparing: 2 })) {
    test(`${name}: commit policy ${policy} makes at most ${most} commits of 30 changes in five minutes`, async () => {
      const device = makeDevice();
      const learner = await launch(device, {}, {}, { commit: policy });
      await pass(1000);
      for (let at = 0; at < 30; at += 1) {
        learner.answer("q3", [["a"], ["b"]][at % 2]);
        await pass(10_000);
        if (policy === "every") assert.equal(learner.word, "saved");
        else assert.ok(["saved", "savedHere"].includes(learner.word), learner.word);
      }
      const commits = lmsOf(learner).calls.filter((call) => call.name === version.commit).length;
      assert.ok(commits <= most + 1, `${commits}`);
      assert.ok(policy !== "every" || commits >= 30);
      const { saved } = lmsOf(learner);
      kill();
      assert.deepEqual((await launch(device, saved)).answers().q3, ["b"]);
    });
  }

  test(`${name}: an LMS that is quick is not left alone, however often it was called`, async () => {
    const lms = new StandIn();
    const original = lms[version.commit];
    lms[version.commit] = (...given) => {
      mock.timers.setTime(Date.now() + 100);
      return original.apply(lms, given);
    };
    const learner = await open(version, lms, makeDevice());
    for (let at = 0; at < 20; at += 1) {
      learner.answer("q3", [["a"], ["b"]][at % 2]);
      await pass(1000);
      assert.equal(learner.word, "saved");
    }
  });

  for (const commit of ["throttled", "sparing"]) {
    test(`${name}: what waits by the policy ${commit} is saved in its time, without anything more being done`, async () => {
      const learner = await launch(makeDevice(), {}, {}, { commit });
      await pass(1000);
      learner.visit("p1-a");
      await pass(1000);
      assert.equal(learner.word, "savedHere");
      await pass(15 * MINUTE);
      assert.equal(learner.word, "saved");
      assert.equal(version.state(lmsOf(learner).saved), learner.text);
    });
  }

  test(`${name}: what decides the result waits for no policy`, async () => {
    const learner = await launch(makeDevice(), {}, {}, { commit: "sparing" });
    await pass(1000);
    for (const { id, core } of learner.course.pages) if (core) learner.visit(id);
    await pass(1000);
    assert.equal(version.status(lmsOf(learner).saved), "completed");
  });

  test(`${name}: an LMS whose commits take five seconds is called less, and all the same has everything`, async () => {
    const lms = new StandIn();
    // The time is the test's own: the stand-in's loop would never end.
    const original = lms[version.commit];
    lms[version.commit] = (...given) => {
      mock.timers.setTime(Date.now() + 5000);
      return original.apply(lms, given);
    };
    const device = makeDevice();
    const learner = await open(version, lms, device);
    learner.visit("p1-a");
    await pass(1000);
    for (let at = 0; at < 20; at += 1) {
      learner.answer("q3", [["a"], ["b"]][at % 2]);
      await pass(4000);
    }
    const commits = lms.calls.filter((call) => call.name === version.commit).length;
    assert.ok(commits <= 3, `${commits}`);
    learner.saver.hide();
    await pass(1000);
    assert.equal(version.state(lms.saved), learner.text);
  });
}
